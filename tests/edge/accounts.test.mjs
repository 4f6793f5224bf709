// Accounts: failing over, refreshing, onboarding, the admin API, keys.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { at, modernNode } from '../../scripts/lib.mjs';
import { ADMIN, cliAccount, geminiAccount, start } from './harness.mjs';

const HELLO = { model: 'gemini-2.5-flash', messages: [{ role: 'user', content: 'hello' }] };
const text = async (response) => (await response.json()).choices?.[0].message.content;

test('two accounts', async (t) => {
  const edge = await start({ accounts: (u) => [geminiAccount(u, 'a', 'sim-gemini-key'), geminiAccount(u, 'b', 'sim-gemini-key-2')] });
  t.after(() => edge.stop());
  const keys = () => edge.upstream.requests.filter((r) => r.method === 'POST').map((r) => r.headers['x-goog-api-key']);

  await t.test('one conversation stays with one account', async () => {
    for (let i = 0; i < 4; i++) assert.equal(await text(await edge.post(HELLO)), 'You said: hello');
    assert.equal(new Set(keys()).size, 1);
  });
  await t.test('a limit on one is served by the other', async () => {
    edge.upstream.reset();
    edge.upstream.scenario({ kind: 'rate_limit' });
    assert.equal(await text(await edge.post(HELLO)), 'You said: hello');
    assert.equal(new Set(keys()).size, 2);
  });
  await t.test('with all of them limited the client is told when to come back', async () => {
    edge.upstream.reset();
    edge.upstream.scenario({ kind: 'quota', times: 9 });
    const response = await edge.post(HELLO);
    assert.equal(response.status, 429);
    assert.ok(Number(response.headers.get('retry-after')) > 0);
    assert.equal((await edge.health()).accounts.length, 2);
  });
});

test('a suspended account is never replaced by another for the same request', async (t) => {
  const edge = await start({ accounts: (u) => [geminiAccount(u, 'a', 'sim-gemini-key'), geminiAccount(u, 'b', 'sim-gemini-key-2')] });
  t.after(() => edge.stop());
  edge.upstream.scenario({ kind: 'terms' });
  assert.equal((await edge.post(HELLO)).status, 403);
  assert.equal(edge.upstream.requests.length, 1);
  assert.deepEqual((await edge.health()).accounts.map((a) => a.state).sort(), ['quarantined', 'ready']);
  assert.equal(await text(await edge.post(HELLO)), 'You said: hello', 'the next request is served by the other');
});

test('an account that is put in again starts afresh', async (t) => {
  const edge = await start({ accounts: () => [] });
  t.after(() => edge.stop());
  const put = () => edge.admin('POST', '/admin/accounts', geminiAccount(edge.upstream, 'a'));
  const state = async () => (await edge.health()).accounts.map((account) => account.state);
  for (const [kind, stopped] of Object.entries({ terms: 'quarantined', quota: 'ready' })) {
    assert.equal((await put()).status, 201);
    assert.deepEqual(await state(), ['ready']);
    edge.upstream.scenario({ kind });
    assert.ok((await edge.post(HELLO)).status >= 400);
    assert.deepEqual(await state(), [stopped]);
    assert.ok((await edge.post(HELLO)).status >= 400, 'it is left alone');
    assert.equal((await put()).status, 201, 'the same record');
    assert.deepEqual(await state(), ['ready']);
    assert.equal(await text(await edge.post(HELLO)), 'You said: hello', kind);
  }
});

test('a Gemini CLI login', async (t) => {
  const edge = await start({ accounts: (u) => [cliAccount(u)] });
  t.after(() => edge.stop());
  edge.upstream.codeAssist().account = 'new';
  const count = (path) => edge.upstream.requests.filter((r) => r.path.includes(path)).length;

  await t.test('refreshes once and onboards once for many requests at a time', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => edge.post(HELLO).then(text)));
    assert.deepEqual(new Set(answers), new Set(['You said: hello']));
    assert.deepEqual([count('/oauth/token'), count(':loadCodeAssist'), count(':onboardUser'), count('operations')], [1, 1, 1, 1]);
    const sent = edge.upstream.requests.at(-1);
    assert.deepEqual([sent.body.project, sent.body.model], ['sim-project', 'gemini-2.5-flash']);
    assert.match(sent.headers['user-agent'], /^GeminiCLI\//);
  });
  await t.test('a token that was revoked is replaced and the request served', async () => {
    edge.upstream.codeAssist().tokens.clear();
    assert.equal(await text(await edge.post(HELLO)), 'You said: hello');
    assert.equal(count('/oauth/token'), 2);
  });
  await t.test('what the login cannot do is refused by name', async () => {
    const refused = await (await edge.post({ ...HELLO, n: 2 })).json();
    assert.equal(refused.error.param, 'n');
  });
});

