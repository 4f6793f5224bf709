// OpenAI Codex: four surfaces over a subscription and over a key, every failure, logins, and refresh tokens that work once.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { ACCOUNT, jwt } from '../upstreams/codex.mjs';
import { ask } from './ask.mjs';
import { grammar } from './grammar.mjs';
import { start } from './harness.mjs';

/** @type {Awaited<ReturnType<typeof start>>} */
let edge;
before(async () => {
  edge = await start({ accounts: () => [] });
  const put = await edge.admin('PUT', '/admin/descriptors/codex', { values: { issuer_url: `${edge.upstream.url}/codex/auth` } });
  assert.equal(put.status, 204, await put.text());
});
after(() => edge?.stop());

const sim = () => edge.upstream.codex();
const account = async (id = 'x1') => (await edge.health()).accounts.find((each) => each.id === id);
const generations = () => edge.upstream.requests.filter(({ path }) => path.endsWith('/responses'));

let logins = 0;
// Each with an address of its own: the same record again would be the same account, with its state.
async function login(file, door = 'chatgpt') {
  await edge.admin('DELETE', '/admin/accounts/x1');
  const base_url = `${edge.upstream.url}/codex/${door}/${logins++}/codex`;
  const added = await edge.admin('POST', '/admin/accounts', { provider: 'codex', id: 'x1', base_url, ...file });
  assert.equal(added.status, 201, await added.text());
}
const file = (access_token = sim().access) => ({
  tokens: { id_token: jwt('id'), access_token, refresh_token: 'rt_0', account_id: ACCOUNT },
});
beforeEach(async () => {
  edge.upstream.reset();
  await login(file());
});

const HELLO = [{ user: 'Hello.' }];
const TOOL = { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } };

for (const door of ['chatgpt', 'key']) {
  for (const surface of Object.keys(grammar)) {
    for (const stream of [true, false]) {
      const hear = async (turn, asked) => {
        edge.upstream.scenario({ turn, times: turn.fault ? 9 : 1 });
        const answer = await ask(edge.url, surface, { model: 'codex/gpt-5.2', stream, ...asked });
        const mode = stream && answer.status === 200 ? 'stream' : 'whole';
        return { status: answer.status, ...grammar[surface][mode](answer.text, { countUsage: true }) };
      };
      test(`${surface} over ${door}, ${stream ? 'stream' : 'whole'}: thoughts, a tool, its result, a cut`, async () => {
        if (door === 'key') await login({ OPENAI_API_KEY: 'sk-sim-codex' }, 'key');
        const turn = { thinking: 'I must look.', calls: [{ name: 'weather', args: { city: 'Köln' } }] };
        const heard = await hear(turn, { messages: HELLO, tools: [TOOL], thinking: true });
        assert.equal(heard.status, 200, JSON.stringify(heard.error));
        assert.deepEqual(
          heard.calls.map(({ name, args }) => ({ name, args })),
          turn.calls,
        );
        const results = heard.calls.map(({ id, name }) => ({ id, name, text: 'rain' }));
        const then = await hear({ text: 'Rain.' }, { messages: [...HELLO, { said: heard }, { results }], tools: [TOOL], thinking: true });
        assert.equal(then.text, 'Rain.', JSON.stringify(then.error));
        assert.ok(generations().at(-1).text.includes('rain'));
        assert.ok((await hear({ text: 'Good day to you all.', fault: 'cut' }, { messages: HELLO })).error.message);
      });
    }
  }
}

const say = async (extra = {}) => {
  const response = await edge.post({ model: 'codex/gpt-5.4', messages: [{ role: 'user', content: 'hello' }], ...extra });
  const { choices, error } = await response.json();
  return { status: response.status, text: choices?.[0].message.content, error };
};

test('what the endpoint refuses is left out', async () => {
  const heard = await say({ temperature: 0.5, max_tokens: 100, user: 'u', metadata: { a: 'b' }, service_tier: 'flex' });
  assert.equal(heard.text, 'You said it.', JSON.stringify(heard));
});

