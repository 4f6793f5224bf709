// GitHub Copilot: every failure, logins and the exchange for its token.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { FINE_GRAINED, GITHUB_TOKEN } from '../upstreams/copilot.mjs';
import { send } from './ask.mjs';
import { start } from './harness.mjs';
import { bare, HELLO, hear, Login, SURFACES, testFailures, tool } from './talk.mjs';

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
const generations = () => edge.upstream.requests.filter(({ path }) => /completions$|responses$|messages$/.test(path));
const login = new Login(() => edge, { id: 'gh1', provider: 'github-copilot', model: 'claude-sonnet-4.5', door: '/copilot/api/N' });
beforeEach(async () => {
  edge.upstream.reset();
  await login.renew({ github_token: GITHUB_TOKEN });
});

for (const model of ['claude-sonnet-4.5', 'gpt-5.1-codex', 'gpt-5.4']) {
  test(`${model}: a call arrives; a turn of the user's is billed, what a tool said is not`, async () => {
    const initiator = () => generations().at(-1).headers['x-initiator'];
    for (const surface of SURFACES) {
      const to = (turn, messages) =>
        hear(edge, surface, turn, { model: `github-copilot/${model}`, stream: true, messages, tools: [tool('weather')] });
      const calls = [{ name: 'weather', args: { city: 'Köln' } }];
      const heard = await to({ calls }, HELLO);
      assert.deepEqual(bare(heard.calls), calls);
      assert.equal(initiator(), 'user');
      const results = heard.calls.map(({ id, name }) => ({ id, name, text: 'rain' }));
      await to({ text: 'Rain.' }, [...HELLO, { said: heard }, { results }]);
      assert.equal(initiator(), 'agent');
      await to({ text: 'Sun.' }, [...HELLO, { said: heard }, { results }, { user: 'No, tomorrow.' }]);
      assert.equal(initiator(), 'user');
      await to({ text: 'Sun.' }, [
        ...HELLO,
        { said: heard },
        { results },
        { said: { text: 'Rain.', opaque: [], calls: [] } },
        { user: 'And now?' },
      ]);
      assert.equal(initiator(), 'user');
    }
  });
}

const FAILURES = {
  unauthorized: [503, 'unauthorized', 'needs_login'],
  quota: [429, 'quota_exceeded', 'ready'],
  spent: [429, 'free_quota_exceeded', 'ready'],
  model_error: [502, 'upstream_error', 'ready'],
  rate_limited: [429, 'rate_limited', 'cooling'],
  model_limited: [429, 'user_model_rate_limited', 'ready'],
  blocked: [503, 'extension_blocked', 'cooling'],
  unsupported_model: [404, 'model_not_supported', 'ready'],
  too_long: [400, 'context_length_exceeded', 'ready'],
  proof: [400, 'invalid_encrypted_content', 'ready'],
  too_large: [413, 'upstream_refused', 'ready'],
  missing: [404, 'model_not_found', 'ready'],
  filtered: [422, 'content_filter', 'ready'],
  dependency: [502, 'upstream_error', 'ready'],
  outdated: [502, 'upstream_client_outdated', 'ready'],
  broken: [502, 'upstream_error', 'cooling'],
  full: [503, 'upstream_provider_rate_limit', 'cooling'],
};
testFailures(() => edge, login, FAILURES);

const EXCHANGES = {
  spammy: [503, 'account_suspended', 'quarantined'],
  no_access: [503, 'needs_login', 'needs_login'],
  revoked: [503, 'needs_login', 'needs_login'],
  limited: [429, 'token_endpoint_unavailable', 'cooling'],
  down: [502, 'token_endpoint_unavailable', 'cooling'],
  cut: [502, 'token_endpoint_unavailable', 'cooling'],
};
for (const [trouble, [status, code, state]] of Object.entries(EXCHANGES)) {
  test(`exchange, ${trouble}: says why`, async () => {
    sim().trouble = trouble;
    const heard = await login.say();
    assert.deepEqual(await login.outcome(heard), [status, code, state], JSON.stringify(heard));
    assert.equal(generations().length, 0);
    // Whole sentences, and an address that can be copied as it is.
    assert.match(heard.error?.message ?? '', /\w\.( See https:\S+\w)?( The login is kept; try again\.)?$/);
  });
}

for (const trouble of ['limited', 'down', 'cut'])
  test(`exchange, ${trouble}: a token that is still good serves, and GitHub is left alone meanwhile`, async () => {
    await login.renew({ refresh_token: GITHUB_TOKEN, access_token: sim().token, expires_ms: Date.now() + 240_000 });
    sim().trouble = trouble;
    for (const _ of [1, 2]) assert.equal((await login.say()).text, 'You said it.');
    assert.deepEqual([sim().exchanges, (await login.account()).state], [1, 'ready']);
  });