test('a login that is no longer valid says so loudly', async (t) => {
  const edge = await start({ accounts: (u) => [cliAccount(u, { refresh_token: 'revoked' })] });
  t.after(() => edge.stop());
  const response = await edge.post(HELLO);
  assert.equal(response.status, 503);
  assert.match((await response.json()).error.message, /Log in again/);
  assert.equal((await edge.health()).accounts[0].state, 'needs_login');
});

test('the admin API, the account script and client keys', async (t) => {
  const edge = await start({ accounts: () => [] });
  t.after(() => edge.stop());
  const record = geminiAccount(edge.upstream, 'stored');
  const script = async (...args) => {
    const child = spawn(modernNode(), [at('scripts/account.mjs'), ...args, '--url', edge.url, '--admin-key', ADMIN]);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (output += bytes));
    child.stdin.end('sim-gemini-key');
    const status = await new Promise((resolve) => child.on('close', resolve));
    return { status, output };
  };

  await t.test('without an account the client is told what to do', async () => {
    const response = await edge.post(HELLO);
    assert.equal(response.status, 503);
    assert.match((await response.json()).error.message, /npm run login -- gemini/);
  });
  await t.test('closed without the admin key', async () => {
    assert.equal((await fetch(`${edge.url}/admin/accounts`)).status, 401);
    assert.equal((await fetch(`${edge.url}/admin/accounts`, { headers: { authorization: 'Bearer isk-test' } })).status, 401);
  });
  await t.test('adds, lists, checks and removes, never showing a secret', async () => {
    assert.equal((await edge.admin('POST', '/admin/accounts', { ...record, api_key: 5 })).status, 400);
    assert.equal((await edge.admin('POST', '/admin/accounts', { ...record, provider: 'nobody' })).status, 400);
    assert.equal((await edge.admin('POST', '/admin/accounts', record)).status, 201);
    const listed = await (await edge.admin('GET', '/admin/accounts')).text();
    assert.ok(listed.includes('"stored"') && !listed.includes('sim-gemini-key'));
    assert.equal(await text(await edge.post(HELLO)), 'You said: hello');
    const check = await (await edge.admin('POST', '/admin/accounts/stored/check')).json();
    assert.ok(check.ok && check.models.includes('gemini-2.5-flash'));
    assert.equal((await edge.admin('DELETE', '/admin/accounts/stored')).status, 200);
    assert.equal((await edge.post(HELLO)).status, 503);
  });
  await t.test('a login takes a key in two steps, sealed in between', async () => {
    const methods = await (await edge.admin('GET', '/admin/login/gemini')).json();
    assert.equal(methods.data[0].kind, 'key');
    const begun = await (await edge.admin('POST', '/admin/login/gemini/start', { base_url: record.base_url, label: 'mine' })).json();
    assert.ok(!begun.done && begun.login && begun.message);
    assert.ok(!Buffer.from(begun.login, 'base64url').includes(record.base_url));
    const foreign = await edge.admin('POST', '/admin/login/openai/continue', { login: begun.login, input: 'k' });
    assert.equal(foreign.status, 400);
    assert.equal((await edge.admin('POST', '/admin/login/gemini/continue', { login: 'AAAA', input: 'k' })).status, 400);
    assert.equal((await edge.admin('POST', '/admin/login/gemini/continue', { login: begun.login, input: ' ' })).status, 400);
    const done = await (await edge.admin('POST', '/admin/login/gemini/continue', { login: begun.login, input: 'sim-gemini-key' })).json();
    assert.ok(done.done && done.account.label === 'mine' && !JSON.stringify(done).includes('sim-gemini-key'));
    assert.equal(await text(await edge.post(HELLO)), 'You said: hello');
    assert.deepEqual((await (await edge.admin('GET', `/admin/accounts/${done.account.id}/quota`)).json()).data, []);
    assert.equal((await edge.admin('DELETE', `/admin/accounts/${done.account.id}`)).status, 200);
  });
  await t.test('every provider says what it is, what its terms mean, and how one logs in', async () => {
    const { data } = await (await edge.admin('GET', '/admin/login')).json();
    const kiro = data.find((each) => each.provider === 'kiro');
    assert.ok(data.length >= 8 && data.every((each) => each.title && each.status && each.methods.length));
    assert.deepEqual(kiro.methods[1], {
      method: 'identity-center',
      kind: 'device',
      title: 'IAM Identity Center (an organisation)',
      options: 'start_url,region,label',
    });
    const one = await (await edge.admin('GET', '/admin/login/kiro')).json();
    assert.deepEqual([one.title, one.status, one.data], [kiro.title, kiro.status, kiro.methods]);
  });
  await t.test('a login renews the account that it names, which keeps its settings', async () => {
    await edge.admin('POST', '/admin/accounts', {
      ...record,
      id: 'old',
      api_key: 'spent',
      label: 'mine',
      models: ['gemini-2.5-flash'],
      max_concurrent: 3,
    });
    const begin = (provider, id) => edge.admin('POST', `/admin/login/${provider}/start`, { id });
    assert.match((await (await begin('openai', 'old')).json()).error.message, /one of gemini/);
    assert.equal((await begin('gemini', 'Not An Id')).status, 400);
    const { login } = await (await begin('gemini', 'old')).json();
    const done = await (await edge.admin('POST', '/admin/login/gemini/continue', { login, input: 'sim-gemini-key' })).json();
    assert.deepEqual([done.renewed, done.account.id, done.account.label, done.account.base_url], [true, 'old', 'mine', record.base_url]);
    assert.deepEqual([done.account.models, done.account.max_concurrent], [['gemini-2.5-flash'], 3]);
    assert.equal(await text(await edge.post(HELLO)), 'You said: hello');
    assert.equal((await (await edge.admin('GET', '/admin/accounts')).json()).data.length, 1);
    assert.equal((await edge.admin('DELETE', '/admin/accounts/old')).status, 200);
  });
  await t.test('logins that cannot be', async () => {
    assert.equal((await edge.admin('GET', '/admin/login/nobody')).status, 404);
    assert.equal((await edge.admin('POST', '/admin/login/gemini/start', { method: 'magic' })).status, 400);
    assert.equal((await edge.admin('POST', '/admin/login/gemini/start', { label: 5 })).status, 400);
    assert.equal((await fetch(`${edge.url}/admin/login/gemini`)).status, 401);
  });
  await t.test('the script does the same', async () => {
    const added = await script('add', 'gemini', '--base-url', `${edge.upstream.url}/gemini/v1beta`, '--id', 'by-script', '--key-file', '-');
    assert.equal(added.status, 0, added.output);
    assert.match((await script('list')).output, /by-script +gemini +ready/);
    assert.match((await script('check', 'by-script')).output, /works/);
    assert.equal((await script('remove', 'by-script')).status, 0);
    assert.notEqual((await script('check', 'by-script')).status, 0);
  });
  await t.test('client keys: shown once, stored as digests, revoked', async () => {
    const made = await (await edge.admin('POST', '/admin/keys', { name: 'laptop' })).json();
    const listed = await (await edge.admin('GET', '/admin/keys')).text();
    assert.ok(listed.includes('laptop') && !listed.includes(made.key));
    assert.equal((await fetch(`${edge.url}/v1/models`, { headers: { 'x-api-key': made.key } })).status, 200);
    assert.equal((await edge.admin('DELETE', `/admin/keys/${made.id}`)).status, 200);
    assert.equal((await edge.admin('DELETE', `/admin/keys/${made.id}`)).status, 404);
  });
});

test('no key configured: nobody gets in', async (t) => {
  const edge = await start({ vars: { API_KEY: '', ADMIN_KEY: '' } });
  t.after(() => edge.stop());
  for (const key of ['', 'isk-test'])
    assert.equal((await fetch(`${edge.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).status, 401);
  assert.equal((await fetch(`${edge.url}/admin/accounts`, { headers: { authorization: 'Bearer ' } })).status, 401);
});
