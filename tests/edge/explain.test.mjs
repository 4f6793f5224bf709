// POST /admin/explain: which account would serve, why, and what its upstream would be sent, which is what it is sent. No secrets.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { ADMIN, allWires, KEY, MODELS, start } from './harness.mjs';

/** @type {Awaited<ReturnType<typeof start>>} */
let edge;
before(async () => {
  edge = await start({
    accounts: (upstream) => [...allWires(upstream), { ...allWires(upstream)[0], id: 'g2', api_key: 'sim-gemini-key-2' }],
  });
});
after(() => edge?.stop());
beforeEach(() => edge.upstream.reset());

const SECRETS = /sim-gemini-key|sim-openai-key|sim-anthropic-key|ksk_|ya29|sim-antigravity-refresh|isa-test|isk-test/;
const post = (path, body, key, headers = {}) =>
  fetch(edge.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
async function explain(path, body, headers) {
  const response = await post(`/admin/explain${path}`, body, ADMIN, headers);
  const text = await response.text();
  assert.doesNotMatch(text, SECRETS);
  return { status: response.status, ...JSON.parse(text) };
}

const SURFACES = {
  '/v1/chat/completions': (model) => ({ model, messages: [{ role: 'user', content: 'hello' }], temperature: 0.5 }),
  '/v1/responses': (model) => ({ model, input: 'hello', store: false }),
  '/v1/messages': (model) => ({ model, max_tokens: 100, messages: [{ role: 'user', content: 'hello' }] }),
  '/v1beta/models/{model}:generateContent': () => ({ contents: [{ role: 'user', parts: [{ text: 'hello' }] }] }),
};
for (const [surface, body] of Object.entries(SURFACES)) {
  for (const [wire, model] of Object.entries(MODELS)) {
    test(`${surface} to ${wire}: what is explained is what is sent`, async () => {
      const path = surface.replace('{model}', model);
      const said = await explain(path, body(model));
      assert.equal(said.status, 200, JSON.stringify(said));
      const sent = edge.upstream.requests.filter(({ method, text }) => method === 'POST' && /hello/.test(text));
      assert.deepEqual(sent, [], 'nothing was sent');
      assert.equal((await post(path, body(model), KEY)).status, 200);
      const request = edge.upstream.requests.filter(({ text }) => /hello/.test(text)).at(-1);
      const url = new URL(said.request.url);
      assert.deepEqual([said.request.method, url.pathname], [request.method, request.path]);
      // Numbers that are made for each request.
      const still = (value) =>
        JSON.parse(JSON.stringify(value, (name, each) => (/[rR]equestId$|ContinuationId$|^conversationId$/.test(name) ? '' : each)));
      assert.deepEqual(still(said.request.body), still(request.body));
      for (const [name, value] of Object.entries(said.request.headers)) {
        const [plain, hidden] = value.split('[secret]'); // what is secret is whatever follows
        if (!/invocation|request-id|timestamp|signature/.test(name))
          assert.equal(plain, hidden === undefined ? request.headers[name] : request.headers[name].slice(0, plain.length));
      }
      const secret = said.request.headers.authorization ?? said.request.headers['x-api-key'] ?? said.request.headers['x-goog-api-key'];
      assert.match(secret, /^(Bearer )?\[secret\]$/);
    });
  }
}

const HELLO = SURFACES['/v1/chat/completions']('gemini-2.5-flash');
const accountsOf = (said, provider = 'gemini') => said.accounts.filter((each) => each.provider === provider);

test('why this account: the conversation has one of its own, which a real request gets', async () => {
  const said = await explain('', HELLO);
  assert.deepEqual([said.surface, said.wire, said.body_as_it_is], ['openai_chat', 'gemini', false]);
  const [own, other] = accountsOf(said);
  assert.deepEqual([own.id, own.serves, other.serves], [said.account, true, false]);
  assert.match(own.why, /this conversation's own/);
  assert.match(other.why, /next, should those before it fail/);
  await post('/v1/chat/completions', HELLO, KEY);
  assert.equal(edge.upstream.requests.at(-1).headers['x-goog-api-key'], own.id === 'g1' ? 'sim-gemini-key' : 'sim-gemini-key-2');
});

test('why not the others: limits, models', async () => {
  const before = await explain('/v1/chat/completions', HELLO);
  edge.upstream.scenario({ kind: 'rate_limit' });
  assert.equal((await post('/v1/chat/completions', HELLO, KEY)).status, 200);
  const [serving, resting] = accountsOf(await explain('/v1/chat/completions', HELLO));
  assert.deepEqual([serving.serves, serving.why, resting.id], [true, 'It is the only one that can serve now.', before.account]);
  assert.match(resting.why, /^resting, seconds to go \d+: /);
  const elsewhere = await explain('/openai/v1/chat/completions', { ...HELLO, model: MODELS.openai });
  assert.deepEqual(
    accountsOf(elsewhere, 'openai').map(({ id, why }) => [id, why]),
    [
      ['o1', 'It is the only one that can serve now.'],
      ['r1', "Its 'models' do not take this one."],
    ],
  );
});

test('an account that cannot even be asked says why', async () => {
  const added = await edge.admin('POST', '/admin/accounts', {
    id: 'c1',
    provider: 'gemini-cli',
    base_url: `${edge.upstream.url}/code-assist`,
    token_url: `${edge.upstream.url}/oauth/token`,
    refresh_token: 'revoked-token',
  });
  assert.equal(added.status, 201);
  const said = await explain('/gemini-cli/v1/chat/completions', HELLO);
  assert.equal(said.account, null);
  assert.match(said.error, /Log in again/);
  assert.match(accountsOf(said, 'gemini-cli')[0].why, /Log in again/);
  const again = await explain('/gemini-cli/v1/chat/completions', HELLO);
  assert.match(accountsOf(again, 'gemini-cli')[0].why, /^needs_login: /);
  await edge.admin('DELETE', '/admin/accounts/c1');
});

test('the lane, the shape of a body without a path, and headers of the protocol', async () => {
  const messages = { ...SURFACES['/v1/messages'](MODELS.anthropic), system: 'Be brief.', new_field: 1 };
  const said = await explain('', messages, { 'anthropic-beta': 'x-2026' });
  assert.deepEqual([said.surface, said.wire, said.body_as_it_is], ['anthropic', 'anthropic', true]);
  assert.deepEqual([said.request.body.new_field, said.request.headers['anthropic-beta']], [1, 'x-2026']);
  assert.equal((await explain('', { model: MODELS.responses, input: 'hello' })).surface, 'openai_responses');
});

test('what cannot be explained', async () => {
  const refused = async (path, body, status, pattern) => {
    const said = await explain(path, body);
    assert.equal(said.status, status, JSON.stringify(said));
    assert.match(said.error.message, pattern);
  };
  await refused('', SURFACES['/v1beta/models/{model}:generateContent'](), 400, /its path behind/);
  await refused('', '{', 400, /its path behind/);
  await refused('/v1/models', HELLO, 405, /Use GET/);
  await refused('/v1/messages/count_tokens', HELLO, 400, /body of a generation/);
  await refused('/admin/accounts', HELLO, 400, /body of a generation/);
  await refused('/v1/chat/completions', '{', 400, /not valid JSON|JSON/);
  await refused('/gemini-cli/v1/chat/completions', HELLO, 503, /No .* account is configured/);
  const wrong = await explain('/v1/chat/completions', { ...HELLO, n: 'many' });
  assert.deepEqual([wrong.account, /Invalid type for 'n'/.test(wrong.error)], [null, true]);
  const [first, ...others] = wrong.accounts;
  assert.match(first.why, /Invalid type for 'n'/);
  assert.ok(others.every(({ serves, why }) => !serves && !/next, should/.test(why)));
  assert.equal((await edge.admin('GET', '/admin/explain')).status, 405);
  assert.equal((await post('/admin/explain', HELLO, KEY)).status, 401);
});
