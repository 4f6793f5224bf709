// Qwen: every failure, what the portal and DashScope want of a body, the quirks of its streams, logins, keys and files.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { KEY, TOKENS } from '../upstreams/qwen.mjs';
import { start } from './harness.mjs';
import { bare, HELLO, hear, Login, PIXEL, SURFACES, testFailures, tool } from './talk.mjs';

/** @type {Awaited<ReturnType<typeof start>>} */
let edge;
const describe = async (values = {}) => {
  const own = { auth_url: `${edge.upstream.url}/qwen/auth`, ...values };
  const put = await edge.admin('PUT', '/admin/descriptors/qwen', { values: own });
  assert.equal(put.status, 204, await put.text());
};
before(async () => {
  edge = await start({ accounts: () => [] });
  await describe();
});
after(() => edge?.stop());

const sim = () => edge.upstream.qwen();
const login = new Login(() => edge, { id: 'q1', provider: 'qwen', model: 'coder-model', door: '/qwen/portal/N/v1' });
const withKey = () => login.renew({ api_key: KEY }, '/qwen/dashscope/N/v1');
const generations = () => edge.upstream.requests.filter(({ path }) => path.endsWith('/chat/completions'));
const sent = () => generations().at(-1).body;
beforeEach(async () => {
  edge.upstream.reset();
  await login.renew(TOKENS);
});

const FAILURES = {
  quota: [429, 'insufficient_quota', 'cooling'],
  free_quota: [429, 'insufficient_quota', 'cooling'],
  week_quota: [429, 'insufficient_quota', 'cooling'],
  minute_quota: [429, 'rate_limit_exceeded', 'ready'],
  concurrency: [429, 'rate_limit_exceeded', 'ready'],
  overdue: [503, 'arrearage', 'needs_login'],
  unpurchased: [404, 'model_not_found', 'ready'],
  throttled: [429, 'Throttling.RateQuota', 'ready'],
  native: [429, 'Throttling', 'ready'],
  unpaid: [503, 'arrearage', 'needs_login'],
  invalid: [400, 'invalid_parameter_error', 'ready'],
  too_long: [400, 'context_length_exceeded', 'ready'],
  missing: [404, 'model_not_found', 'ready'],
  timeout: [502, 'timeout', 'ready'],
  broken: [502, 'internal_error', 'cooling'],
  page: [502, 'egress_blocked', 'cooling'],
  page_200: [502, 'egress_blocked', 'cooling'],
  unauthorized: [503, 'upstream_token_invalid', 'retired'],
  forbidden: [503, 'upstream_token_invalid', 'retired'],
};
testFailures(
  () => edge,
  login,
  FAILURES,
  (kind) => kind === 'page' && assert.equal(sim().refreshes, 0, 'a block page is no reason to refresh'),
);

test('a key that is refused needs a person, and is not called retired', async () => {
  await login.renew({ api_key: 'sk-other' }, '/qwen/dashscope/N/v1');
  assert.deepEqual(await login.outcome(await login.say({}, 'qwen3.7-max')), [503, 'upstream_token_invalid', 'needs_login']);
});

test('a login that works and is served no model is retired, not refreshed for ever', async () => {
  sim().retired = true;
  await login.say();
  assert.equal(sim().refreshes, 1);
  assert.equal((await login.account()).state, 'retired');
  const then = await login.say();
  assert.match(then.error.message, /ended on 2026-04-15/);
  assert.equal(generations().length, 2, 'nothing is sent any more');
});

