// OpenAI Codex: a subscription and a key, every failure, logins, and refresh tokens that work once.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { file, jwt } from '../upstreams/codex.mjs';
import { KEY, start } from './harness.mjs';
import { bare, HELLO, hear, Login, SURFACES, testFailures, tool } from './talk.mjs';

/** @type {Awaited<ReturnType<typeof start>>} */
let edge;
before(async () => {
  edge = await start({ accounts: () => [] });
  const put = await edge.admin('PUT', '/admin/descriptors/codex', { values: { issuer_url: `${edge.upstream.url}/codex/auth` } });
  assert.equal(put.status, 204, await put.text());
});
after(() => edge?.stop());

const sim = () => edge.upstream.codex();
const generations = () => edge.upstream.requests.filter(({ path }) => path.endsWith('/responses'));
const login = new Login(() => edge, { id: 'x1', provider: 'codex', model: 'gpt-5.4', door: '/codex/chatgpt/N/codex' });
beforeEach(async () => {
  edge.upstream.reset();
  await login.renew(file());
});

// The matrix has every surface over a subscription.
for (const surface of SURFACES) {
  test(`${surface} over a key: thoughts, a tool, its result, a cut`, async () => {
    await login.renew({ OPENAI_API_KEY: 'sk-sim-codex' }, '/codex/key/N/codex');
    const to = (turn, messages) =>
      hear(edge, surface, turn, { model: 'codex/gpt-5.2', stream: true, messages, tools: [tool('weather')], thinking: true });
    const turn = { thinking: 'I must look.', calls: [{ name: 'weather', args: { city: 'Köln' } }] };
    const heard = await to(turn, HELLO);
    assert.deepEqual(bare(heard.calls), turn.calls, JSON.stringify(heard.error));
    const results = heard.calls.map(({ id, name }) => ({ id, name, text: 'rain' }));
    assert.equal((await to({ text: 'Rain.' }, [...HELLO, { said: heard }, { results }])).text, 'Rain.');
    assert.ok(generations().at(-1).text.includes('rain'));
    assert.ok((await to({ text: 'Good day to you all.', fault: 'cut' }, HELLO)).error.message);
  });
}

test('what the endpoint refuses is left out', async () => {
  const heard = await login.say({ temperature: 0.5, max_tokens: 100, user: 'u', metadata: { a: 'b' }, service_tier: 'flex' });
  assert.equal(heard.text, 'You said it.', JSON.stringify(heard));
});

test('what a model does not take is left out of what the gateway wrote, else the client’s own 400: no model rests for it', async () => {
  const key = () => login.renew({ OPENAI_API_KEY: 'sk-sim-codex' }, '/codex/key/N/codex');
  await key();
  assert.equal((await login.say({ temperature: 0.5 })).text, 'You said it.');
  const lane = await respond({ ...KEEP, temperature: 0.5 });
  const { error } = await lane.json();
  assert.deepEqual([lane.status, error.code], [400, 'unsupported_parameter'], error.message);
  const value = await login.say({ verbosity: 'low' }, 'gpt-5-codex');
  assert.deepEqual([value.status, value.error?.code], [400, 'unsupported_value'], JSON.stringify(value));
  edge.upstream.scenario({ kind: 'image' });
  assert.equal((await login.say()).status, 400);
  assert.deepEqual((await login.account()).cooling_models, {});
  for (const model of ['gpt-5.4', 'gpt-5-codex']) assert.equal((await login.say({}, model)).text, 'You said it.');
});

