// Kiro: four surfaces by their official SDKs, every failure it knows, its logins, its routes, its files.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { BUILDER_ARN, KEY, ORG_ARN, SOCIAL_ARN, START_URL } from '../upstreams/kiro.mjs';
import { collect, kiroAccount, start } from './harness.mjs';

/** @type {Awaited<ReturnType<typeof start>>} */
let edge;
/** Sends a gateway to its simulator instead of Amazon. */
async function point({ admin, upstream }) {
  const at = (path) => `${upstream.url}/kiro/${path}`;
  const put = await admin('PUT', '/admin/descriptors/kiro', {
    values: {
      runtime_url: at('runtime/{region}'),
      q_url: at('q/{{region}}'),
      management_url: at('management/{region}'),
      oidc_url: at('oidc/{region}'),
      refresh_idc_url: at('oidc/{region}/token'),
      refresh_url: at('social/refreshToken'),
      device_url: at('social/device'),
      idp_hosts: new URL(upstream.url).host,
    },
  });
  assert.equal(put.status, 204, await put.text());
}
const at = (path) => `${edge.upstream.url}/kiro/${path}`;
before(async () => {
  edge = await start({ accounts: () => [] });
  await point(edge);
});
after(() => edge?.stop());

const sim = () => edge.upstream.kiro();
const accounts = async () => (await edge.health()).accounts;
const account = async (id = 'k1') => (await accounts()).find((each) => each.id === id);
const isGeneration = (request) => /generateAssistantResponse$/i.test(request.headers['x-amz-target'] ?? request.path);
const generations = () => edge.upstream.requests.filter(isGeneration);
const state = (request) => request.body.conversationState;

async function add(record) {
  const added = await edge.admin('POST', '/admin/accounts', record);
  const text = await added.text();
  assert.equal(added.status, 201, text);
  return JSON.parse(text);
}
beforeEach(async () => {
  for (const { id } of await accounts()) await edge.admin('DELETE', `/admin/accounts/${id}`);
  edge.upstream.reset();
});
const withKey = (extra = {}) => add({ id: 'k1', provider: 'kiro', api_key: KEY, ...extra });
/** A login as the IDE keeps it. */
const withLogin = (kind, extra = {}) => {
  const { access, refresh } = sim().login(kind);
  return add({
    id: 'k1',
    provider: 'kiro',
    accessToken: access,
    refreshToken: refresh,
    expiresAt: new Date(Date.now() + 3600_000).toISOString(),
    ...extra,
  });
};
const client = { clientId: 'c', clientSecret: 's' };
const HELLO = { model: 'kiro/claude-sonnet-4.6', messages: [{ role: 'user', content: 'hello' }] };
async function ask(body = HELLO) {
  const response = await edge.post(body);
  const { choices, error } = await response.json();
  return { status: response.status, text: choices?.[0].message.content, finish: choices?.[0].finish_reason, error };
}

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYPj/HwADAgH/p4Xy1wAAAABJRU5ErkJggg==';
const weather = { type: 'object', properties: { city: { type: 'string', minLength: 1 } }, required: ['city'], additionalProperties: false };
const CALL = { thinking: 'I must look.', calls: [{ name: 'weather', args: { city: 'Köln' } }] };

test('chat completions by the official SDK: thinking, a tool, an image, its answer', async () => {
  await withKey();
  edge.upstream.scenario({ turn: CALL }, { turn: { text: 'Rain.' } });
  const tools = [{ type: 'function', function: { name: 'weather', description: 'Weather', parameters: weather } }];
  const messages = [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Like here?' },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } },
      ],
    },
  ];
  const first = await collect(
    await edge.client.chat.completions.create({ model: 'claude-sonnet-4.6', stream: true, reasoning_effort: 'high', messages, tools }),
  );
  assert.deepEqual([first.reasoning, first.finish, first.calls[0].arguments], ['I must look.', 'tool_calls', '{"city":"Köln"}']);
  const sent = state(generations()[0]).currentMessage.userInputMessage;
  assert.equal(sent.images[0].source.bytes, PIXEL);
  assert.equal(generations()[0].body.additionalModelRequestFields.output_config.effort, 'high');
  const calls = first.calls.map(({ id, name, arguments: args }) => ({ id, type: 'function', function: { name, arguments: args } }));
  messages.push({ role: 'assistant', content: null, tool_calls: calls }, { role: 'tool', tool_call_id: first.calls[0].id, content: 'wet' });
  const then = await edge.client.chat.completions.create({ model: 'claude-sonnet-4.6', messages, tools });
  assert.equal(then.choices[0].message.content, 'Rain.');
  const history = state(generations()[1]).history;
  assert.equal(history[1].assistantResponseMessage.toolUses[0].input.city, 'Köln');
  assert.equal(history[1].assistantResponseMessage.reasoningContent.reasoningText.signature, 'sim-sig-one');
});

