// The simulators must refuse what the real services refuse, or the edge tests prove nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startUpstreams } from './server.mjs';

let upstream;
before(async () => {
  upstream = await startUpstreams({});
});
after(() => upstream.close());

const USER = { role: 'user', parts: [{ text: 'hi' }] };
const CALL = { role: 'model', parts: [{ functionCall: { name: 'f', args: {} } }] };
const RESULT = { role: 'user', parts: [{ functionResponse: { name: 'f', response: {} } }] };
const ask = (body, model = 'gemini-2.5-flash', key = 'sim-gemini-key') =>
  fetch(`${upstream.url}/gemini/v1beta/models/${model}:streamGenerateContent?alt=sse`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-goog-api-key': key },
    body: JSON.stringify(body),
  });

const REFUSED = {
  'an unknown name': { contents: [USER], surprise: 1 },
  'an unknown name deep down': { contents: [USER], generationConfig: { thinkingConfig: { effort: 'high' } } },
  'no contents': { contents: [] },
  'a model turn first': { contents: [{ role: 'model', parts: [{ text: 'x' }] }] },
  'an empty part': { contents: [{ role: 'user', parts: [{}] }] },
  'an empty text': { contents: [{ role: 'user', parts: [{ text: '' }] }] },
  'a call without its result': { contents: [USER, CALL, USER] },
  'a result without its call': { contents: [USER, RESULT] },
  'budget and level together': { contents: [USER], generationConfig: { thinkingConfig: { thinkingBudget: 200, thinkingLevel: 'low' } } },
  'a level on 2.5': { contents: [USER], generationConfig: { thinkingConfig: { thinkingLevel: 'low' } } },
  'a budget out of range': { contents: [USER], generationConfig: { thinkingConfig: { thinkingBudget: 99999 } } },
  'six stops': { contents: [USER], generationConfig: { stopSequences: ['1', '2', '3', '4', '5', '6'] } },
  'a bad function name': { contents: [USER], tools: [{ functionDeclarations: [{ name: '1x' }] }] },
  'a function declared twice': { contents: [USER], tools: [{ functionDeclarations: [{ name: 'f' }, { name: 'f' }] }] },
  'JSON mode beside functions': {
    contents: [USER],
    tools: [{ functionDeclarations: [{ name: 'f' }] }],
    generationConfig: { responseMimeType: 'application/json' },
  },
  'a file from anywhere': { contents: [{ role: 'user', parts: [{ fileData: { fileUri: 'https://example.com/a.png' } }] }] },
  'media that is not base64': { contents: [{ role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: '!' } }] }] },
};
for (const [what, body] of Object.entries(REFUSED)) {
  test(`refuses ${what}`, async () => {
    const response = await ask(body);
    assert.equal(response.status, 400);
    assert.equal((await response.json()).error.status, 'INVALID_ARGUMENT');
  });
}

test('Gemini 3 wants its own signatures back', async () => {
  const history = (thoughtSignature) => ({ contents: [USER, { role: 'model', parts: [{ ...CALL.parts[0], thoughtSignature }] }, RESULT] });
  assert.match(await (await ask(history(undefined), 'gemini-3-pro-preview')).text(), /missing a thought_signature/);
  assert.match(await (await ask(history('Zm9v'), 'gemini-3-pro-preview')).text(), /Corrupted thought signature/);
  assert.equal((await ask(history('skip_thought_signature_validator'), 'gemini-3-pro-preview')).status, 200);
});

test('refuses wrong keys, tokens and logins', async () => {
  assert.equal((await ask({ contents: [USER] }, undefined, 'wrong')).status, 400);
  const load = await fetch(`${upstream.url}/code-assist/v1internal:loadCodeAssist`, { method: 'POST', body: '{}' });
  assert.equal(load.status, 401);
  const form = 'grant_type=refresh_token&client_id=a&client_secret=b&refresh_token=revoked';
  const token = await fetch(`${upstream.url}/oauth/token`, { method: 'POST', body: form });
  assert.equal((await token.json()).error, 'invalid_grant');
});
