// The simulated Codex must refuse what the real one refuses, or the edge tests prove nothing.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { ACCOUNT } from './codex.mjs';
import { startUpstreams } from './server.mjs';

/** @type {Awaited<ReturnType<typeof startUpstreams>>} */
let upstream;
before(async () => {
  upstream = await startUpstreams({});
});
after(() => upstream.close());
beforeEach(() => upstream.reset());

const SESSION = '11111111-1111-4111-8111-111111111111';
const BODY = {
  model: 'gpt-5.2',
  instructions: '',
  input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] }],
  stream: true,
  store: false,
  include: ['reasoning.encrypted_content'],
  prompt_cache_key: SESSION,
};

async function ask(change = {}, headers = {}, door = 'chatgpt') {
  const response = await fetch(`${upstream.url}/codex/${door}/codex/responses`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${upstream.codex().access}`,
      'chatgpt-account-id': ACCOUNT,
      originator: 'codex_cli_rs',
      'user-agent': 'codex_cli_rs/0.146.0 (Mac OS 26.5.0; arm64)',
      'session-id': SESSION,
      ...headers,
    },
    body: JSON.stringify({ ...BODY, ...change }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

test('takes what is right, and repeats no items in the last event', async () => {
  const { status, text } = await ask();
  assert.equal(status, 200, text);
  assert.match(text, /"type":"response.completed".*"output":\[\]/);
});

const call = { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' };
const REFUSED = {
  'a token of nobody’s': [{}, { authorization: 'Bearer x' }, 401, /Unauthorized/],
  'no account': [{}, { 'chatgpt-account-id': 'x' }, 403, /account/],
  'a foreign client': [{}, { originator: 'curl' }, 403, /Just a moment/],
  'a session that is not the cache key': [{}, { 'session-id': '22222222-1111-4111-8111-111111111111' }, 400, /session/],
  'no instructions': [{ instructions: undefined }, {}, 400, /Instructions are required/],
  'a whole answer': [{ stream: false }, {}, 400, /Stream must be set to true/],
  'an answer to keep': [{ store: true }, {}, 400, /Store must be set to false/],
  'a limit of tokens': [{ max_output_tokens: 100 }, {}, 400, /Unsupported parameter: max_output_tokens/],
  'a temperature': [{ temperature: 1 }, {}, 400, /Unsupported parameter: temperature/],
  'a cheap tier': [{ service_tier: 'flex' }, {}, 400, /service_tier/],
  'a system message': [{ input: [{ role: 'system', content: 'x' }] }, {}, 400, /System messages/],
  'a call without its output': [{ input: [...BODY.input, call] }, {}, 400, /No tool output found/],
  'parallel calls of no tools': [{ parallel_tool_calls: true }, {}, 400, /parallel_tool_calls/],
  'an object without properties': [{ tools: [{ type: 'function', name: 'f', parameters: { type: 'object' } }] }, {}, 400, /properties/],
  'a name that is too long': [{ tools: [{ type: 'function', name: 'f'.repeat(65), parameters: {} }] }, {}, 400, /name/],
};
for (const [what, [change, headers, status, says]] of Object.entries(REFUSED)) {
  test(`refuses ${what}`, async () => {
    const answer = await ask(change, headers);
    assert.equal(answer.status, status, answer.text);
    assert.match(answer.text, says);
  });
}

const asKey = (change) => ask(change, { authorization: 'Bearer sk-sim-codex' }, 'key');

test('a key may do what a subscription may not', async () => {
  const change = { max_output_tokens: 100, store: true, instructions: undefined };
  assert.equal((await asKey(change)).status, 200);
});

test('what a model does not take it refuses a key, too', async () => {
  const warm = await asKey({ temperature: 1 });
  assert.equal(warm.status, 400);
  assert.match(warm.text, /'temperature' is not supported with this model/);
  const terse = { model: 'gpt-5-codex', text: { verbosity: 'low' } };
  assert.match((await asKey(terse)).text, /unsupported_value/);
});

test('a refresh token works once', async () => {
  const refresh = (refresh_token) =>
    fetch(`${upstream.url}/codex/auth/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_id: 'app_EMoamEEZ73f0CkXaXp7hrann', grant_type: 'refresh_token', refresh_token }),
    });
  assert.equal((await refresh('rt_0')).status, 200);
  assert.match(await (await refresh('rt_0')).text(), /refresh_token_reused/);
});