test('one exchange serves many requests, and a dead token is exchanged anew', async () => {
  await login.account(); // has the list of accounts read
  await Promise.all([login.say(), login.say(), login.say()]);
  assert.equal(sim().exchanges, 1);
  edge.upstream.scenario({ kind: 'unauthorized' });
  assert.equal((await login.say()).text, 'You said it.');
  assert.equal(sim().exchanges, 2);
});

test('a model that moved to the other endpoint is found there, and remembered', async () => {
  assert.equal((await login.say({}, 'gpt-5.4-mini')).status, 200);
  assert.deepEqual(
    generations().map(({ path }) => path.split('/').at(-1)),
    ['completions', 'responses'],
  );
  await login.say({}, 'gpt-5.4-mini');
  assert.equal(generations().length, 3);
});

const THOUGHT = { thinking: 'I must look.', calls: [{ name: 'weather', args: { city: 'Köln' } }] };
const converse = async (surface, model) => {
  const to = (turn, messages) =>
    hear(edge, surface, turn, { model: `github-copilot/${model}`, stream: true, messages, tools: [tool('weather')], thinking: true });
  const heard = await to(THOUGHT, HELLO);
  const results = heard.calls.map(({ id, name }) => ({ id, name, text: 'rain' }));
  const then = await to({ text: 'Rain.' }, [...HELLO, { said: heard }, { results }]);
  assert.equal(then.text, 'Rain.', JSON.stringify(then.error));
  return generations().at(-1);
};
for (const surface of ['chat', 'responses', 'gemini'])
  test(`${surface}: encrypted thoughts of a chat model come back with its call`, async () => {
    const { body, path } = await converse(surface, 'claude-sonnet-4.5');
    assert.match(path, /chat\/completions$/);
    const { reasoning_text, reasoning_opaque } = body.messages.find(({ role }) => role === 'assistant');
    // Gemini's call carries the proof alone.
    assert.equal(reasoning_text, surface === 'gemini' ? undefined : THOUGHT.thinking);
    assert.match(reasoning_opaque, /^[A-Za-z0-9+/]{43}=$/);
  });

test('Messages go to Claude as they are, and with the betas that Copilot knows', async () => {
  const { body, path } = await converse('anthropic', 'claude-sonnet-4.5');
  assert.match(path, /\/v1\/messages$/);
  assert.deepEqual(body.thinking, { type: 'adaptive' });
  const beta = 'context-1m-2025-08-07,interleaved-thinking-2025-05-14';
  const asked = { model: 'github-copilot/claude-sonnet-4.5', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] };
  const answer = await send(edge.url, 'anthropic', '/v1/messages', { ...asked, betas: [beta] }, { 'anthropic-beta': beta });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(generations().at(-1).headers['anthropic-beta'], 'interleaved-thinking-2025-05-14');
  // What Claude Code asks for under a beta that Copilot lacks stays here with it.
  const thinking = { type: 'adaptive', display: 'updates' };
  const shown = await send(
    edge.url,
    'anthropic',
    '/v1/messages',
    { ...asked, thinking },
    { 'anthropic-beta': 'thinking-display-updates-2026-08-18' },
  );
  assert.equal(shown.status, 200, shown.text);
  assert.deepEqual(generations().at(-1).body.thinking, { type: 'adaptive' });
});

test('what is said beside a result is no new question', async () => {
  const messages = [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} }] },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'toolu_1', content: 'rain' },
        { type: 'text', text: 'A reminder.' },
      ],
    },
  ];
  const tools = [{ name: 'weather', input_schema: tool('weather').parameters }];
  const asked = { model: 'github-copilot/claude-sonnet-4.5', max_tokens: 100, messages, tools };
  assert.equal((await send(edge.url, 'anthropic', '/v1/messages', asked)).status, 200);
  assert.equal(generations().at(-1).headers['x-initiator'], 'agent');
});

test('an answer that the client has begun is asked to go on', async () => {
  const messages = [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: '{' },
  ];
  const asked = { model: 'github-copilot/claude-sonnet-4.5', max_tokens: 100, messages };
  const answer = await send(edge.url, 'anthropic', '/v1/messages', asked);
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual(generations().at(-1).body.messages.at(-1).role, 'user');
});

test('an effort is the nearest that the model has, and none only for none', async () => {
  for (const [model, asked, sent] of [
    ['claude-sonnet-4.5', 'xhigh', 'high'],
    ['claude-sonnet-4.5', 'none', undefined],
    ['gpt-5-mini', 'minimal', 'low'],
    ['gpt-5.1', 'xhigh', 'high'],
    ['gpt-5.1', 'minimal', 'low'],
    ['gpt-5.1', 'none', 'none'],
    ['gpt-5.4', 'minimal', 'low'],
    ['gpt-4.1', 'high', undefined],
  ]) {
    const heard = await login.say({ reasoning_effort: asked }, model);
    assert.equal(heard.text, 'You said it.', JSON.stringify(heard));
    const { reasoning, reasoning_effort } = generations().at(-1).body;
    assert.equal(reasoning?.effort ?? reasoning_effort, sent, `${model} ${asked}`);
  }
  const contents = [{ role: 'user', parts: [{ text: 'hi' }] }];
  const path = '/v1beta/models/github-copilot%2Fclaude-sonnet-4.5:generateContent';
  const answer = await send(edge.url, 'gemini', path, { contents, generationConfig: { thinkingConfig: { thinkingBudget: 32768 } } });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(generations().at(-1).body.reasoning_effort, 'high');
});