for (const surface of SURFACES) {
  for (const stream of [true, false]) {
    const how = stream ? 'stream' : 'whole';
    const to = (turn, asked) => hear(edge, surface, turn, { model: 'qwen/coder-model', stream, messages: HELLO, ...asked });
    test(`${surface}, ${how}: throttling in the words of an answer is an error`, async () => {
      edge.upstream.scenario({
        deltas: [[{ role: 'assistant', content: '' }], [{ content: 'Throttling: slow down.' }, 'error_finish']],
        times: 9,
      });
      const heard = await to({ text: 'never' }, {});
      assert.equal(heard.status, 429);
      assert.match(heard.error.message, /slow down/);
      assert.ok(!heard.text);
    });
    test(`${surface}, ${how}: two calls under one index, a piece without any`, async () => {
      const piece = (call) => [{ tool_calls: [call] }];
      edge.upstream.scenario({
        deltas: [
          piece({ index: 0, id: 'a', type: 'function', function: { name: 'weather', arguments: '' } }),
          piece({ index: 0, function: { arguments: '{"city":"K' } }),
          piece({ index: 0, id: '', function: { arguments: 'öln"}' } }),
          piece({ index: 0, id: 'b', type: 'function', function: { name: 'clock', arguments: '{"city":' } }),
          piece({ function: { arguments: '"Rio"}' } }),
          [{}, 'tool_calls'],
        ],
      });
      const heard = await to({ text: 'never' }, { tools: [tool('weather'), tool('clock')] });
      assert.deepEqual(bare(heard.calls), [
        { name: 'weather', args: { city: 'Köln' } },
        { name: 'clock', args: { city: 'Rio' } },
      ]);
      assert.equal(heard.usage.cached, 5);
    });
    test(`${surface}, ${how}: a call of the stand-in tool is nobody's`, async () => {
      edge.upstream.scenario({
        deltas: [
          [{ content: 'Well.' }],
          [{ tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'no_tool_available', arguments: '{}' } }] }],
          [{}, 'tool_calls'],
        ],
      });
      const heard = await to({ text: 'never' }, {});
      assert.deepEqual([heard.text, heard.calls, heard.finish], ['Well.', [], 'stop']);
      assert.equal(sent().tools[0].function.name, 'no_tool_available');
    });
  }
}

test('a call that breaks off is an answer that was too long', async () => {
  const call = { index: 0, id: 'a', type: 'function', function: { name: 'weather', arguments: '{"city":"K' } };
  edge.upstream.scenario({ deltas: [[{ tool_calls: [call] }], [{}, 'stop']] });
  const answer = await edge.post({
    model: 'qwen/coder-model',
    messages: [{ role: 'user', content: 'x' }],
    tools: [{ type: 'function', function: tool('weather') }],
  });
  assert.equal((await answer.json()).choices[0].finish_reason, 'length');
});

test('instructions come once and first, whatever their place was', async () => {
  const messages = [
    { role: 'system', content: 'One.' },
    { role: 'developer', content: [{ type: 'text', text: 'Two.' }] },
    { role: 'user', content: 'Hi.' },
    { role: 'assistant', content: 'Hi.' },
    { role: 'system', content: 'Three.' },
    { role: 'user', content: 'And?' },
  ];
  assert.equal((await login.say({ messages })).status, 200);
  assert.deepEqual(
    sent().messages[0].content.map(({ text }) => text),
    ['', 'One.', 'Two.', 'Three.'],
  );
  assert.deepEqual(
    sent().messages.map(({ role }) => role),
    ['system', 'user', 'assistant', 'user'],
  );
  await withKey();
  assert.equal((await login.say({ messages }, 'qwen3.7-max')).status, 200);
  const parts = sent().messages[0].content;
  assert.deepEqual([parts[0].text, parts.length, parts[2].cache_control], ['One.', 3, { type: 'ephemeral' }]);
});

