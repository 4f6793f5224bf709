// iFlow: every failure, signatures, thinking in each model's words, thoughts that are kept, and the ways to a key.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { COOKIE, KEY } from '../upstreams/iflow.mjs';
import { start } from './harness.mjs';
import { HELLO, hear, Login, SURFACES, testFailures, tool } from './talk.mjs';

/** @type {Awaited<ReturnType<typeof start>>} */
let edge;
const describe = async (values = {}) => {
  const own = { site_url: `${edge.upstream.url}/iflow/site`, platform_url: `${edge.upstream.url}/iflow/platform`, ...values };
  const put = await edge.admin('PUT', '/admin/descriptors/iflow', { values: own });
  assert.equal(put.status, 204, await put.text());
};
before(async () => {
  edge = await start({ accounts: () => [] });
  await describe();
});
after(() => edge?.stop());

const sim = () => edge.upstream.iflow();
const login = new Login(() => edge, { id: 'if1', provider: 'iflow', model: 'glm-4.6', door: '/iflow/api/N/v1' });
const OAUTH = { access_token: 'iflow-access-0', refresh_token: 'iflow-refresh-0' };
const generations = () => edge.upstream.requests.filter(({ path }) => path.endsWith('/chat/completions'));
const sent = () => generations().at(-1).body;
beforeEach(async () => {
  edge.upstream.reset();
  await login.renew({ api_key: KEY });
});

const FAILURES = {
  key: [503, 'upstream_key_invalid', 'needs_login'],
  key_401: [503, 'upstream_key_invalid', 'needs_login'],
  forbidden: [503, 'upstream_key_invalid', 'needs_login'],
  blocked: [403, 'account_suspended', 'quarantined'],
  model: [404, 'model_not_found', 'ready'],
  signature: [502, 'upstream_signature_refused', 'ready'],
  signature_406: [502, 'upstream_signature_refused', 'ready'],
  limited: [429, 'rate_limit_exceeded', 'cooling'],
  limited_429: [429, 'rate_limit_exceeded', 'ready'],
  invalid: [400, 'invalid_request_error', 'ready'],
  broken: [502, 'server_error', 'cooling'],
  full: [503, 'server_error', 'cooling'],
  page: [502, 'egress_blocked', 'cooling'],
};
testFailures(() => edge, login, FAILURES);

for (const surface of SURFACES) {
  for (const stream of [true, false]) {
    const to = (model, turn, asked) => hear(edge, surface, turn, { model: `iflow/${model}`, stream, messages: HELLO, ...asked });
    test(`${surface}, ${stream ? 'stream' : 'whole'}: a failure inside a 200 has the surface's shape`, async () => {
      edge.upstream.scenario({ kind: 'model', times: 9 });
      const heard = await to('glm-4.6', { text: 'never' }, {});
      assert.equal(heard.status, 404);
      assert.match(heard.error.message, /Model not support/);
    });
    test(`${surface}, ${stream ? 'stream' : 'whole'}: thoughts go back with the turn that they led to`, async () => {
      for (const model of ['glm-4.6', 'minimax-m2']) {
        const tools = [tool('weather')];
        const first = { thinking: 'I must look.', calls: [{ name: 'weather', args: { city: 'Rio' } }] };
        const heard = await to(model, first, { tools, thinking: true });
        if (surface !== 'gemini') assert.equal(heard.thinking, first.thinking, JSON.stringify(heard));
        const results = heard.calls.map(({ id, name }) => ({ id, name, text: 'rain' }));
        const then = await to(model, { text: 'Rain.' }, { tools, thinking: true, messages: [...HELLO, { said: heard }, { results }] });
        assert.equal(then.text, 'Rain.', JSON.stringify(then.error));
        // Of the clients of this test only Anthropic's brings unsigned thoughts back.
        const said = sent().messages.find(({ role }) => role === 'assistant');
        if (surface === 'anthropic') assert.equal(said.reasoning_content, first.thinking);
      }
    });
  }
}

