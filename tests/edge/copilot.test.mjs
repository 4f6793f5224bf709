// GitHub Copilot: four surfaces over both of its endpoints, every failure, logins and the exchange for its token.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { GITHUB_TOKEN } from '../upstreams/copilot.mjs';
import { ask } from './ask.mjs';
import { grammar } from './grammar.mjs';
import { start } from './harness.mjs';

/** @type {Awaited<ReturnType<typeof start>>} */
let edge;
before(async () => {
  edge = await start({ accounts: () => [] });
  const github = `${edge.upstream.url}/copilot/github`;
  const put = await edge.admin('PUT', '/admin/descriptors/github-copilot', { values: { github_url: github, github_api_url: github } });
  assert.equal(put.status, 204, await put.text());
});
after(() => edge?.stop());

const sim = () => edge.upstream.copilot();
const base = () => `${edge.upstream.url}/copilot/api`;
const account = async (id = 'gh1') => (await edge.health()).accounts.find((each) => each.id === id);
const generations = () => edge.upstream.requests.filter(({ path }) => /completions$|responses$/.test(path));

let logins = 0;
// Each with a note of its own: the same record again would be the same account, with its state.
async function login(file = { github_token: GITHUB_TOKEN }) {
  await edge.admin('DELETE', '/admin/accounts/gh1');
  const added = await edge.admin('POST', '/admin/accounts', {
    provider: 'github-copilot',
    id: 'gh1',
    base_url: `${base()}/${logins++}`,
    ...file,
  });
  assert.equal(added.status, 201, await added.text());
}
beforeEach(async () => {
  edge.upstream.reset();
  await login();
});

const HELLO = [{ user: 'Hello.' }];
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYPj/HwADAgH/p4Xy1wAAAABJRU5ErkJggg==';
const TOOL = { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } };

for (const surface of Object.keys(grammar)) {
  for (const model of ['claude-sonnet-4.5', 'gpt-5.1-codex']) {
    for (const stream of [true, false]) {
      const hear = async (turn, asked) => {
        edge.upstream.scenario({ turn, times: turn.fault ? 9 : 1 });
        const answer = await ask(edge.url, surface, { model: `github-copilot/${model}`, stream, ...asked });
        const mode = stream && answer.status === 200 ? 'stream' : 'whole';
        return { status: answer.status, ...grammar[surface][mode](answer.text, { countUsage: true }) };
      };
      test(`${surface} over ${model}, ${stream ? 'stream' : 'whole'}: thoughts, a tool, its result`, async () => {
        const turn = { thinking: 'I must look.', calls: [{ name: 'weather', args: { city: 'Köln' } }] };
        const heard = await hear(turn, { messages: HELLO, tools: [TOOL], thinking: true });
        assert.equal(heard.status, 200, JSON.stringify(heard.error));
        assert.deepEqual(
          heard.calls.map(({ name, args }) => ({ name, args })),
          turn.calls,
        );
        assert.equal(generations().at(-1).headers['x-initiator'], 'user');
        const results = heard.calls.map(({ id, name }) => ({ id, name, text: 'rain' }));
        const then = await hear({ text: 'Rain.' }, { messages: [...HELLO, { said: heard }, { results }], tools: [TOOL], thinking: true });
        assert.equal(then.text, 'Rain.', JSON.stringify(then.error));
        assert.equal(generations().at(-1).headers['x-initiator'], 'agent');
        assert.ok(generations().at(-1).text.includes('rain'));
      });
      test(`${surface} over ${model}, ${stream ? 'stream' : 'whole'}: an image, an error, a cut`, async () => {
        assert.equal((await hear({ text: 'A pixel.' }, { messages: [{ user: 'What?', image: PIXEL }] })).text, 'A pixel.');
        assert.ok((await hear({ fault: 'refuse' }, { messages: HELLO })).error.message);
        assert.ok((await hear({ text: 'Good day to you all.', fault: 'cut' }, { messages: HELLO })).error.message);
      });
    }
  }
}

const say = async (model = 'claude-sonnet-4.5', extra = {}) => {
  const response = await edge.post({ model: `github-copilot/${model}`, messages: [{ role: 'user', content: 'hello' }], ...extra });
  const { choices, error } = await response.json();
  return { status: response.status, text: choices?.[0].message.content, error };
};