test('with a key the ends of what the next request repeats are marked: instructions, tools and the last message', async () => {
  await withKey();
  const mark = { cache_control: { type: 'ephemeral' } };
  const tools = ['weather', 'clock'].map((name) => ({ type: 'function', function: tool(name) }));
  const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{}' } };
  const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } };
  const turns = [
    [{ role: 'user', content: 'Hi.' }, [{ type: 'text', text: 'Hi.', ...mark }]],
    [{ role: 'assistant', content: 'Hi.' }],
    [
      { role: 'user', content: [{ type: 'text', text: 'Look.' }, image] },
      [
        { type: 'text', text: 'Look.' },
        { ...image, ...mark },
      ],
    ],
    [{ role: 'assistant', content: null, tool_calls: [call] }],
    [{ role: 'tool', tool_call_id: 'call_1', content: 'rain' }, [{ type: 'text', text: 'rain', ...mark }]],
  ];
  const messages = [{ role: 'system', content: 'Be brief.' }];
  for (const [message, marked] of turns) {
    messages.push(message);
    if (!marked) continue;
    assert.equal((await login.say({ messages, tools }, 'qwen3.7-max')).status, 200);
    assert.deepEqual(sent().messages.at(-1).content, marked);
    assert.deepEqual(sent().messages[0].content, [{ type: 'text', text: 'Be brief.', ...mark }]);
    assert.deepEqual(sent().tools, [tools[0], { ...tools[1], ...mark }]);
    assert.equal(JSON.stringify(sent()).match(/cache_control/g).length, 3);
  }
});

test('thinking, limits and choices in the words of each model', async () => {
  const ask = async (extra, model) => {
    const heard = await login.say(extra, model);
    assert.equal(heard.status, 200, JSON.stringify(heard));
    const { enable_thinking, thinking_budget, reasoning_effort, preserve_thinking, max_tokens, tool_choice } = sent();
    return { enable_thinking, thinking_budget, reasoning_effort, preserve_thinking, max_tokens, tool_choice };
  };
  const tools = [{ type: 'function', function: tool('weather') }];
  const none = { enable_thinking: undefined, thinking_budget: undefined, reasoning_effort: undefined, preserve_thinking: undefined };
  const plain = { ...none, max_tokens: undefined, tool_choice: undefined };
  const on = { ...plain, enable_thinking: true, preserve_thinking: true };
  assert.deepEqual(await ask({ max_tokens: 999999 }), { ...plain, max_tokens: 65536 });
  assert.deepEqual(await ask({ reasoning_effort: 'high', tools, tool_choice: 'required' }), { ...on, tool_choice: 'auto' });
  assert.deepEqual(await ask({ reasoning_effort: 'none', tools, tool_choice: 'required' }), {
    ...plain,
    enable_thinking: false,
    tool_choice: 'required',
  });
  assert.deepEqual(await ask({ enable_thinking: true, thinking_budget: 2000 }), { ...on, thinking_budget: 2000 });
  assert.deepEqual(await ask({ enable_thinking: false }), { ...plain, enable_thinking: false });
  await withKey();
  assert.deepEqual(await ask({ reasoning_effort: 'max' }, 'qwen3.8-max'), { ...plain, reasoning_effort: 'xhigh' });
  assert.deepEqual(await ask({ reasoning_effort: 'none' }, 'qwen3.8-max'), { ...plain, enable_thinking: false });
  assert.deepEqual(await ask({ reasoning_effort: 'high' }, 'qwen3-coder-plus'), plain);
});

test('what other services know is left out, and images are looked at closely', async () => {
  assert.equal((await login.say({ metadata: { a: 'b' }, service_tier: 'flex', store: true })).status, 200);
  const content = [{ type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } }];
  assert.equal((await login.say({ messages: [{ role: 'user', content }] }, 'vision-model')).status, 200);
  assert.deepEqual([sent().model, sent().vl_high_resolution_images], ['coder-model', true]);
});

test('the older client and a stand-in that is switched off', async () => {
  await describe({ client: 'google', placeholder_tool: '' });
  assert.match((await login.say()).text, /^You said it\.<tool_call>/);
  assert.equal(generations().at(-1).headers['client-metadata'], 'ideType=IDE_UNSPECIFIED,platform=PLATFORM_UNSPECIFIED,pluginType=GEMINI');
  assert.equal(sent().tools, undefined);
  await describe();
  assert.equal((await login.say()).text, 'You said it.');
});

