// The simulated Qwen must refuse what the real one refuses, or the edge tests prove nothing.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { KEY, TOKENS } from './qwen.mjs';
import { startUpstreams } from './server.mjs';

/** @type {Awaited<ReturnType<typeof startUpstreams>>} */
let upstream;
before(async () => {
  upstream = await startUpstreams({});
});
after(() => upstream.close());
beforeEach(() => upstream.reset());

const AGENT = 'QwenCode/0.14.2 (darwin; arm64)';
const HEADERS = {
  'content-type': 'application/json',
  'user-agent': AGENT,
  'x-dashscope-useragent': AGENT,
  'x-dashscope-cachecontrol': 'enable',
};
const SYSTEM = { role: 'system', content: [{ type: 'text', text: '', cache_control: { type: 'ephemeral' } }] };
const HI = { role: 'user', content: 'hi' };
const TOOLS = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }];
const BODY = { model: 'coder-model', messages: [SYSTEM, HI], stream: true, tools: TOOLS };

async function ask(door, body, headers = {}) {
  const response = await fetch(`${upstream.url}/qwen/${door}/v1/chat/completions`, {
    method: 'POST',
    headers: { ...HEADERS, ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}
const portal = (change = {}, headers = {}) =>
  ask(
    'portal',
    { ...BODY, ...change },
    { authorization: `Bearer ${TOKENS.access_token}`, 'x-dashscope-authtype': 'qwen-oauth', ...headers },
  );
const dashscope = (change = {}) =>
  ask(
    'dashscope',
    { ...BODY, messages: [HI], model: 'qwen3.8-max', ...change },
    { authorization: `Bearer ${KEY}`, 'x-dashscope-authtype': 'openai' },
  );

test('takes what is right at both doors', async () => {
  for (const answer of [await portal(), await dashscope()]) {
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.text, /\[DONE\]/);
    assert.doesNotMatch(answer.text, /ool_cal/);
  }
});

test('a coder model without a tool babbles', async () => {
  assert.match((await portal({ tools: undefined })).text, /ool_cal/);
});

const REFUSED = {
  'a token of nobody’s': [portal, {}, { authorization: 'Bearer x' }, 401],
  'an unknown client': [portal, {}, { 'user-agent': 'curl/8' }],
  'the wrong kind of login': [portal, {}, { 'x-dashscope-authtype': 'openai' }],
  'no system message': [portal, { messages: [HI] }],
  'a system message in one string': [portal, { messages: [{ role: 'system', content: 'x' }, HI] }],
  'a second system message': [portal, { messages: [SYSTEM, HI, { role: 'system', content: 'x' }] }],
  'a system message in the middle, with a key': [dashscope, { messages: [HI, { role: 'system', content: 'x' }] }],
  'an answer that is too long': [portal, { max_tokens: 65537 }],
  'a field of another service': [portal, { max_completion_tokens: 5 }],
  'efforts where there are none': [portal, { reasoning_effort: 'high' }],
  'an effort that there is not': [dashscope, { reasoning_effort: 'high' }],
  'two ways to think': [dashscope, { reasoning_effort: 'low', enable_thinking: true }],
  'a budget without thinking': [portal, { thinking_budget: 5 }],
  'a tool that must be called while thinking': [portal, { enable_thinking: true, tool_choice: 'required' }],
  'a model that a login has no more': [portal, { model: 'qwen3-coder-plus' }, {}, 404],
};
for (const [what, [door, change, headers = {}, status = 400]] of Object.entries(REFUSED)) {
  test(`refuses ${what}`, async () => {
    const answer = await door(change, headers);
    assert.equal(answer.status, status, answer.text);
    assert.ok(JSON.parse(answer.text).error.message);
  });
}

test('the login wants its client, a challenge and the verifier to it', async () => {
  const post = async (path, form, headers = { 'x-request-id': 'r' }) => {
    const response = await fetch(`${upstream.url}/qwen/auth/${path}`, { method: 'POST', body: new URLSearchParams(form), headers });
    return [response.status, (await response.json()).error];
  };
  assert.deepEqual(await post('device/code', { client_id: 'x' }), [401, 'invalid_client']);
  const client_id = 'f0304373b74a44d2b584a3fb70ca9e56';
  assert.equal((await post('device/code', { client_id, scope: 'openid' }))[0], 400);
  const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
  assert.deepEqual(await post('token', { client_id, grant_type, device_code: 'dev-qwen', code_verifier: 'x' }), [400, 'invalid_grant']);
  assert.deepEqual(await post('token', { client_id, grant_type: 'refresh_token', refresh_token: 'used' }), [400, 'invalid_grant']);
});
