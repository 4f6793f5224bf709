// A login whose refresh token works once, used by many isolates at a time: the real Durable Object and KV, in workerd.
import assert from 'node:assert/strict';
import test from 'node:test';
import { jwt } from '../upstreams/codex.mjs';
import { startUpstreams } from '../upstreams/server.mjs';
import { codexAccount } from './harness.mjs';
import { startIsolates } from './isolates.mjs';

const HELLO = { model: 'codex/gpt-5.2', messages: [{ role: 'user', content: 'hello' }] };
const CLIENT = 'app_EMoamEEZ73f0CkXaXp7hrann';
const RECORD = 'account:x1';
const skip = process.env.ISTHMUS_HOST === 'node' && 'Node has no Durable Objects';

/** @type {Awaited<ReturnType<typeof startIsolates>>} */
let gateway;
if (!skip) {
  test.before(async () => (gateway = await startIsolates()));
  test.after(() => gateway.stop());
}

/** Fresh isolates, and an upstream whose account `x1` has been added with an access token that is over. */
async function begin(t) {
  const upstream = await startUpstreams({});
  const account = { ...codexAccount(upstream), token_url: `${upstream.url}/codex/auth/oauth/token`, access_token: '' };
  const add = async () => assert.equal((await gateway.admin(0, 'POST', '/admin/accounts', account)).status, 201);
  await add();
  await gateway.restart(); // so that all of them read it: none has looked for accounts yet
  t.after(async () => {
    await gateway.admin(0, 'DELETE', '/admin/accounts/x1');
    await upstream.close();
  });
  const trades = () => upstream.requests.filter((r) => r.path.endsWith('/oauth/token')).length;
  const everywhere = async (each = 1) => {
    // Read as soon as they are there: the harness lets go of a body that nobody reads for a while.
    const ask = async (index) => {
      const response = await gateway.post(index, HELLO);
      assert.equal(response.status, 200, await response.text());
    };
    await Promise.all([0, 1, 2].flatMap((index) => Array.from({ length: each }, () => ask(index))));
  };
  const message = (token) =>
    `POST ${account.token_url}\ncontent-type: application/json\n\n${JSON.stringify({ client_id: CLIENT, grant_type: 'refresh_token', refresh_token: token })}`;
  return { upstream, add, trades, everywhere, message };
}