test('a fast tier is asked for by its one name; tools without properties have none; long names and ids fit', async () => {
  const name = `mcp__server__${'tool'.repeat(20)}`;
  const id = `call_${'x'.repeat(100)}`;
  const tools = [{ type: 'function', function: { name, parameters: { type: 'object' } } }];
  const messages = [
    { role: 'user', content: 'hello' },
    { role: 'assistant', content: null, tool_calls: [{ id, type: 'function', function: { name, arguments: '{}' } }] },
    { role: 'tool', tool_call_id: id, content: 'done' },
  ];
  for (const tier of ['fast', 'priority']) {
    const heard = await login.say({ service_tier: tier, tools, messages });
    assert.equal(heard.text, 'You said it.', JSON.stringify(heard));
    assert.equal(generations().at(-1).body.service_tier, 'priority');
  }
  const [, call, output] = generations().at(-1).body.input;
  assert.equal(call.call_id, output.call_id);
  assert.ok(call.call_id.length <= 64 && call.name.length <= 64 && call.name === generations().at(-1).body.tools[0].name);
});

test('thoughts that the upstream does not know are left out, once', async () => {
  edge.upstream.scenario({ kind: 'proof' });
  assert.equal((await login.say()).text, 'You said it.');
  assert.equal(generations().length, 2);
});

// ---- Responses clients: their own bytes

const KEEP = {
  model: 'codex/gpt-5.4',
  stream: true,
  store: false,
  instructions: 'Be brief.',
  input: [
    { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'You are Codex.' }] },
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hello' }] },
  ],
  tools: [{ type: 'function', name: 'weather', parameters: { type: 'object', properties: {} }, strict: false }, { type: 'web_search' }],
  reasoning: { effort: 'medium', summary: 'auto' },
  client_metadata: { thread_id: 't1', 'x-own': 1 },
};
const respond = (body, path = '/v1/responses') =>
  fetch(edge.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const events = (text) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice(6)));

test('a body that the endpoint takes goes on byte for byte, and the last event has its output', async () => {
  edge.upstream.scenario({ turn: { thinking: 'Hm.', text: 'Good day.' } });
  const spelled = JSON.stringify(KEEP).replace('"x-own":1', '"x-own" : 1.0e0').replace('"temperature"', '');
  const response = await respond(spelled.replace('{', '{"temperature":0.5,'));
  const heard = events(await response.text());
  const sent = generations()[0];
  for (const part of ['"x-own" : 1.0e0', JSON.stringify(KEEP.input), JSON.stringify(KEEP.tools), JSON.stringify(KEEP.reasoning)])
    assert.ok(sent.text.includes(part), `${part}\n${sent.text}`);
  assert.deepEqual([sent.body.model, sent.body.temperature], ['gpt-5.4', undefined]);
  const last = heard.at(-1);
  assert.equal(last.type, 'response.completed');
  const items = heard.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item);
  assert.deepEqual(last.response.output, items);
  assert.ok(items.length >= 2);
  edge.upstream.scenario({ turn: { text: 'Good day.' } });
  const sdk = edge.client.responses.stream({ ...KEEP, model: 'codex/gpt-5.4' });
  assert.equal((await sdk.finalResponse()).output_text, 'Good day.');
});

const UNFIT = {
  'a system message': {
    input: [
      { role: 'system', content: 'S' },
      { role: 'user', content: 'hello' },
    ],
  },
  'a plain text': { input: 'hello' },
  'a whole answer': { stream: false },
  'an open schema': { tools: [{ type: 'function', name: 'f', parameters: { type: 'object' } }] },
  'an effort that few models have': { reasoning: { effort: 'minimal' } },
  'a result of no call': { input: [...KEEP.input, { type: 'function_call_output', call_id: 'c', output: 'x' }] },
  'an id of another service': { input: [{ id: `x${'y'.repeat(80)}`, ...KEEP.input[1] }] },
};
for (const [what, change] of Object.entries(UNFIT)) {
  test(`${what} goes through the model, which keeps the endpoint's rules`, async () => {
    const response = await respond({ ...KEEP, ...change });
    assert.equal(response.status, 200, await response.clone().text());
    assert.match(await response.text(), /You said it\./);
    assert.equal(generations()[0].body.client_metadata, undefined);
  });
}

test('a member that the endpoint refuses by name is the client’s own', async () => {
  edge.upstream.scenario({ kind: 'unknown_parameter' });
  const { error } = await (await respond(KEEP)).json();
  assert.equal(error.code, 'unsupported_parameter');
  assert.match(error.message, /client_metadata/);
});

