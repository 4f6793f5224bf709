// The simulators must refuse what the real services refuse, or the edge tests prove nothing.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
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

test('the Gemini API wants its own kind of key, path and version', async () => {
  const post = (path, headers) =>
    fetch(`${upstream.url}/gemini/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ contents: [USER] }),
    });
  const path = 'v1beta/models/gemini-2.5-flash:streamGenerateContent';
  const key = { 'x-goog-api-key': 'sim-gemini-key' };
  assert.equal((await post(path, {})).status, 403);
  assert.equal((await (await post(path, { 'x-goog-api-key': 'wrong' })).json()).error.details[0].reason, 'API_KEY_INVALID');
  assert.equal((await post(path, { authorization: 'Bearer sim-gemini-key' })).status, 401);
  assert.equal((await post(`${path}?key=sim-gemini-key`, {})).status, 200);
  for (const wrong of [
    'v9/models/gemini-2.5-flash:generateContent',
    'v1beta/model/x:generateContent',
    'v1beta/models/gemini-2.5-flash:guess',
  ])
    assert.equal((await post(wrong, key)).status, 404, wrong);
  assert.equal((await post('v1beta/models/unheard-of:generateContent', key)).status, 404);
  assert.equal((await post(path, { ...key, 'content-type': 'text/plain' })).status, 400);
  assert.ok(Array.isArray(await (await post(path, key)).json()), 'without alt=sse the stream is one array');
});

// ---- Code Assist

const CLIENT = { client_id: '681255809395-oo8ft2oprdrnp9e3aqf6av3hmdib135j.apps.googleusercontent.com', client_secret: 'any' };
const token = async (form, type = 'application/x-www-form-urlencoded') => {
  const body = new URLSearchParams({ ...CLIENT, ...form }).toString();
  return (await fetch(`${upstream.url}/oauth/token`, { method: 'POST', headers: { 'content-type': type }, body })).json();
};
const assist = async (method, body, headers = {}) => {
  const { access_token } = await token({ grant_type: 'refresh_token', refresh_token: 'sim-refresh' });
  return fetch(`${upstream.url}/code-assist/v1internal:${method}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${access_token}`,
      'user-agent': 'GeminiCLI/0.61.0/gemini-2.5-pro (linux; x64; terminal)',
      ...headers,
    },
    body: JSON.stringify(body),
  });
};
const METADATA = { ideType: 'IDE_UNSPECIFIED', platform: 'PLATFORM_UNSPECIFIED', pluginType: 'GEMINI' };
const ENVELOPE = { model: 'gemini-2.5-flash', project: 'p', request: { contents: [USER] } };

test('Code Assist takes the CLI’s calls', async () => {
  assert.equal((await assist('loadCodeAssist', { metadata: METADATA })).status, 200);
  assert.equal((await assist('onboardUser', { tierId: 'free-tier', metadata: METADATA })).status, 200);
  assert.match(await (await assist('streamGenerateContent?alt=sse', ENVELOPE)).text(), /^data: \{"response":/);
});

const ASSIST_REFUSED = {
  'no metadata': ['loadCodeAssist', {}, {}, 400],
  'a member it does not know': ['loadCodeAssist', { metadata: METADATA, project: 'p' }, {}, 400],
  'a project on the free tier': ['onboardUser', { tierId: 'free-tier', cloudaicompanionProject: 'p', metadata: METADATA }, {}, 400],
  'no project on another tier': ['onboardUser', { tierId: 'standard-tier', metadata: METADATA }, {}, 400],
  'an envelope without project': ['generateContent', { ...ENVELOPE, project: '' }, {}, 400],
  'a body without envelope': ['generateContent', { contents: [USER] }, {}, 400],
  'session ids in camel case': ['generateContent', { ...ENVELOPE, session_id: 's' }, {}, 400],
  'two candidates': ['generateContent', { ...ENVELOPE, request: { contents: [USER], generationConfig: { candidateCount: 2 } } }, {}, 400],
  'a quota project': ['loadCodeAssist', { metadata: METADATA }, { 'x-goog-user-project': 'p' }, 403],
  'an unknown client': ['loadCodeAssist', { metadata: METADATA }, { 'user-agent': 'curl/8' }, 403],
  'a token that nobody issued': ['loadCodeAssist', { metadata: METADATA }, { authorization: 'Bearer x' }, 401],
  'a method that is not there': ['guess', {}, {}, 404],
};
for (const [what, [method, body, headers, status]] of Object.entries(ASSIST_REFUSED)) {
  test(`Code Assist refuses ${what}`, async () => {
    const response = await assist(method, body, headers);
    assert.equal(response.status, status, await response.text());
  });
}

test('OAuth: the code grant with PKCE, and what it refuses', async () => {
  const verifier = 'v'.repeat(50);
  const query = {
    response_type: 'code',
    client_id: CLIENT.client_id,
    redirect_uri: 'https://codeassist.google.com/authcode',
    scope: 'https://www.googleapis.com/auth/cloud-platform',
    access_type: 'offline',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  };
  const consent = async (changes = {}) =>
    (await fetch(`${upstream.url}/oauth/authorize?${new URLSearchParams({ ...query, ...changes })}`)).json();
  const exchange = (code, changes = {}) =>
    token({ grant_type: 'authorization_code', code, redirect_uri: query.redirect_uri, code_verifier: verifier, ...changes });

  const { code } = await consent();
  const granted = await exchange(code);
  assert.ok(granted.access_token && granted.refresh_token);
  assert.ok((await token({ grant_type: 'refresh_token', refresh_token: granted.refresh_token })).access_token);
  assert.equal((await exchange(code)).error, 'invalid_grant', 'a code is good once');
  assert.equal((await exchange((await consent()).code, { code_verifier: 'other' })).error, 'invalid_grant');
  assert.equal((await exchange((await consent()).code, { redirect_uri: 'http://localhost:1' })).error, 'redirect_uri_mismatch');
  assert.equal((await consent({ redirect_uri: 'https://gateway.example/callback' })).error, 'redirect_uri_mismatch');
  assert.equal((await consent({ client_id: 'other' })).error, 'invalid_client');
  assert.equal((await consent({ code_challenge_method: 'plain' })).error, 'invalid_request');
  assert.equal((await consent({ scope: 'email' })).error, 'invalid_scope');
});

test('OAuth: refreshing, and what it refuses', async () => {
  const refresh = { grant_type: 'refresh_token', refresh_token: 'sim-refresh' };
  assert.ok((await token(refresh)).access_token);
  assert.equal((await token({ ...refresh, refresh_token: 'revoked' })).error, 'invalid_grant');
  assert.equal((await token({ ...refresh, client_id: 'somebody-else' })).error, 'unauthorized_client');
  assert.equal((await token({ ...refresh, client_secret: '' })).error, 'invalid_client');
  assert.equal((await token({ ...refresh, grant_type: 'password' })).error, 'unsupported_grant_type');
  assert.equal((await token(refresh, 'application/json')).error, 'invalid_request');
});

// ---- OpenAI

const complete = (body, headers = {}) =>
  fetch(`${upstream.url}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer sim-openai-key', ...headers },
    body: JSON.stringify(body),
  });
const SAID = { role: 'user', content: 'hi' };
const ASKED = { role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }] };
const ANSWERED = { role: 'tool', tool_call_id: 'a', content: 'r' };
const TOOL = { type: 'function', function: { name: 'f' } };
const part = (content, role = 'user') => ({ messages: [{ role, content: [content] }] });

