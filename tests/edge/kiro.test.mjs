// Kiro's accounts at the edge: the ways to the upstream, refreshes, logins, files, variables, what is left.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUILDER_ARN, KEY, ORG_ARN, SOCIAL_ARN, START_URL } from '../upstreams/kiro.mjs';
import { kiroAccount, start } from './harness.mjs';
import { account, add, ask, at, client, edge, generations, HELLO, isGeneration, point, sim, withKey, withLogin } from './kiro-lab.mjs';

test('the way that serves is found once and remembered', async () => {
  await withLogin('builder_id', { authMethod: 'IdC', provider: 'BuilderId', ...client });
  sim().ways.builder_id = [['q', 'builder']];
  assert.equal((await ask()).text, 'You said: hello');
  assert.equal(generations().length, 3);
  assert.equal(generations().at(-1).body.profileArn, BUILDER_ARN);
  assert.match(generations().at(-1).path, /^\/kiro\/q\/us-east-1\/generateAssistantResponse$/);
  assert.equal((await ask()).text, 'You said: hello');
  assert.equal(generations().length, 4);
});

test('requests at once find the way that serves together', async () => {
  await withLogin('builder_id', { authMethod: 'IdC', provider: 'BuilderId', ...client });
  sim().ways.builder_id = [['q', 'none']];
  const answers = await Promise.all([ask(), ask(), ask(), ask()]);
  assert.deepEqual(
    answers.map(({ text }) => text),
    Array(4).fill('You said: hello'),
  );
});

test('an organisation’s profile is looked up, and its region leads', async () => {
  await withLogin('idc', {
    authMethod: 'IdC',
    provider: 'Enterprise',
    startUrl: 'https://d-1.awsapps.com/start',
    region: 'eu-west-1',
    ...client,
  });
  assert.equal((await ask()).text, 'You said: hello');
  const [sent] = generations();
  assert.equal(sent.body.profileArn, ORG_ARN);
  assert.match(sent.path, /runtime\/eu-central-1/);
});

test('several profiles are the person’s choice; none is said so', async () => {
  const record = { authMethod: 'IdC', provider: 'Enterprise', startUrl: 'https://d-1.awsapps.com/start', ...client };
  sim().profiles['us-east-1'] = [
    { arn: SOCIAL_ARN, profileName: 'A' },
    { arn: BUILDER_ARN, profileName: 'B' },
  ];
  await withLogin('idc', record);
  const several = await ask();
  assert.equal(several.error.code, 'profile_choice');
  assert.match(several.error.message, /A arn:aws.*B arn:aws/);
  await edge.admin('DELETE', '/admin/accounts/k1');
  sim().profiles = {};
  await withLogin('idc', record);
  assert.equal((await ask()).error.code, 'profile_missing');
  assert.equal((await account()).state, 'needs_login');
});

test('refresh tokens rotate: the next refresh uses the next one', async () => {
  const { refresh } = sim().login('social');
  await add({ id: 'k1', provider: 'kiro', refreshToken: refresh, authMethod: 'social' });
  assert.equal((await ask()).text, 'You said: hello');
  assert.equal(generations().at(-1).body.profileArn, SOCIAL_ARN);
  assert.equal(sim().refresh.has(refresh), false);
  sim().access.clear(); // what was given out is no longer good
  assert.equal((await ask()).text, 'You said: hello');
  assert.equal((await account()).state, 'ready');
});

test('parallel requests refresh once', async () => {
  const { refresh } = sim().login('social');
  await add({ id: 'k1', provider: 'kiro', refreshToken: refresh, authMethod: 'social' });
  assert.equal((await account()).state, 'ready'); // the list of accounts is read
  const answers = await Promise.all(Array.from({ length: 6 }, () => ask()));
  for (const { text } of answers) assert.equal(text, 'You said: hello');
  assert.equal(edge.upstream.requests.filter((r) => r.path.endsWith('refreshToken')).length, 1);
});

test('a login that is over is said loudly; an endpoint out of order costs nobody a login', async () => {
  const { refresh } = sim().login('social');
  await add({ id: 'k1', provider: 'kiro', refreshToken: refresh, authMethod: 'social' });
  sim().down = true;
  assert.deepEqual([(await ask()).error.code, (await account()).state], ['token_endpoint_unavailable', 'cooling']);
  sim().down = false;
  sim().refresh.clear();
  const over = await ask();
  assert.deepEqual([over.status, over.error.code, (await account()).state], [503, 'needs_login', 'needs_login']);
  const before = edge.upstream.requests.length;
  await ask();
  assert.equal(edge.upstream.requests.length, before);
});

test('a token that is still good serves while the endpoint is out of order, which is left alone meanwhile', async () => {
  const expiresAt = new Date(Date.now() + 240_000).toISOString();
  await withLogin('social', { authMethod: 'social', profileArn: SOCIAL_ARN, expiresAt });
  sim().down = true;
  for (const _ of [1, 2]) {
    const answer = await ask();
    assert.equal(answer.text, 'You said: hello', JSON.stringify(answer));
  }
  assert.equal(edge.upstream.requests.filter((r) => r.path.endsWith('refreshToken')).length, 1);
  assert.equal((await account()).state, 'ready');
});