// ---- compaction

const COMPACT = { model: 'codex/gpt-5.4', instructions: 'Be brief.', input: KEEP.input };

test('a conversation is made short by the upstream where it can, and goes on with what that made', async () => {
  const made = await (await respond(COMPACT, '/v1/responses/compact')).json();
  assert.deepEqual(made.output, [{ type: 'compaction', encrypted_content: 'gAAAAA-sim-compaction' }]);
  const [asked] = edge.upstream.requests.filter(({ path }) => path.endsWith('/responses/compact'));
  assert.deepEqual([asked.body.model, asked.body.input], ['gpt-5.4', KEEP.input]);
  assert.equal(generations().length, 0);
});

test('without such an endpoint, or with what it would refuse, the model writes a summary', async () => {
  edge.upstream.scenario({ kind: 'none', key: 'compact' });
  const made = await (await respond(COMPACT, '/v1/responses/compact')).json();
  assert.equal(made.object, 'response.compaction', JSON.stringify(made));
  assert.match(made.output[0].encrypted_content, /^ISTHMUS1compact_/);
  const again = await (await respond({ ...COMPACT, input: [...KEEP.input, ...made.output] }, '/v1/responses/compact')).json();
  assert.match(again.output[0].encrypted_content, /^ISTHMUS1compact_/);
  assert.equal(edge.upstream.requests.filter(({ path }) => path.endsWith('/responses/compact')).length, 1);
});

// ---- windows

const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;
const heads = (used, reset = inAnHour()) => ({
  'x-codex-primary-used-percent': String(used),
  'x-codex-primary-reset-at': String(reset),
  'x-codex-secondary-used-percent': '40.5',
  'x-codex-secondary-reset-after-seconds': '86400',
});

test('answers tell of the windows: for the quota where the endpoint is out of reach, and for a rest before a refusal', async () => {
  sim().noUsage = true;
  const quota = async () => edge.admin('GET', '/admin/accounts/x1/quota');
  const reset = inAnHour();
  edge.upstream.scenario({ headers: heads(12, reset) });
  assert.equal((await login.say()).text, 'You said it.');
  const { data } = await (await quota()).json();
  assert.deepEqual(data[0], { name: 'primary window', unit: 'percent', used: 12, limit: 100, resets_ms: reset * 1000 });
  assert.deepEqual([data[1].name, data[1].used], ['secondary window', 40]);
  edge.upstream.scenario({ headers: { ...heads(100), 'x-codex-credits-has-credits': 'True' } });
  await login.say();
  assert.equal((await login.account()).state, 'ready', 'credits go on');
  edge.upstream.scenario({ headers: heads(100) });
  assert.equal((await login.say()).text, 'You said it.');
  assert.equal((await login.account()).state, 'cooling');
});

const FAILURES = {
  said_limit: [429, 'usage_limit_reached', 'cooling'],
  said_overload: [503, 'server_is_overloaded', 'cooling'],
  no_quota: [429, 'insufficient_quota', 'cooling'],
  proof: [400, 'invalid_encrypted_content', 'ready'],
  too_large: [413, 'upstream_refused', 'ready'],
  previous: [400, 'previous_response_not_found', 'ready'],
  usage_limit: [429, 'usage_limit_reached', 'cooling'],
  window: [429, 'usage_limit_reached', 'cooling'],
  not_included: [503, 'usage_not_included', 'needs_login'],
  rate_limit: [429, 'rate_limit_exceeded', 'ready'],
  unauthorized: [503, 'upstream_token_invalid', 'needs_login'],
  deactivated: [403, 'account_deactivated', 'quarantined'],
  payment: [503, 'subscription_required', 'needs_login'],
  forbidden: [503, 'not_entitled', 'needs_login'],
  challenge: [502, 'egress_blocked', 'cooling'],
  path_block: [502, 'egress_blocked', 'cooling'],
  country: [502, 'egress_blocked', 'cooling'],
  capacity: [503, 'upstream_capacity_exhausted', 'ready'],
  plan: [404, 'model_not_found', 'ready'],
  overloaded: [503, 'server_is_overloaded', 'cooling'],
  broken: [502, 'server_error', 'cooling'],
  context: [400, 'context_length_exceeded', 'ready'],
  policy: [400, 'cyber_policy', 'ready'],
};
testFailures(
  () => edge,
  login,
  FAILURES,
  (kind) => kind === 'challenge' && assert.equal(sim().refreshes, 0, 'a block page is no reason to refresh'),
);