const FAILURES = {
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
  capacity: [503, 'upstream_capacity_exhausted', 'ready'],
  plan: [404, 'model_not_found', 'ready'],
  overloaded: [503, 'server_is_overloaded', 'cooling'],
  broken: [502, 'server_error', 'cooling'],
  context: [400, 'context_length_exceeded', 'ready'],
  policy: [400, 'cyber_policy', 'ready'],
};
for (const [kind, [status, code, state]] of Object.entries(FAILURES)) {
  test(`${kind}: the client and the owner are told`, async () => {
    edge.upstream.scenario({ kind, times: 9 });
    const heard = await say();
    assert.deepEqual([heard.status, heard.error?.code], [status, code], JSON.stringify(heard));
    assert.equal((await account()).state, state);
    if (kind === 'challenge') assert.equal(sim().refreshes, 0, 'a block page is no reason to refresh');
  });
}

test('a token that is about to end is refreshed once, and the new refresh token is kept', async () => {
  await login(file(jwt('old', 60)));
  const heard = await Promise.all([say(), say(), say()]);
  assert.deepEqual(
    heard.map(({ text }) => text),
    Array(3).fill('You said it.'),
  );
  assert.equal(sim().refreshes, 1);
  edge.upstream.scenario({ kind: 'unauthorized' });
  assert.equal((await say()).text, 'You said it.');
  assert.equal(sim().refreshes, 2, 'with the token of the first refresh');
});

test('a token that lives shorter than the margin is used for half its life, not refreshed every time', async () => {
  await login(file(jwt('old', 60)));
  sim().life = 240;
  await say();
  await say();
  assert.equal(sim().refreshes, 1);
});

test('a refresh token that was used elsewhere needs a login; an endpoint out of order does not', async () => {
  await login(file(jwt('old', 60)));
  sim().down = true;
  await say();
  assert.equal((await account()).state, 'ready');
  sim().down = false;
  sim().refreshToken = 'rt_elsewhere';
  assert.equal((await say()).error.code, 'needs_login');
  assert.equal((await account()).state, 'needs_login');
});

test('models and quota', async () => {
  const checked = await (await edge.admin('POST', '/admin/accounts/x1/check')).json();
  assert.deepEqual([checked.ok, checked.models], [true, ['gpt-5.2']], JSON.stringify(checked));
  const quota = await (await edge.admin('GET', '/admin/accounts/x1/quota')).json();
  assert.deepEqual(quota.data[0], { name: 'primary window', unit: 'percent', used: 12, limit: 100, resets_ms: 1900000000000 });
});

const step = async (path, body) => (await edge.admin('POST', `/admin/login/codex/${path}`, body)).json();
test('login in the browser: the address one lands on', async () => {
  const at = await step('start', { method: 'browser' });
  const state = new URL(at.url).searchParams.get('state');
  const foreign = await step('continue', { login: at.login, input: 'http://localhost:1455/auth/callback?code=code-browser&state=x' });
  assert.match(foreign.error.message, /another login/);
  const done = await step('continue', { login: at.login, input: `http://localhost:1455/auth/callback?code=code-browser&state=${state}` });
  assert.equal(done.done, true, JSON.stringify(done));
  assert.equal(done.account.label, 'user@example.com');
  await edge.admin('DELETE', `/admin/accounts/${done.account.id}`);
});

test('login with a code: pending, done', async () => {
  let at = await step('start', { method: 'device' });
  assert.deepEqual([at.code, at.pause_ms], ['ABCD-EFGH', 1000], JSON.stringify(at));
  at = await step('continue', { login: at.login });
  assert.equal(at.done, false);
  at = await step('continue', { login: at.login });
  assert.equal(at.done, true, JSON.stringify(at));
  await edge.admin('DELETE', `/admin/accounts/${at.account.id}`);
});