test('OpenAI takes what it takes', async () => {
  for (const body of [
    { messages: [SAID, ASKED, ANSWERED, SAID] },
    { messages: [SAID], tools: [TOOL], tool_choice: { type: 'function', function: { name: 'f' } } },
    { messages: [SAID], stream: true, stream_options: { include_usage: true }, x_unknown: 1, stop: null },
    part({ type: 'image_url', image_url: { url: 'https://x.example/a.png', detail: 'low' } }),
  ]) {
    const response = await complete({ model: 'gpt-sim', ...body });
    assert.equal(response.status, 200, await response.text());
  }
});

const OPENAI_REFUSED = {
  model: { messages: [SAID], model: 5 },
  messages: { messages: [] },
  'messages[0].role': { messages: [{ role: 'wizard', content: 'x' }] },
  'messages[0].content': { messages: [{ role: 'user' }] },
  'messages[1].role': { messages: [SAID, ANSWERED] },
  'messages[0].content[0].type': part({ type: 'image_url', image_url: { url: 'https://x.example' } }, 'system'),
  'messages[0].content[0].image_url.url': part({ type: 'image_url', image_url: { url: 'nothing' } }),
  'messages[0].content[0].input_audio.format': part({ type: 'input_audio', input_audio: { data: 'AA', format: 'ogg' } }),
  'messages[0].content[0].file.file_id': part({ type: 'file', file: {} }),
  'messages[0].tool_calls': { messages: [{ role: 'assistant', tool_calls: [] }] },
  'messages[0].tool_calls[0].function.arguments': {
    messages: [{ role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: {} } }] }],
  },
  'messages[0].tool_calls[0].function.name': {
    messages: [{ role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: { name: 'a/b', arguments: '{}' } }] }],
  },
  temperature: { messages: [SAID], temperature: 2.5 },
  n: { messages: [SAID], n: 0 },
  max_tokens: { messages: [SAID], max_tokens: 5, max_completion_tokens: 5 },
  top_logprobs: { messages: [SAID], top_logprobs: 2 },
  stream_options: { messages: [SAID], stream_options: {} },
  stop: { messages: [SAID], stop: ['1', '2', '3', '4', '5'] },
  reasoning_effort: { messages: [SAID], reasoning_effort: 'heroic' },
  'tools[0].type': { messages: [SAID], tools: [{ type: 'magic' }] },
  'tools[0].function.name': { messages: [SAID], tools: [{ type: 'function', function: { name: 'a b' } }] },
  tool_choice: { messages: [SAID], tool_choice: 'auto' },
  user: { messages: [SAID], user: 'u'.repeat(65) },
  metadata: { messages: [SAID], metadata: { a: 'b' } },
};
for (const [param, body] of Object.entries(OPENAI_REFUSED)) {
  test(`OpenAI refuses a wrong ${param}`, async () => {
    const response = await complete({ model: 'gpt-sim', ...body });
    const { error } = await response.json();
    assert.deepEqual([response.status, error?.param], [400, param]);
  });
}

test('OpenAI refuses calls without results, wrong keys, paths and models', async () => {
  const body = { model: 'gpt-sim', messages: [SAID] };
  const missing = await (await complete({ ...body, messages: [SAID, ASKED, SAID] })).json();
  assert.match(missing.error.message, /must be followed by tool messages/);
  assert.equal((await complete(body, { authorization: '' })).status, 401);
  assert.equal((await (await complete(body, { authorization: 'Bearer wrong' })).json()).error.code, 'invalid_api_key');
  assert.equal((await complete(body, { 'content-type': 'text/plain' })).status, 400);
  assert.equal((await complete({ ...body, model: 'missing' })).status, 404);
  assert.equal((await fetch(`${upstream.url}/openai/v1/models`)).status, 401);
  assert.equal((await fetch(`${upstream.url}/openai/v1/nothing`)).status, 404);
});
