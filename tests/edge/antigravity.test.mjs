// Antigravity in trouble, its hosts, its logins and its files.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANTIGRAVITY_REFRESH } from '../upstreams/code-assist.mjs';
import { startUpstreams } from '../upstreams/server.mjs';
import { account, add, ask, CLAUDE, count, edge, generations, HELLO, hostOf, login } from './antigravity-lab.mjs';
import { FATAL, MENDED, NOTHING } from './google-failures.mjs';
import { antigravityAccount, start } from './harness.mjs';

// ---- failures, on an account that has one host

const ONE_HOST = () => ({ base_url: `${edge.upstream.url}/antigravity/daily` });

for (const [kind, calls] of Object.entries({ ...MENDED, claude_signature: {} })) {
  test(`${kind} once: mended, unseen by the client`, async () => {
    const id = await login(ONE_HOST());
    edge.upstream.scenario({ kind });
    assert.equal((await ask()).text, 'You said: hello');
    assert.equal(generations().length, 2);
    for (const [path, times] of Object.entries(calls)) assert.equal(count(path), times, path);
    assert.equal((await account(id)).state, 'ready');
  });
}

const OWN = {
  too_old: [502, 'client_version_rejected', 'ready'],
  claude_signature: [400, 'thought_signature', 'ready'],
  claude_too_long: [400, 'context_length_exceeded', 'ready'],
};
for (const [kind, [status, code, state]] of Object.entries({ ...FATAL, ...OWN })) {
  test(`${kind} for good: the client and the owner are told`, async () => {
    const id = await login(ONE_HOST());
    edge.upstream.scenario({ kind, times: 9 });
    const answer = await ask(CLAUDE);
    assert.deepEqual([answer.status, answer.error?.code], [status, code], JSON.stringify(answer));
    assert.equal((await account(id)).state, state);
  });
}

test('an exhausted quota lets its family rest, and no other', async () => {
  const id = await login(ONE_HOST());
  edge.upstream.scenario({ kind: 'quota' });
  assert.equal((await ask(CLAUDE)).error.code, 'quota_exhausted');
  const resting = Object.keys((await account(id)).cooling_models);
  assert.deepEqual(resting.sort(), ['claude-opus-4-6-thinking', 'claude-sonnet-4-6', 'gpt-oss-120b-medium']);
  assert.equal((await ask({ ...CLAUDE, model: 'antigravity/claude-opus-4-6' })).status, 429);
  assert.equal(generations().length, 1, 'it was not even asked');
  assert.equal((await ask()).text, 'You said: hello');
});

test('a suspended account’s request goes to no other', async () => {
  await login(ONE_HOST());
  await login(ONE_HOST());
  edge.upstream.scenario({ kind: 'terms' });
  assert.equal((await ask()).error.code, 'account_suspended');
  assert.equal(generations().length, 1);
});

test('a client too old, said as if it were an answer', async () => {
  await login();
  const parts = [{ text: 'This version of Antigravity is no longer supported. Please update to receive the latest features!' }];
  edge.upstream.scenario({ parts, times: 9 });
  const { status, error } = await ask();
  assert.deepEqual([status, error.code], [502, 'client_version_rejected']);
  assert.match(error.message, /descriptor/);
});

for (const [what, [scenario, code]] of Object.entries(NOTHING)) {
  test(`an answer that is ${what} is asked for again, twice at most, at another temperature`, async () => {
    await login(ONE_HOST());
    edge.upstream.scenario({ ...scenario, times: 2 });
    assert.equal((await ask({ ...HELLO, temperature: 0.2 })).text, 'You said: hello');
    assert.deepEqual(
      generations().map(({ body }) => body.request.generationConfig.temperature),
      code === 'upstream_incomplete' ? [0.2, 0.2, 0.2] : [0.2, 1, 1],
    );
    edge.upstream.scenario({ ...scenario, times: 9 });
    const { status, error } = await ask({ ...HELLO, stream: code !== 'upstream_incomplete' });
    assert.deepEqual([status, error.code], [502, code]);
    assert.equal(generations().length, 6);
  });
}