test('a token that is about to end is refreshed once, and the new refresh token is kept', async () => {
  await login.renew(file(jwt('old', 60)));
  const heard = await Promise.all([login.say(), login.say(), login.say()]);
  assert.deepEqual(
    heard.map(({ text }) => text),
    Array(3).fill('You said it.'),
  );
  assert.equal(sim().refreshes, 1);
  edge.upstream.scenario({ kind: 'unauthorized' });
  assert.equal((await login.say()).text, 'You said it.');
  assert.equal(sim().refreshes, 2, 'with the token of the first refresh');
});

test('a token that lives shorter than the margin is used for half its life, not refreshed every time', async () => {
  await login.renew(file(jwt('old', 60)));
  sim().life = 240;
  await login.say();
  await login.say();
  assert.equal(sim().refreshes, 1);
});

test('a refresh token that was used elsewhere needs a login; an endpoint out of order does not', async () => {
  await login.renew(file(jwt('old', 60)));
  sim().down = true;
  await login.say();
  assert.equal((await login.account()).state, 'cooling');
  sim().down = false;
  sim().refreshToken = 'rt_elsewhere';
  assert.equal((await login.say()).error.code, 'needs_login');
  assert.equal((await login.account()).state, 'needs_login');
});

test('a login that is put in again after it was over starts afresh', async () => {
  edge.upstream.scenario({ kind: 'unauthorized', times: 9 });
  await login.say();
  assert.equal((await login.account()).state, 'needs_login');
  edge.upstream.reset();
  await login.again();
  assert.equal((await login.account()).state, 'ready');
  assert.equal((await login.say()).text, 'You said it.');
});

test('models and quota', async () => {
  const checked = await (await edge.admin('POST', '/admin/accounts/x1/check')).json();
  assert.deepEqual([checked.ok, checked.models], [true, ['gpt-5.2']], JSON.stringify(checked));
  const quota = await (await edge.admin('GET', '/admin/accounts/x1/quota')).json();
  assert.deepEqual(quota.data[0], { name: 'primary window', unit: 'percent', used: 12, limit: 100, resets_ms: 1900000000000 });
});

test('login in the browser: the address one lands on', async () => {
  const at = await login.step('start', { method: 'browser' });
  const state = new URL(at.url).searchParams.get('state');
  const foreign = await login.step('continue', { login: at.login, input: 'http://localhost:1455/auth/callback?code=code-browser&state=x' });
  assert.match(foreign.error.message, /another login/);
  const done = await login.step('continue', {
    login: at.login,
    input: `http://localhost:1455/auth/callback?code=code-browser&state=${state}`,
  });
  assert.equal(done.done, true, JSON.stringify(done));
  assert.equal(done.account.label, 'user@example.com');
  await edge.admin('DELETE', `/admin/accounts/${done.account.id}`);
});

test('login with a code: pending, done', async () => {
  let at = await login.step('start', { method: 'device' });
  assert.deepEqual([at.code, at.pause_ms], ['ABCD-EFGH', 1000], JSON.stringify(at));
  at = await login.step('continue', { login: at.login });
  assert.equal(at.done, false);
  at = await login.step('continue', { login: at.login });
  assert.equal(at.done, true, JSON.stringify(at));
  await edge.admin('DELETE', `/admin/accounts/${at.account.id}`);
});