test('Messages by the official SDK, streamed: thinking in tags is thinking', async () => {
  await withKey();
  edge.upstream.scenario({ turn: { thinking: 'A greeting.', text: 'Good day.' } });
  const stream = edge.anthropic.messages.stream({
    model: 'claude-sonnet-4-5-20250929',
    max_tokens: 8000,
    thinking: { type: 'enabled', budget_tokens: 4000 },
    messages: [{ role: 'user', content: 'hello' }],
  });
  const { content, stop_reason } = await stream.finalMessage();
  assert.deepEqual(
    content.map((block) => block.thinking ?? block.text),
    ['A greeting.', 'Good day.'],
  );
  assert.equal(stop_reason, 'end_turn');
  const sent = state(generations()[0]).currentMessage.userInputMessage;
  assert.match(sent.content, /^<thinking_mode>enabled<\/thinking_mode><max_thinking_length>4000</);
  assert.equal(sent.modelId, 'claude-sonnet-4.5');
});

test('Responses and Gemini by their official SDKs', async () => {
  await withKey();
  const response = await edge.client.responses.create({ model: 'kiro/claude-opus-4-5', input: 'hello' });
  assert.equal(response.output_text, 'You said: hello');
  const stream = await edge.client.responses.create({ model: 'kiro/claude-opus-4-5', input: 'hello', stream: true });
  let text = '';
  for await (const event of stream) if (event.type === 'response.output_text.delta') text += event.delta;
  assert.equal(text, 'You said: hello');
  const whole = await edge.genai.models.generateContent({ model: 'claude-haiku-4.5', contents: 'hello' });
  assert.equal(whole.text, 'You said: hello');
  let streamed = '';
  for await (const chunk of await edge.genai.models.generateContentStream({ model: 'claude-haiku-4.5', contents: 'hello' }))
    streamed += chunk.text ?? '';
  assert.equal(streamed, 'You said: hello');
});

test('every documented model name leads to its model', async () => {
  await withKey();
  const names = {
    'claude-opus-4-5': 'claude-opus-4.5',
    'claude-opus-4-5-20251101': 'claude-opus-4.5',
    'claude-haiku-4-5': 'claude-haiku-4.5',
    'claude-sonnet-4-5': 'claude-sonnet-4.5',
    'claude-sonnet-4-5-20250929': 'claude-sonnet-4.5',
    'claude-sonnet-4-20250514': 'claude-sonnet-4',
    'claude-3-7-sonnet-20250219': 'claude-3.7-sonnet',
  };
  for (const [name, upstream] of Object.entries(names)) {
    assert.equal((await ask({ ...HELLO, model: name })).text, 'You said: hello', name);
    assert.equal(state(generations().at(-1)).currentMessage.userInputMessage.modelId, upstream);
  }
});

// Refusals for good: the client's status and code, the account's state, how often Kiro was asked.
const FATAL = {
  too_long: [400, 'context_length_exceeded', 'ready', 1],
  improper: [400, 'upstream_refused', 'ready', 1],
  model: [404, 'model_not_found', 'ready', 1],
  tools: [400, 'upstream_refused', 'ready', 1],
  image: [400, 'upstream_refused', 'ready', 1],
  signature: [400, 'thinking_signature', 'ready', 2],
  profile: [503, 'upstream_profile', 'cooling', 2],
  not_authorized: [503, 'upstream_profile', 'cooling', 2],
  old_quota: [429, 'quota_exhausted', 'cooling', 1],
  bearer: [503, 'upstream_token_invalid', 'needs_login', 3],
  unauthorized: [503, 'upstream_token_invalid', 'needs_login', 3],
  suspended: [403, 'account_suspended', 'quarantined', 1],
  feature: [403, 'feature_not_supported', 'ready', 1],
  page: [502, 'egress_blocked', 'ready', 1],
  quota: [429, 'quota_exhausted', 'cooling', 1],
  overage: [429, 'quota_exhausted', 'cooling', 1],
  conversation: [400, 'conversation_limit', 'ready', 2],
  daily: [429, 'quota_exhausted', 'cooling', 1],
  flagged: [429, 'account_flagged', 'cooling', 1],
  capacity: [503, 'upstream_capacity_exhausted', 'ready', 3],
  load: [503, 'upstream_capacity_exhausted', 'ready', 3],
  rate_limit: [429, 'rate_limit_exceeded', 'cooling', 1],
  internal: [502, 'upstream_error', 'ready', 3],
  unavailable: [502, 'upstream_error', 'ready', 3],
  gateway: [504, 'upstream_timeout', 'ready', 1],
  forbidden: [503, 'upstream_forbidden', 'cooling', 1],
};
for (const [kind, [status, code, stateOf, times]] of Object.entries(FATAL)) {
  test(`${kind}: what the client, the account and Kiro see of it`, async () => {
    await withKey();
    edge.upstream.scenario({ key: 'kiro', kind, times: 9 });
    const answer = await ask();
    assert.deepEqual([answer.status, answer.error?.code], [status, code], JSON.stringify(answer));
    assert.ok(answer.error.message.length > 10);
    assert.equal((await account()).state, stateOf);
    assert.equal(generations().length, times);
  });
}