test('a field that the upstream does not know is left out', async () => {
  const id = await login(ONE_HOST());
  edge.upstream.scenario({ kind: 'unknown_field' });
  assert.equal((await ask({ ...HELLO, stop: ['x'], temperature: 0.5 })).text, 'You said: hello');
  const sent = generations().map(({ body }) => body.request.generationConfig);
  assert.deepEqual([sent[0].stopSequences, sent[1].stopSequences, sent[1].temperature], [['x'], undefined, 0.5]);
  assert.equal((await account(id)).state, 'ready');
});

// ---- credits

const paying = () => generations().map(({ body }) => body.enabledCreditTypes);

test('credits pay where the quota ends, if the owner says so, until it is back', async () => {
  const id = await login({ ...ONE_HOST(), extra: { credits: 'true' } });
  edge.upstream.scenario({ kind: 'quota', unlessPaid: true, times: 9 });
  assert.equal((await ask(CLAUDE)).text, 'You said: hello');
  assert.equal((await ask(CLAUDE)).text, 'You said: hello');
  assert.deepEqual(paying(), [undefined, ['GOOGLE_ONE_AI'], ['GOOGLE_ONE_AI']]);
  assert.deepEqual((await account(id)).cooling_models, {});
});

test('credits that are used up too are left alone; without the owner’s word none are spent', async () => {
  const id = await login({ ...ONE_HOST(), extra: { credits: 'true' } });
  edge.upstream.scenario({ kind: 'quota' }, { kind: 'credits', times: 9 });
  assert.equal((await ask(CLAUDE)).error.code, 'quota_exhausted');
  assert.deepEqual(paying(), [undefined, ['GOOGLE_ONE_AI']]);
  assert.ok((await account(id)).cooling_models['claude-sonnet-4-6']);
  edge.upstream.reset();
  await login({ ...ONE_HOST() });
  edge.upstream.scenario({ kind: 'quota', unlessPaid: true, times: 9 });
  assert.equal((await ask(CLAUDE)).error.code, 'quota_exhausted');
});

// ---- hosts

const hosts = () => generations().map(hostOf);

for (const kind of ['capacity', 'bare_429', 'model_missing']) {
  test(`${kind} at one host: the next one serves, and is remembered`, async () => {
    const id = await login();
    edge.upstream.scenario({ kind, key: 'daily' });
    assert.equal((await ask()).text, 'You said: hello');
    assert.deepEqual(hosts(), ['daily', 'prod']);
    assert.equal((await ask()).text, 'You said: hello');
    assert.equal((await ask({ ...HELLO, model: 'antigravity/gemini-2.5-flash' })).text, 'You said: hello');
    assert.deepEqual(hosts(), ['daily', 'prod', 'prod', 'daily'], 'per model');
    assert.equal((await account(id)).state, 'ready');
  });
}

for (const kind of ['quota', 'region', 'validation', 'claude_too_long']) {
  test(`${kind} is no matter of the host`, async () => {
    await login();
    edge.upstream.scenario({ kind, key: 'daily' });
    assert.notEqual((await ask()).status, 200);
    assert.deepEqual(hosts(), ['daily']);
  });
}

test('a model that one host alone has', async () => {
  await login();
  edge.upstream.scenario({ kind: 'capacity', key: 'daily' });
  assert.equal((await ask({ ...HELLO, model: 'antigravity/gemini-3.7-flash' })).text, 'You said: hello');
  assert.deepEqual(hosts(), ['daily', 'prod', 'daily']);
});

test('a Worker variable names another daily host', async () => {
  const upstream = await startUpstreams({});
  const { base_url: _, ...record } = antigravityAccount(upstream, { project: 'p' });
  const gateway = await start({ accounts: () => [record], vars: { ANTIGRAVITY_BASE_URL_DAILY: `${upstream.url}/antigravity/autopush/` } });
  try {
    const { choices } = await (await gateway.post(HELLO)).json();
    assert.equal(choices[0].message.content, 'You said: hello');
    assert.equal(upstream.requests.at(-1).path.split('/')[2], 'autopush');
  } finally {
    await gateway.stop();
    await upstream.close();
  }
});