test('a dead token is refreshed once for many requests, and the new refresh token is kept', async () => {
  await login.renew({ ...TOKENS, expires_ms: Date.now() + 60_000 });
  const heard = await Promise.all([login.say(), login.say(), login.say()]);
  assert.deepEqual(
    heard.map(({ text }) => text),
    Array(3).fill('You said it.'),
  );
  assert.equal(sim().refreshes, 1);
  edge.upstream.scenario({ kind: 'unauthorized' });
  assert.equal((await login.say()).text, 'You said it.');
  assert.equal(sim().refreshes, 2, 'with the token of the first refresh');
});

test('a refresh token that was used elsewhere needs a login; a page or a server out of order does not', async () => {
  for (const trouble of ['page', 'down']) {
    await login.renew({ ...TOKENS, expires_ms: 1 });
    sim().trouble = trouble;
    assert.deepEqual(await login.outcome(await login.say()), [502, 'token_endpoint_unavailable', 'cooling']);
  }
  sim().trouble = undefined;
  sim().refreshToken = 'elsewhere';
  assert.deepEqual(await login.outcome(await login.say()), [503, 'needs_login', 'needs_login']);
});

test('device login: pending, slow down, a page of the firewall, done', async () => {
  let at = await login.step('start', { method: 'device', base_url: `${edge.upstream.url}/qwen/portal/v1`, label: 'mine' });
  assert.deepEqual(
    [at.code, at.url, at.pause_ms],
    ['QWEN-1234', 'https://chat.qwen.ai/authorize?user_code=QWEN-1234&client=qwen-code', 2000],
  );
  for (const pause of [2000, 3000, 3000]) {
    at = await login.step('continue', { login: at.login });
    assert.deepEqual([at.done, at.pause_ms], [false, pause], JSON.stringify(at));
  }
  at = await login.step('continue', { login: at.login });
  assert.deepEqual([at.done, at.account?.label], [true, 'mine'], JSON.stringify(at));
  await edge.admin('DELETE', `/admin/accounts/${at.account.id}`);
});

test('login with a key of a plan, and a plan that there is not', async () => {
  const wrong = await login.step('start', { method: 'api-key', plan: 'gold' });
  assert.match(wrong.error.message, /coding-intl/);
  const at = await login.step('start', { method: 'api-key', plan: 'coding-intl', base_url: `${edge.upstream.url}/qwen/coding/v1` });
  const done = await login.step('continue', { login: at.login, input: `${KEY}\n` });
  assert.equal(done.done, true, JSON.stringify(done));
  await edge.admin('DELETE', `/admin/accounts/${done.account.id}`);
});

test('models: a key’s list from its endpoint, a login’s from the table', async () => {
  const check = async () => (await edge.admin('POST', '/admin/accounts/q1/check')).json();
  const table = await check();
  assert.equal(table.ok, true, JSON.stringify(table));
  assert.ok(table.models.includes('coder-model'));
  await withKey();
  assert.deepEqual((await check()).models, ['qwen3.7-max', 'qwen-sim-new']);
  assert.equal((await login.say({}, 'qwen3-coder-plus')).text, 'You said it.');
});

test('files of other tools', async () => {
  const file = { ...TOKENS, token_type: 'Bearer', resource_url: 'portal.qwen.ai' };
  for (const [record, label] of [
    [{ provider: undefined, ...file, expiry_date: Date.now() + 3600_000 }, ''],
    [
      { provider: undefined, ...file, type: 'qwen', email: 'me', expired: new Date(Date.now() + 3600_000).toISOString(), last_refresh: '' },
      'me',
    ],
  ]) {
    await login.renew(record);
    assert.equal((await login.say()).text, 'You said it.');
    assert.equal((await login.account()).label, label);
  }
});