const FAILURES = {
  unauthorized: [503, 'unauthorized', 'needs_login'],
  quota: [429, 'quota_exceeded', 'ready'],
  rate_limited: [429, 'rate_limited', 'cooling'],
  model_limited: [429, 'user_model_rate_limited', 'ready'],
  blocked: [503, 'extension_blocked', 'cooling'],
  unsupported_model: [404, 'model_not_supported', 'ready'],
  too_long: [400, 'context_length_exceeded', 'ready'],
  missing: [404, 'model_not_found', 'ready'],
  filtered: [422, 'content_filter', 'ready'],
  dependency: [502, 'upstream_error', 'ready'],
  outdated: [502, 'upstream_client_outdated', 'ready'],
  broken: [502, 'upstream_error', 'cooling'],
  full: [503, 'upstream_provider_rate_limit', 'cooling'],
};
for (const [kind, [status, code, state]] of Object.entries(FAILURES)) {
  test(`${kind}: the client and the owner are told`, async () => {
    edge.upstream.scenario({ kind, times: 9 });
    const heard = await say();
    assert.deepEqual([heard.status, heard.error?.code], [status, code], JSON.stringify(heard));
    assert.equal((await account()).state, state);
  });
}

const EXCHANGES = {
  spammy: [503, 'account_suspended', 'quarantined'],
  no_access: [503, 'needs_login', 'needs_login'],
  revoked: [503, 'needs_login', 'needs_login'],
  limited: [429, 'token_endpoint_unavailable', 'cooling'],
  down: [502, 'token_endpoint_unavailable', 'ready'],
};
for (const [trouble, [status, code, state]] of Object.entries(EXCHANGES)) {
  test(`exchange, ${trouble}: says why`, async () => {
    sim().trouble = trouble;
    const heard = await say();
    assert.deepEqual([heard.status, heard.error?.code], [status, code], JSON.stringify(heard));
    assert.equal((await account()).state, state);
    assert.equal(generations().length, 0);
  });
}

test('one exchange serves many requests, and a dead token is exchanged anew', async () => {
  await Promise.all([say(), say(), say()]);
  assert.equal(sim().exchanges, 1);
  edge.upstream.scenario({ kind: 'unauthorized' });
  assert.equal((await say()).text, 'You said it.');
  assert.equal(sim().exchanges, 2);
});

test('a model that moved to the other endpoint is found there, and remembered', async () => {
  assert.equal((await say('gpt-5.4-mini')).status, 200);
  assert.deepEqual(
    generations().map(({ path }) => path.split('/').at(-1)),
    ['completions', 'responses'],
  );
  await say('gpt-5.4-mini');
  assert.equal(generations().length, 3);
});

test('names of other services: dashes and dates', async () => {
  for (const name of ['claude-sonnet-4-5', 'claude-sonnet-4-5-20250929']) {
    assert.equal((await say(name)).status, 200);
    assert.equal(generations().at(-1).body.model, 'claude-sonnet-4.5');
  }
});

test('models that are usable, and the quota', async () => {
  const checked = await (await edge.admin('POST', '/admin/accounts/gh1/check')).json();
  assert.deepEqual([checked.ok, checked.models], [true, ['claude-sonnet-4.5', 'gpt-5.1-codex']], JSON.stringify(checked));
  const quota = await (await edge.admin('GET', '/admin/accounts/gh1/quota')).json();
  assert.deepEqual(quota.data[1], { name: 'premium_interactions', unit: 'requests', used: 50, limit: 300, resets_ms: 0 });
});

test('files of other tools', async () => {
  for (const file of [
    { 'github.com:Iv1.b507a08c87ecfe98': { user: 'octocat', oauth_token: GITHUB_TOKEN } },
    { type: 'github-copilot', access_token: GITHUB_TOKEN, username: 'octocat' },
  ]) {
    await login(file);
    assert.equal((await say()).text, 'You said it.');
    assert.equal((await account()).label, 'octocat');
  }
});

test('device login: pending, slow down, done', async () => {
  const step = async (path, body) => (await edge.admin('POST', `/admin/login/github-copilot/${path}`, body)).json();
  let at = await step('start', { method: 'device' });
  assert.deepEqual([at.code, at.url, at.kind], ['ABCD-1234', 'https://github.com/login/device', 'device']);
  at = await step('continue', { login: at.login });
  assert.deepEqual([at.done, at.pause_ms], [false, 1000]);
  at = await step('continue', { login: at.login });
  assert.equal(at.pause_ms, 6000);
  at = await step('continue', { login: at.login });
  assert.equal(at.done, true, JSON.stringify(at));
  assert.equal(at.account.provider, 'github-copilot');
  await edge.admin('DELETE', `/admin/accounts/${at.account.id}`);
});