// ---- projects

test('a new account is onboarded, with the body that its door wants', async () => {
  await login();
  edge.upstream.antigravity().account = 'new';
  edge.upstream.antigravity().pollsBeforeDone = -1;
  assert.equal((await ask()).text, 'You said: hello');
  const onboard = edge.upstream.requests.find((request) => request.path.endsWith(':onboardUser'));
  assert.deepEqual([hostOf(onboard), onboard.body.metadata.ideType], ['daily', 'ANTIGRAVITY']);
  const load = edge.upstream.requests.find((request) => request.path.endsWith(':loadCodeAssist'));
  assert.equal(hostOf(load), 'prod');
  assert.equal(generations()[0].body.project, 'sim-project');
});

for (const [kind, code] of Object.entries({ unverified: 'validation_required', unsupported: 'ineligible' })) {
  test(`an account that is ${kind} says so`, async () => {
    const id = await login();
    edge.upstream.antigravity().account = kind;
    const { status, error } = await ask();
    assert.deepEqual([status, error.code, (await account(id)).state], [503, code, 'needs_login']);
    assert.match(error.message, /cannot use Antigravity/);
  });
}

test('a project of one’s own is used as it is', async () => {
  await login({ project: 'mine' });
  await ask();
  assert.equal(generations()[0].body.project, 'mine');
  assert.equal(count(':loadCodeAssist'), 0);
});

// ---- models and quota

test('the list of models is the account’s, without the editor’s own', async () => {
  await login();
  const ids = (await edge.client.models.list()).data.map((model) => model.id);
  assert.ok(ids.includes('gemini-3.7-flash-high') && ids.includes('claude-sonnet-4-6'));
  assert.ok(!ids.some((id) => /^(chat|tab)_/.test(id)), String(ids));
});

test('what is left of the quota', async () => {
  const id = await login();
  const { data } = await (await edge.admin('GET', `/admin/accounts/${id}/quota`)).json();
  const resets_ms = Date.parse('2030-01-01T00:00:00Z');
  const bucket = (name, used) => ({ name, unit: 'percent', used, limit: 100, resets_ms });
  assert.deepEqual(data, [
    bucket('Gemini Models: 5h', 14),
    bucket('Gemini Models: Weekly Limit', 0),
    bucket('Claude and GPT models: Weekly Limit', 100),
    { name: 'GOOGLE_ONE_AI', unit: 'credits', used: 0, limit: 1000, resets_ms: 0 },
  ]);
});

// ---- logins

const step = async (provider, name, body) => {
  const response = await edge.admin('POST', `/admin/login/${provider}/${name}`, body);
  return { status: response.status, ...(await response.json()) };
};
/** What Google answers the person who opens `url`. */
const consent = async (url) => (await fetch(url)).json();

