// The simulated Antigravity must refuse what the real one refuses, or the edge tests prove nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { claudeSignature } from './antigravity-validate.mjs';
import { ANTIGRAVITY_CLIENT, ANTIGRAVITY_REFRESH } from './code-assist.mjs';
import { startUpstreams } from './server.mjs';

let upstream;
let token;
before(async () => {
  upstream = await startUpstreams({});
  const form = { grant_type: 'refresh_token', refresh_token: ANTIGRAVITY_REFRESH, client_id: ANTIGRAVITY_CLIENT, client_secret: 's' };
  const issued = await fetch(`${upstream.url}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) });
  token = (await issued.json()).access_token;
});
after(() => upstream.close());

const USER = { role: 'user', parts: [{ text: 'hi' }] };
const TOOL = {
  functionDeclarations: [{ name: 'f', parameters: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] } }],
};
const VALIDATED = { functionCallingConfig: { mode: 'VALIDATED' } };
const call = (more = {}) => ({ functionCall: { id: 't1', name: 'f', args: {} }, ...more });
const RESULT = { role: 'user', parts: [{ functionResponse: { id: 't1', name: 'f', response: {} } }] };
const THINKS = { thinkingConfig: { includeThoughts: true, thinkingBudget: 2000 }, maxOutputTokens: 4000 };
const thought = (text) => ({ text, thought: true, thoughtSignature: claudeSignature(text) });

async function ask(request, { model = 'claude-sonnet-4-6', headers = {}, ...envelope } = {}) {
  const response = await fetch(`${upstream.url}/antigravity/daily/v1internal:streamGenerateContent?alt=sse`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      'user-agent': 'antigravity/hub/2.9.1 darwin/arm64',
      ...headers,
    },
    body: JSON.stringify({
      project: 'p',
      model,
      userAgent: 'antigravity',
      requestType: 'agent',
      requestId: 'agent-1',
      request: { contents: [USER], sessionId: '-1', ...request },
      ...envelope,
    }),
  });
  return { status: response.status, text: await response.text() };
}

const history = (...parts) => ({ contents: [USER, { role: 'model', parts }, RESULT], tools: [TOOL], toolConfig: VALIDATED });

test('takes what is right', async () => {
  for (const request of [{}, { tools: [TOOL], toolConfig: VALIDATED }, { ...history(thought('so'), call()), generationConfig: THINKS }])
    assert.deepEqual((await ask(request)).status, 200, JSON.stringify(request));
});

const REFUSED = {
  'a client too old': [{}, { headers: { 'user-agent': 'antigravity/1.11.5 windows/amd64' } }, /no longer supported/],
  'a token of nobody’s': [{}, { headers: { authorization: 'Bearer x' } }, /UNAUTHENTICATED/],
  'a billing header': [{}, { headers: { 'x-goog-user-project': 'p' } }, /PERMISSION_DENIED/],
  'no project': [{}, { project: '' }, /Invalid project resource name/],
  'no kind of request': [{}, { requestType: 'chat' }, /request_type/],
  'safety settings': [{ safetySettings: [] }, {}, /Unknown name/],
  'no session': [{ sessionId: undefined }, {}, /session_id/],
  'a model it lacks': [{}, { model: 'claude-9' }, /not found/],
  'a JSON schema of tools': [
    { tools: [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: {} }] }] },
    {},
    /input_schema: Field required/,
  ],
  'an enum': [
    {
      tools: [
        { functionDeclarations: [{ name: 'f', parameters: { type: 'object', properties: { a: { enum: ['x'] } }, required: ['a'] } }] },
      ],
    },
    {},
    /Unknown name \\"enum\\"/,
  ],
  'nothing required': [
    { tools: [{ functionDeclarations: [{ name: 'f', parameters: { type: 'object', properties: {} } }] }], toolConfig: VALIDATED },
    {},
    /VALIDATED mode/,
  ],
  'another mode': [{ tools: [TOOL] }, {}, /function_calling_config.mode/],
  'a call without an id': [history({ functionCall: { name: 'f', args: {} } }), {}, /tool_use.id: Field required/],
  'an unsigned thought': [history({ text: 'so', thought: true }, call()), {}, /signature: Field required/],
  'a foreign proof': [history({ text: 'so', thought: true, thoughtSignature: 'Zm9v' }, call()), {}, /Invalid `signature`/],
  'a stand-in': [history({ ...thought('so'), thoughtSignature: 'skip_thought_signature_validator' }, call()), {}, /Invalid `signature`/],
  'thoughts after calls': [history(call(), thought('so')), {}, /out of order/],
  'a call without its thought': [{ ...history(call()), generationConfig: THINKS }, {}, /Expected `thinking`/],
  'blank words': [{ contents: [{ role: 'user', parts: [{ text: ' ' }] }] }, {}, /non-empty/],
  'an answer begun': [{ contents: [USER, { role: 'model', parts: [{ text: 'Well' }] }] }, {}, /prefill/],
  'a level': [{ generationConfig: { thinkingConfig: { thinkingLevel: 'low' } } }, {}, /thinking_level|Thinking level/],
  'a budget beyond the answer': [{ generationConfig: { ...THINKS, maxOutputTokens: 2000 } }, {}, /greater than/],
  'JSON mode': [{ generationConfig: { responseMimeType: 'application/json' } }, {}, /response_mime_type/],
  'tools of a model that draws': [{ tools: [TOOL] }, { model: 'gemini-3.1-flash-image', requestType: 'image_gen' }, /Image generation/],
};
for (const [what, [request, options, words]] of Object.entries(REFUSED)) {
  test(`refuses ${what}`, async () => {
    const { status, text } = await ask(request, options);
    assert.ok(status >= 400 && status < 500, `${status} ${text.slice(0, 200)}`);
    assert.match(text, words);
  });
}
