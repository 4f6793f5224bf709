// A Gemini CLI login in trouble: everything that Code Assist and its OAuth can say, and what becomes of the account.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { FATAL, MENDED, NOTHING } from './google-failures.mjs';
import { cliAccount, start } from './harness.mjs';

let edge;
before(async () => (edge = await start({ accounts: () => [] })));
after(() => edge.stop());

const HELLO = { model: 'gemini-cli/gemini-2.5-flash', messages: [{ role: 'user', content: 'hello' }] };
const count = (path) => edge.upstream.requests.filter((r) => r.path.includes(path)).length;

/** Puts one fresh login in place of whatever was there. */
async function login(extra = {}) {
  await edge.admin('DELETE', '/admin/accounts/c1');
  const added = await edge.admin('POST', '/admin/accounts', cliAccount(edge.upstream, extra));
  assert.equal(added.status, 201, await added.text());
}
async function ask(body = HELLO) {
  const response = await edge.post(body);
  const { choices, error } = await response.json();
  return { status: response.status, text: choices?.[0].message.content, error, retry: response.headers.get('x-should-retry') };
}
const account = async () => (await edge.health()).accounts.find((a) => a.id === 'c1');

beforeEach(async () => {
  edge.upstream.reset();
  await login();
});

// What loadCodeAssist may find, for a login that names no project.
const DISCOVERY = {
  unsupported: [/no longer supported.*antigravity\.google/, 'ineligible'],
  unverified: [/Verify it at https:\/\/accounts\.google\.com\/verify/, 'validation_required'],
  'no-project': [/needs a Google Cloud project/, 'project_required'],
  restricted: [/needs a Google Cloud project/, 'project_required'],
};
for (const [kind, [message, code]] of Object.entries(DISCOVERY)) {
  test(`discovery: ${kind} stops the account and says what to do`, async () => {
    edge.upstream.codeAssist().account = kind;
    const { status, error, retry } = await ask();
    assert.deepEqual([status, error.code, retry], [503, code, 'false']);
    assert.match(error.message, message);
    assert.equal((await account()).state, 'needs_login');
    const asked = edge.upstream.requests.length;
    await ask();
    assert.equal(edge.upstream.requests.length, asked, 'a stopped account is not asked again');
  });
}

test('a project of one’s own serves where Google gives none', async () => {
  for (const kind of ['no-project', 'restricted']) {
    edge.upstream.reset();
    await login({ project: 'my-project' });
    edge.upstream.codeAssist().account = kind;
    assert.equal((await ask()).text, 'You said: hello', kind);
    assert.equal(edge.upstream.requests.at(-1).body.project, 'my-project');
  }
});

test('a project of one’s own that is refused is kept, and nothing else is billed in its place', async () => {
  await login({ project: 'my-project' });
  edge.upstream.scenario({ kind: 'foreign_project', times: 2 });
  assert.equal((await ask()).error.code, 'upstream_project_invalid');
  const listed = (await (await edge.admin('GET', '/admin/accounts')).json()).data;
  const { project, project_found } = listed.find(({ id }) => id === 'c1');
  const { state } = await account();
  assert.deepEqual([project, project_found, state], ['my-project', false, 'cooling']);
  assert.equal(count(':loadCodeAssist'), 0);
});

test('a project number is refused before anything is asked', async () => {
  await login({ project: '123456789' });
  edge.upstream.codeAssist().account = 'new';
  const { error } = await ask();
  assert.equal(error.code, 'project_invalid');
  assert.equal(count(':loadCodeAssist'), 0);
});

// Failures of a generation, once each: served all the same, and what it took.
for (const [kind, calls] of Object.entries(MENDED)) {
  test(`${kind} once: mended, unseen by the client`, async () => {
    edge.upstream.scenario({ kind });
    assert.equal((await ask()).text, 'You said: hello');
    assert.equal(count(':streamGenerateContent'), 2);
    for (const [path, times] of Object.entries(calls)) assert.equal(count(path), times, path);
    assert.equal((await account()).state, 'ready');
  });
}

for (const [kind, [status, code, state]] of Object.entries(FATAL)) {
  test(`${kind} for good: the client and the owner are told`, async () => {
    edge.upstream.scenario({ kind, times: 9 });
    const answer = await ask();
    assert.deepEqual([answer.status, answer.error?.code], [status, code], JSON.stringify(answer));
    const found = await account();
    assert.equal(found.state, state);
    // A rate limit of a moment is waited for, and lets nothing rest.
    const rests = ['quota_exhausted', 'rate_limit_exceeded', 'model_not_found'].includes(code) && kind !== 'rate_short';
    if (rests) assert.deepEqual(Object.keys(found.cooling_models), ['gemini-2.5-flash']);
  });
}

for (const [what, [scenario, code]] of Object.entries(NOTHING)) {
  test(`an answer that is ${what} is asked for again, twice at most`, async () => {
    edge.upstream.scenario({ ...scenario, times: 2 });
    assert.equal((await ask()).text, 'You said: hello');
    edge.upstream.scenario({ ...scenario, times: 9 });
    const { status, error } = await ask();
    assert.deepEqual([status, error.code], [502, code]);
    assert.equal(count(':streamGenerateContent'), 6);
  });
}

test('what is left of the quota, and of the credits', async () => {
  const { data } = await (await edge.admin('GET', '/admin/accounts/c1/quota')).json();
  assert.deepEqual(data, [
    { name: 'gemini-2.5-pro', unit: 'percent', used: 2, limit: 100, resets_ms: Date.parse('2030-01-01T00:00:00Z') },
    { name: 'GOOGLE_ONE_AI', unit: 'credits', used: 0, limit: 1000, resets_ms: 0 },
  ]);
});

test('a token endpoint out of order costs nobody a login', async () => {
  edge.upstream.codeAssist().down = true;
  const failed = await ask();
  assert.deepEqual([failed.status, failed.error.code], [502, 'token_endpoint_unavailable']);
  assert.equal((await account()).state, 'cooling');
  edge.upstream.codeAssist().down = false;
  assert.equal((await ask()).text, 'You said: hello');
});

test('a login of another OAuth client is refreshed with that client', async () => {
  edge.upstream.codeAssist().refreshTokens.set('other-refresh', 'other-client');
  await login({ refresh_token: 'other-refresh' });
  assert.match((await ask()).error.message, /Log in again/);
  await login({ refresh_token: 'other-refresh', client_id: 'other-client', client_secret: 's' });
  assert.equal((await ask()).text, 'You said: hello');
});

test('every model of the list can be asked for, by its name on the wire', async () => {
  await ask();
  edge.upstream.reset();
  await login();
  assert.equal((await ask({ ...HELLO, model: 'gemini-cli/gemini-3.5-flash' })).text, 'You said: hello');
  assert.equal(edge.upstream.requests.at(-1).body.model, 'gemini-3-flash');
  assert.equal((await ask({ ...HELLO, model: 'gemini-cli/gemini-2.5-pro-preview-06-05' })).text, 'You said: hello');
  assert.equal(edge.upstream.requests.at(-1).body.model, 'gemini-2.5-pro');
});