const MODELS = { antigravity: 'antigravity/claude-sonnet-4-6', 'gemini-cli': 'gemini-cli/gemini-2.5-flash' };
for (const [provider, model] of Object.entries(MODELS)) {
  test(`${provider}: a login with the code that a page shows`, async () => {
    const begun = await step(provider, 'start', { method: 'browser' });
    const query = new URL(begun.url).searchParams;
    assert.deepEqual([begun.kind, query.get('access_type'), query.get('code_challenge_method')], ['paste', 'offline', 'S256']);
    const { code } = await consent(begun.url);
    const done = await step(provider, 'continue', { login: begun.login, input: ` ${encodeURIComponent(code)}\n` });
    assert.deepEqual(
      [done.done, done.account.label, done.account.has_refresh_token],
      [true, 'person@example.com', true],
      JSON.stringify(done),
    );
    assert.equal((await ask({ ...HELLO, model })).text, 'You said: hello');
  });

  test(`${provider}: a login with the address that the browser was sent to`, async () => {
    const begun = await step(provider, 'start', { method: 'loopback', project: 'mine', label: 'me' });
    const { code } = await consent(begun.url);
    const query = new URL(begun.url).searchParams;
    const landed = (state) => `${query.get('redirect_uri')}?state=${state}&code=${encodeURIComponent(code)}&scope=x`;
    const foreign = await step(provider, 'continue', { login: begun.login, input: landed('another') });
    assert.equal(foreign.status, 400);
    assert.match(foreign.error.message, /belongs to another login/);
    const done = await step(provider, 'continue', { login: begun.login, input: landed(query.get('state')) });
    assert.deepEqual([done.account?.label, done.account?.project], ['me', 'mine'], JSON.stringify(done));
    const again = await step(provider, 'continue', { login: begun.login, input: code });
    assert.equal(again.status, 400);
    assert.match(again.error.message, /good for one try/);
  });
}

test('a login refused, forgotten, or begun elsewhere', async () => {
  const begun = await step('antigravity', 'start', {});
  for (const input of ['', 'http://localhost:51121/oauth-callback?error=access_denied', '4/nobody-gave-this']) {
    const { status, error } = await step('antigravity', 'continue', { login: begun.login, input });
    assert.equal(status, 400, input);
    assert.ok(error.message, input);
  }
  assert.equal((await step('gemini-cli', 'continue', { login: begun.login, input: 'x' })).status, 400);
});

// ---- files

const PACKED = `${ANTIGRAVITY_REFRESH}|theirs|managed`;
const FILES = {
  'opencode, several accounts': [
    {
      version: 4,
      accounts: [
        { email: 'a@example.com', refreshToken: 'dead', enabled: false },
        { email: 'b@example.com', refreshToken: ANTIGRAVITY_REFRESH, projectId: 'theirs', managedProjectId: 'managed', lastUsed: 2 },
        { email: 'c@example.com', refreshToken: 'other', lastUsed: 1 },
      ],
      activeIndex: 0,
    },
    'b@example.com',
  ],
  'opencode, packed': [{ version: 1, accounts: [{ email: 'b@example.com', refreshToken: PACKED }], activeIndex: 0 }, 'b@example.com'],
  'opencode’s login': [{ provider: 'antigravity', type: 'oauth', refresh: PACKED, access: 'old', expires: 1 }, ''],
  'a proxy’s file': [
    {
      type: 'antigravity',
      access_token: 'old',
      refresh_token: ANTIGRAVITY_REFRESH,
      expires_in: 3599,
      timestamp: 1,
      expired: '2025-01-01T00:00:00Z',
      email: 'd@example.com',
      project_id: 'managed',
    },
    'd@example.com',
  ],
  'a file of Google’s own shape': [
    { provider: 'antigravity', access_token: 'old', refresh_token: ANTIGRAVITY_REFRESH, expiry_date: 1, project: 'managed' },
    '',
  ],
};
for (const [what, [file, label]] of Object.entries(FILES)) {
  test(`imported: ${what}`, async () => {
    const added = await add({ id: `file-${what.length}`, ...file });
    assert.deepEqual([added.provider, added.label, added.project], ['antigravity', label, 'managed']);
    assert.equal((await ask()).text, 'You said: hello');
  });
}

test('a login of Antigravity’s client is its own, whatever the file looks like; without a token there is none', async () => {
  const client_id = '1071006060591-tmhssin2h21lcre235vtolojh4g403ep.apps.googleusercontent.com';
  const file = { token: 'old', refresh_token: ANTIGRAVITY_REFRESH, client_id, client_secret: 's', project_id: 'p' };
  assert.equal((await add(file)).provider, 'antigravity');
  const refused = await edge.admin('POST', '/admin/accounts', { provider: 'antigravity', version: 4, accounts: [] });
  assert.equal(refused.status, 400);
  assert.match((await refused.json()).error.message, /refresh_token/);
});