// Once, and then well: the client does not notice.
for (const kind of [
  'signature',
  'conversation',
  'capacity',
  'load',
  'internal',
  'unavailable',
  'bearer',
  'throttled_first',
  'json',
  'nothing',
  'profile',
]) {
  test(`${kind} once: mended, unseen by the client`, async () => {
    await withKey();
    if (kind === 'throttled_first' || kind === 'json') await withKey({ id: 'k2' });
    edge.upstream.scenario({ key: 'kiro', kind });
    assert.equal((await ask()).text, 'You said: hello');
    assert.equal(generations().length, 2);
    if (kind === 'conversation') assert.notEqual(state(generations()[0]).conversationId, state(generations()[1]).conversationId);
  });
}

test('an error inside an answer benches the account as a refusal would', async () => {
  await withKey();
  edge.upstream.scenario({ key: 'kiro', kind: 'json' });
  const answer = await ask();
  assert.deepEqual([answer.status, answer.error.code], [429, 'rate_limit_exceeded']);
  assert.equal((await account()).state, 'cooling');
});

for (const kind of ['throttled_middle', 'error_frame', 'corrupt', 'truncated']) {
  test(`${kind}: a stream that had begun ends with an error on every surface`, async () => {
    await withKey();
    edge.upstream.scenario({ key: 'kiro', kind, times: 3 });
    await assert.rejects(async () => collect(await edge.client.chat.completions.create({ ...HELLO, stream: true })));
    const stream = edge.anthropic.messages.stream({ model: 'kiro/claude-sonnet-4.6', max_tokens: 99, messages: HELLO.messages });
    await assert.rejects(stream.finalMessage());
    const kinds = [];
    for await (const event of await edge.client.responses.create({ model: HELLO.model, input: 'hello', stream: true }))
      kinds.push(event.type);
    assert.ok(['response.failed', 'error'].includes(kinds.at(-1)), kinds.at(-1));
  });
}

test('a call that was cut is no finished call, and what ran into the limit says so', async () => {
  await withKey();
  edge.upstream.scenario({ key: 'kiro', kind: 'open_tool' }, { key: 'kiro', kind: 'length_middle' });
  const tools = [{ type: 'function', function: { name: 'weather', parameters: weather } }];
  const cut = await collect(await edge.client.chat.completions.create({ ...HELLO, tools, stream: true }));
  assert.equal(cut.finish, 'length');
  const long = await ask();
  assert.deepEqual([long.text, long.finish], ['As far as it goes', 'length']);
});

test('frames may be cut anywhere', async () => {
  await withKey();
  for (const chunkBytes of [1, 7, 64]) {
    edge.upstream.scenario({ key: 'kiro', turn: { text: 'Äpfel, 日本, 🍎 '.repeat(20) }, chunkBytes });
    assert.equal((await ask()).text, 'Äpfel, 日本, 🍎 '.repeat(20));
  }
});

test('a body over the limit is refused before it is sent', async () => {
  await withKey();
  const answer = await ask({ ...HELLO, messages: [{ role: 'user', content: 'x'.repeat(1_100_000) }] });
  assert.deepEqual([answer.status, answer.error.code, generations().length], [400, 'context_length_exceeded', 0]);
});

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
  assert.deepEqual([(await ask()).error.code, (await account()).state], ['token_endpoint_unavailable', 'ready']);
  sim().down = false;
  sim().refresh.clear();
  const over = await ask();
  assert.deepEqual([over.status, over.error.code, (await account()).state], [503, 'needs_login', 'needs_login']);
  const before = edge.upstream.requests.length;
  await ask();
  assert.equal(edge.upstream.requests.length, before);
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