test('isolates that all need a token trade the old one once', { skip }, async (t) => {
  const { upstream, trades, everywhere } = await begin(t);
  await everywhere(3);
  assert.equal(trades(), 1);
  // The token is withdrawn before its time: all of them hear 401, and again one trades.
  upstream.codex().access = jwt('withdrawn');
  await everywhere(3);
  assert.equal(trades(), 2);
  // Not just "rt_": that may stand in the sealed text by chance.
  assert.doesNotMatch(await gateway.kv().then((kv) => kv.get(RECORD)), /refresh_token|"rt_/, 'sealed');
});

test('an isolate that reads an old record takes the newer credential over', { skip }, async (t) => {
  const { trades, everywhere } = await begin(t);
  const kv = await gateway.kv();
  const old = await kv.get(RECORD);
  await everywhere();
  await kv.put(RECORD, old);
  await gateway.restart();
  await everywhere();
  assert.equal(trades(), 1, 'nobody traded the old token again');
});

test('the answer to a trade whose isolate is gone is given to the next', { skip }, async (t) => {
  const { trades, everywhere, message, upstream } = await begin(t);
  const known = String(Date.now());
  const [granted, token] = await gateway.vault(RECORD, 'lease', `${known}\n1500`);
  assert.equal(granted, 200);
  const [sent, answer] = await gateway.vault(RECORD, 'send', `${token}\n${message('rt_0')}`);
  assert.equal(sent, 200);
  assert.match(answer, /^200\n(.+\n)*\n\{.*"refresh_token":"rt_1"/);
  await everywhere();
  assert.equal(trades(), 1, 'the isolates waited for the lease to run out, and were given that answer');
  upstream.codex().access = jwt('withdrawn');
  await everywhere();
  assert.equal(trades(), 2);
});

test('a client that leaves in the middle of a trade takes nothing with it', { skip }, async (t) => {
  const { trades, everywhere, upstream } = await begin(t);
  upstream.codex().delay = 700;
  const client = new AbortController();
  const left = gateway.post(0, HELLO, { signal: client.signal }).then(
    () => 'answered',
    () => 'left',
  );
  setTimeout(() => client.abort(), 250);
  assert.equal(await left, 'left');
  await everywhere();
  assert.equal(trades(), 1);
});

test('what a vault answers', { skip }, async (t) => {
  const { message } = await begin(t);
  const ask = (verb, body) => gateway.vault('account:other', verb, body);
  const lease = async (known, ms = 60_000) => ask('lease', `${known}\n${ms}`);
  assert.deepEqual(await ask('add', '5\nfirst'), [200]);
  assert.deepEqual(await ask('add', '5\nsecond'), [409, '5'], 'the clock of who adds is behind');
  assert.deepEqual(await lease(4), [409, 'first']);
  const [, token] = await lease(5);
  assert.deepEqual(await lease(5), [423]);
  assert.deepEqual(await ask('put', '5\n6\nside'), [423]);
  assert.deepEqual(await ask('commit', 'nobody\n6\nstolen'), [412]);
  assert.deepEqual(await ask('send', `nobody\n${message('rt_0')}`), [412]);
  assert.deepEqual(await ask('commit', `${token}\n6\nthird`), [200]);
  assert.deepEqual(await ask('commit', `${token}\n7\nfourth`), [412], 'a lease ends with its commit');
  assert.equal(await gateway.kv().then((kv) => kv.get('account:other')), 'third', 'written through');
  assert.deepEqual(await ask('put', '5\n7\nside'), [409, 'third']);
  assert.deepEqual(await ask('put', '6\n7\nside'), [200]);
  const [, released] = await lease(7);
  assert.deepEqual(await ask('release', released), [200]);
  const [again] = await lease(7, 1);
  assert.equal(again, 200);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal((await lease(7))[0], 200, 'a lease runs out');
  assert.deepEqual(await ask('erase', '8'), [200]);
  assert.deepEqual(await lease(7), [410]);
  assert.equal(await gateway.kv().then((kv) => kv.get('account:other')), null);
  assert.deepEqual(await ask('add', '8\nback'), [409, '8']);
  assert.deepEqual(await ask('add', '9\nback'), [200]);
  assert.deepEqual(await ask('erase', '10'), [200]);
});

test('an account that was removed stays away, whoever still knows it', { skip }, async (t) => {
  const { trades, everywhere, upstream, add } = await begin(t);
  await everywhere();
  assert.equal((await gateway.admin(0, 'DELETE', '/admin/accounts/x1')).status, 200);
  upstream.codex().access = jwt('withdrawn');
  const refused = await gateway.post(1, HELLO);
  assert.equal(refused.status, 503);
  assert.match((await refused.json()).error.message, /removed/);
  assert.equal(trades(), 1);
  assert.equal(await gateway.kv().then((kv) => kv.get(RECORD)), null);
  upstream.codex().refreshToken = 'rt_0';
  await add();
  assert.equal((await gateway.post(0, HELLO)).status, 200);
});

test('a new SEAL_KEY: the cron tick seals anew, and the old one can go', { skip }, async (t) => {
  const { everywhere, trades } = await begin(t);
  await everywhere();
  await gateway.restart({ SEAL_KEY: 'new', SEAL_KEY_PREVIOUS: 'seal' });
  await everywhere();
  const before = await gateway.kv().then((kv) => kv.get(RECORD));
  await gateway.cron(0);
  const after = await gateway.kv().then((kv) => kv.get(RECORD));
  assert.notEqual(after, before);
  await gateway.restart({ SEAL_KEY: 'new' });
  await everywhere();
  assert.equal(trades(), 1);
  // The next test's account is sealed with the usual key again.
  await gateway.admin(0, 'DELETE', '/admin/accounts/x1');
  await gateway.restart();
});

test('the list of accounts is mended from what is really there', { skip }, async (t) => {
  const { everywhere } = await begin(t);
  await (await gateway.kv()).put('accounts', 'account:gone\n');
  await gateway.restart();
  assert.equal((await gateway.post(0, HELLO)).status, 503);
  await gateway.cron(0);
  assert.equal(await gateway.kv().then((kv) => kv.get('accounts')), 'account:x1\n');
  await gateway.restart();
  await everywhere();
});