test('an organisation’s own identity provider: refreshed there, if it is a known one', async () => {
  const { refresh } = sim().login('external_idp');
  const record = {
    id: 'k1',
    provider: 'kiro',
    refreshToken: refresh,
    authMethod: 'external_idp',
    clientId: 'app',
    profileArn: ORG_ARN,
    scopes: 'x offline_access',
  };
  await add({ ...record, tokenEndpoint: 'https://evil.example/token' });
  assert.match((await ask()).error.message, /not of a known identity provider/);
  await edge.admin('DELETE', '/admin/accounts/k1');
  await add({ ...record, tokenEndpoint: at('entra/token') });
  assert.equal((await ask()).text, 'You said: hello');
  assert.equal(generations().at(-1).headers.tokentype, 'EXTERNAL_IDP');
});

async function login(method, options = {}) {
  const started = await (await edge.admin('POST', '/admin/login/kiro/start', { method, ...options })).json();
  const poll = async () => (await edge.admin('POST', '/admin/login/kiro/continue', { login: started.login })).json();
  return { started, poll };
}
const METHODS = {
  'builder-id': {},
  'identity-center': { start_url: 'https://d-1.awsapps.com/start', region: 'eu-central-1' },
  google: {},
  github: {},
};
for (const [method, options] of Object.entries(METHODS)) {
  test(`login with ${method}: show the code, wait, serve, refresh`, async () => {
    sim().approved = false;
    const { started, poll } = await login(method, options);
    assert.equal(started.kind, 'device', JSON.stringify(started));
    assert.match(started.code, /^ABCD-/);
    assert.ok(started.url.includes(started.code) && started.pause_ms >= 1000);
    assert.equal((await poll()).done, false);
    sim().approved = true;
    const done = await poll();
    assert.equal(done.done, true, JSON.stringify(done));
    assert.equal((await ask()).text, 'You said: hello');
    sim().access.clear();
    assert.equal((await ask()).text, 'You said: hello');
  });
  test(`login with ${method} that is refused on the page`, async () => {
    sim().approved = 'denied';
    const { poll } = await login(method, options);
    assert.match((await poll()).error.message, /refused/);
  });
}

test('a login with a key; options that are wrong', async () => {
  const { started } = await login('api-key');
  const done = await (await edge.admin('POST', '/admin/login/kiro/continue', { login: started.login, input: KEY })).json();
  assert.equal(done.done, true);
  assert.equal((await ask()).text, 'You said: hello');
  assert.match((await login('identity-center')).started.error.message, /start_url/);
  assert.match((await login('identity-center', { start_url: START_URL, region: 'x' })).started.error.message, /region/);
});

test('credential files: what is of no use is refused, with what to do', async () => {
  const { access, refresh } = sim().login('builder_id');
  const refused = async (record) => {
    const answer = await edge.admin('POST', '/admin/accounts', record);
    assert.equal(answer.status, 400);
    return (await answer.json()).error.message;
  };
  assert.match(await refused({ provider: 'kiro', refreshToken: 'aor-short...', authMethod: 'social' }), /cut short/);
  assert.match(await refused({ provider: 'kiro', refreshToken: refresh, authMethod: 'IdC', provider_: 'x' }), /clientIdHash/);
  assert.match(await refused({ provider: 'kiro', kiroApiKey: KEY, region: 'nowhere' }), /region/);
  assert.match(await refused({ provider: 'kiro', kiroApiKey: KEY, profileArn: 'arn:x' }), /profile_arn/);
  await add({
    provider: 'BuilderId',
    accessToken: access,
    refreshToken: refresh,
    authMethod: 'IdC',
    region: 'us-east-1',
    expiresAt: '2099-01-01T00:00:00.000Z',
    ...client,
  });
  assert.equal((await ask()).text, 'You said: hello');
});

test('check lists the plan’s models; quota says what is left', async () => {
  await withKey();
  const checked = await (await edge.admin('POST', '/admin/accounts/k1/check')).json();
  assert.deepEqual([checked.ok, checked.models.includes('claude-sonnet-4.5')], [true, true], JSON.stringify(checked));
  const { data } = await (await edge.admin('GET', '/admin/accounts/k1/quota')).json();
  assert.deepEqual(
    data.map(({ name, used, limit, unit }) => [name, used, limit, unit]),
    [
      ['Credit', 120, 1000, 'credits'],
      ['free trial', 7, 500, 'credits'],
      ['bonus', 1, 50, 'credits'],
    ],
  );
  assert.equal(data[0].resets_ms, 1782864000000);
});

test('one address may stand for every host', async () => {
  await add(kiroAccount(edge.upstream));
  assert.equal((await ask()).text, 'You said: hello');
  assert.equal(generations()[0].path, '/kiro/');
});

test('the documented variables: an account, a region, a profile', async () => {
  const other = await start({
    accounts: () => [],
    vars: {
      KIRO_OAUTH_CREDS_BASE64: Buffer.from(JSON.stringify({ refreshToken: 'r'.repeat(120), authMethod: 'social' })).toString('base64'),
      KIRO_REGION: 'eu-west-1',
      KIRO_PROFILE_ARN: SOCIAL_ARN,
      USE_SYSTEM_PROXY_KIRO: 'true',
    },
  });
  try {
    await point(other);
    other.upstream.kiro().refresh.set('r'.repeat(120), 'social');
    const answer = await (await other.post(HELLO)).json();
    assert.equal(answer.choices?.[0].message.content, 'You said: hello', JSON.stringify(answer));
    const [account] = (await other.health()).accounts;
    assert.deepEqual([account.id, account.state], ['kiro-env', 'ready']);
    const sent = other.upstream.requests.find(isGeneration);
    assert.equal(sent.body.profileArn, SOCIAL_ARN);
    assert.match(other.log(), /USE_SYSTEM_PROXY_KIRO means nothing/);
  } finally {
    await other.stop();
  }
});