test('thoughts that a client of chat or Responses brings back are kept', async () => {
  const messages = [
    { role: 'user', content: 'Hi.' },
    { role: 'assistant', content: 'Hi.', reasoning_content: 'Greet.' },
    { role: 'user', content: 'And?' },
  ];
  assert.equal((await login.say({ messages })).text, 'You said it.');
  assert.equal(sent().messages[1].reasoning_content, 'Greet.');
  const thought = { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Greet twice.' }] };
  const input = [{ role: 'user', content: 'Hi.' }, thought, { role: 'assistant', content: 'Hi.' }, { role: 'user', content: 'And?' }];
  const { output_text } = await edge.client.responses.create(/** @type {any} */ ({ model: 'iflow/glm-4.6', input, store: false }));
  assert.equal(output_text, 'You said it.');
  assert.equal(sent().messages[1].reasoning_content, 'Greet twice.');
});

test('thinking in the words of each model; unset leaves it to the model', async () => {
  const said = async (model, extra) => {
    const heard = await login.say(extra, model);
    assert.equal(heard.status, 200, JSON.stringify(heard));
    return { kwargs: sent().chat_template_kwargs, split: sent().reasoning_split, max_tokens: sent().max_tokens };
  };
  const nothing = { kwargs: undefined, split: undefined, max_tokens: undefined };
  const on = { reasoning_effort: 'high' };
  const off = { reasoning_effort: 'none' };
  assert.deepEqual(await said('glm-4.6', on), { ...nothing, kwargs: { enable_thinking: true, clear_thinking: false } });
  assert.deepEqual(await said('glm-4.6', off), { ...nothing, kwargs: { enable_thinking: false } });
  assert.deepEqual(await said('glm-4.6', { thinking_budget: 0 }), { ...nothing, kwargs: { enable_thinking: false } });
  assert.deepEqual(await said('deepseek-v3.2', on), { ...nothing, kwargs: { enable_thinking: true } });
  assert.deepEqual(await said('minimax-m2', on), { ...nothing, split: true });
  assert.deepEqual(await said('minimax-m2', off), { ...nothing, split: false });
  for (const model of ['glm-4.6', 'deepseek-v3.2', 'minimax-m2']) assert.deepEqual(await said(model, {}), nothing);
  for (const model of ['qwen3-max', 'deepseek-r1'])
    assert.deepEqual(await said(model, { ...on, max_tokens: 9 }), { ...nothing, max_tokens: 9 });
  assert.deepEqual(await said('glm-4.6', { tools: [] }), nothing);
  assert.equal(sent().tools, undefined, 'an empty list of tools is none');
});

test('a login’s key is derived once for many requests, and again when it has died', async () => {
  await login.renew(OAUTH);
  const heard = await Promise.all([login.say(), login.say(), login.say()]);
  assert.deepEqual(
    heard.map(({ text }) => text),
    Array(3).fill('You said it.'),
  );
  assert.deepEqual([sim().refreshes, sim().derivations], [1, 1]);
  assert.equal((await login.account()).label, '13800000000');
  sim().key = 'sk-another';
  assert.equal((await login.say()).text, 'You said it.');
  assert.deepEqual([sim().refreshes, sim().derivations], [2, 2], 'with the refresh token of the first');
});

test('a token is renewed a day ahead, and the key outlives a login that cannot be renewed', async () => {
  await login.renew({ ...OAUTH, api_key: KEY, expires_ms: Date.now() + 3600_000 * 24 * 40 });
  assert.equal((await login.say()).text, 'You said it.');
  assert.equal(sim().refreshes, 0);
  for (const trouble of ['refused', 'no_token', 'down', 'page']) {
    await login.renew({ ...OAUTH, api_key: KEY, expires_ms: Date.now() + 60_000 });
    sim().trouble = trouble;
    assert.deepEqual(await login.outcome(await login.say()), [200, undefined, 'ready'], trouble);
  }
});

const TROUBLES = {
  refused: [503, 'needs_login', 'needs_login'],
  no_token: [503, 'needs_login', 'needs_login'],
  no_key: [503, 'needs_login', 'needs_login'],
  down: [502, 'token_endpoint_unavailable', 'cooling'],
  page: [502, 'token_endpoint_unavailable', 'cooling'],
  silent: [502, 'token_endpoint_unavailable', 'cooling'],
};
for (const [trouble, outcome] of Object.entries(TROUBLES)) {
  test(`without a key, ${trouble}: says why`, async () => {
    await login.renew(OAUTH);
    sim().trouble = trouble;
    const heard = await login.say();
    assert.deepEqual(await login.outcome(heard), outcome, JSON.stringify(heard));
    assert.equal(generations().length, 0);
  });
}

test('a key made for a cookie, and a new one when it has died', async () => {
  await login.renew({ extra: { cookie: `${COOKIE};` } });
  assert.equal((await login.say()).text, 'You said it.');
  sim().key = 'sk-another';
  assert.equal((await login.say()).text, 'You said it.');
  assert.equal(sim().keysMade, 2);
});

const base_url = () => `${edge.upstream.url}/iflow/api/v1`;
const forget = (at) => edge.admin('DELETE', `/admin/accounts/${at.account.id}`);
test('login in the browser: the address one lands on becomes a key', async () => {
  const at = await login.step('start', { method: 'browser', base_url: base_url() });
  const asked = new URL(at.url).searchParams;
  assert.equal(asked.get('redirect'), 'http://localhost:11451/oauth2callback');
  const landed = (state, code = 'iflow-code') => ({
    login: at.login,
    input: `http://localhost:11451/oauth2callback?code=${code}&state=${state}`,
  });
  assert.match((await login.step('continue', landed('x'))).error.message, /another login/);
  assert.match((await login.step('continue', landed(asked.get('state'), 'old'))).error.message, /invalid_grant/);
  const done = await login.step('continue', landed(asked.get('state')));
  assert.deepEqual([done.done, done.account?.label], [true, '13800000000'], JSON.stringify(done));
  await forget(done);
});

test('login with a cookie, and with a key', async () => {
  let at = await login.step('start', { method: 'cookie', base_url: base_url() });
  assert.match((await login.step('continue', { login: at.login, input: 'a=b' })).error.message, /BXAuth/);
  let done = await login.step('continue', { login: at.login, input: `a=b; ${COOKIE}; c=d` });
  assert.deepEqual([done.done, done.account?.label], [true, 'my-key'], JSON.stringify(done));
  await forget(done);
  at = await login.step('start', { method: 'api-key', base_url: base_url() });
  done = await login.step('continue', { login: at.login, input: KEY });
  assert.equal(done.done, true, JSON.stringify(done));
  await forget(done);
});

test('models of the table and of the service', async () => {
  const checked = await (await edge.admin('POST', '/admin/accounts/if1/check')).json();
  assert.equal(checked.ok, true, JSON.stringify(checked));
  for (const model of ['glm-4.7', 'kimi-k2', 'new-model']) assert.ok(checked.models.includes(model), model);
});

test('files of other tools', async () => {
  const tokens = { ...OAUTH, token_type: 'bearer', scope: 'all' };
  for (const record of [
    { provider: undefined, ...tokens, apiKey: KEY, expiry_date: Date.now() + 3600_000 * 90 },
    { provider: undefined, ...tokens, api_key: KEY, type: 'iflow', email: 'me', cookie: '', expired: '2099-01-01T00:00:00Z' },
    { provider: undefined, api_key: KEY, type: 'iflow', email: 'me', cookie: `${COOKIE};`, expired: '2099-01-01 00:00' },
  ]) {
    await login.renew(record);
    assert.equal((await login.say()).text, 'You said it.');
    assert.deepEqual([sim().refreshes, sim().keysMade], [0, 0]);
  }
});

test('an account without an address of its own is retired, until the service is said to be back', async () => {
  await login.renew({ api_key: KEY, base_url: undefined });
  assert.equal((await login.account()).state, 'retired');
  const heard = await login.say();
  assert.equal(heard.status, 503);
  assert.match(heard.error.message, /ended its service on 2026-04-17/);
  assert.equal(generations().length, 0);
  await describe({ base_url: base_url() });
  await login.renew({ api_key: KEY, base_url: undefined, label: 'back' });
  assert.equal((await login.say()).text, 'You said it.');
  await describe();
});