test('Claude that is not on Messages is asked by chat, from then on', async () => {
  edge.upstream.scenario({ kind: 'no_messages' });
  const asked = { model: 'github-copilot/claude-sonnet-4.5', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] };
  for (const _ of [1, 2]) assert.equal((await send(edge.url, 'anthropic', '/v1/messages', asked)).status, 200);
  assert.deepEqual(
    generations().map(({ path }) => path.split('/').at(-1)),
    ['messages', 'completions', 'completions'],
  );
});

test('thoughts that Copilot does not know are left out, once', async () => {
  edge.upstream.scenario({ kind: 'proof' });
  const messages = [
    { role: 'user', content: 'hello' },
    { role: 'assistant', content: 'Hi.', reasoning_text: 'So.', reasoning_opaque: 'AbC=' },
    { role: 'user', content: 'go on' },
  ];
  assert.equal((await login.say({ messages })).text, 'You said it.');
  const [first, second] = generations().map(({ body }) => body.messages[1].reasoning_opaque);
  assert.deepEqual([first, second], ['AbC=', undefined]);
});

test('words and calls in two choices are one answer', async () => {
  edge.upstream.scenario({ kind: 'split', turn: { text: 'I look.', calls: THOUGHT.calls } });
  const { message } = await login.say({ tools: [{ type: 'function', function: tool('weather') }] });
  assert.equal(message.content, 'I look.');
  assert.equal(message.tool_calls[0].function.name, 'weather');
});

test('names of other services: dashes and dates', async () => {
  for (const name of ['claude-sonnet-4-5', 'claude-sonnet-4-5-20250929']) {
    assert.equal((await login.say({}, name)).status, 200);
    assert.equal(generations().at(-1).body.model, 'claude-sonnet-4.5');
  }
});

test('models that are usable, and the quota', async () => {
  const checked = await (await edge.admin('POST', '/admin/accounts/gh1/check')).json();
  assert.deepEqual([checked.ok, checked.models], [true, ['claude-sonnet-4.5', 'gpt-5.1-codex']], JSON.stringify(checked));
  const quota = await (await edge.admin('GET', '/admin/accounts/gh1/quota')).json();
  assert.deepEqual(quota.data[1], {
    name: 'premium_interactions',
    unit: 'requests',
    used: 50,
    limit: 300,
    resets_ms: Date.UTC(2030, 1, 1),
  });
});

test('files of other tools', async () => {
  for (const file of [
    { 'github.com:Iv1.b507a08c87ecfe98': { user: 'octocat', oauth_token: GITHUB_TOKEN } },
    { 'github.com': { user: 'octocat', oauth_token: GITHUB_TOKEN, git_protocol: 'https' } },
    { type: 'github-copilot', access_token: GITHUB_TOKEN, username: 'octocat' },
  ]) {
    await login.renew(file);
    assert.equal((await login.say()).text, 'You said it.');
    assert.equal((await login.account()).label, 'octocat');
  }
});

test('device login: pending, slow down, done', async () => {
  let at = await login.step('start', { method: 'device' });
  assert.deepEqual([at.code, at.url, at.kind], ['ABCD-1234', 'https://github.com/login/device', 'device']);
  at = await login.step('continue', { login: at.login });
  assert.deepEqual([at.done, at.pause_ms], [false, 1000]);
  at = await login.step('continue', { login: at.login });
  assert.equal(at.pause_ms, 6000);
  at = await login.step('continue', { login: at.login });
  assert.equal(at.done, true, JSON.stringify(at));
  assert.equal(at.account.provider, 'github-copilot');
  await edge.admin('DELETE', `/admin/accounts/${at.account.id}`);
});

test('a variable makes an account', async () => {
  const other = await start({ accounts: () => [], vars: { COPILOT_GITHUB_TOKEN: FINE_GRAINED } });
  try {
    const put = await other.admin('PUT', '/admin/descriptors/github-copilot', { values: { api_url: `${other.upstream.url}/copilot/api` } });
    assert.equal(put.status, 204, await put.text());
    const answer = await other.post({ model: 'github-copilot/claude-sonnet-4.5', messages: [{ role: 'user', content: 'hello' }] });
    const said = await answer.json();
    assert.equal(said.choices?.[0].message.content, 'You said it.', JSON.stringify(said));
    assert.deepEqual(
      (await other.health()).accounts.map(({ id }) => id),
      ['github-copilot-env'],
    );
  } finally {
    await other.stop();
  }
});
