// Kiro's wire at the edge: four surfaces by their official SDKs, and every failure it knows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collect } from './harness.mjs';
import { account, ask, edge, generations, HELLO, sim, state, weather, withKey } from './kiro-lab.mjs';

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYPj/HwADAgH/p4Xy1wAAAABJRU5ErkJggg==';
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

test('a name that ends in -thinking turns thinking on, unless the client switches it off', async () => {
  await withKey();
  const ask1 = async (model, more = {}) => {
    assert.equal((await ask({ ...HELLO, model, ...more })).text, 'You said: hello', model);
    return generations().at(-1);
  };
  const adaptive = await ask1('kiro/claude-sonnet-4-6-thinking');
  assert.deepEqual(adaptive.body.additionalModelRequestFields?.thinking, { type: 'adaptive', display: 'summarized' });
  assert.match((await ask1('kiro/claude-sonnet-4-5-thinking')).text, /<thinking_mode>enabled/);
  const off = await ask1('kiro/claude-sonnet-4-6-thinking', { reasoning_effort: 'none' });
  assert.equal(off.body.additionalModelRequestFields, undefined);
  assert.equal((await ask1('kiro/claude-sonnet-4-6')).body.additionalModelRequestFields, undefined);
});

test('a conversation whose shape is refused without a reason is told once more, its tools as text', async () => {
  await withKey();
  const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Köln"}' } };
  const messages = [
    { role: 'user', content: 'What is it like?' },
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'call_1', content: 'rain' },
    { role: 'user', content: 'hello' },
  ];
  const tools = [{ type: 'function', function: { name: 'weather', parameters: weather } }];
  edge.upstream.scenario({ key: 'kiro', kind: 'improper' });
  assert.equal((await ask({ ...HELLO, messages, tools })).status, 200);
  const [first, second] = generations();
  assert.match(first.text, /"toolUses"/);
  assert.doesNotMatch(second.text, /"toolUses"|"toolResults"/);
  assert.match(second.text, /\[Called weather with \{\\"city\\":\\"Köln\\"\}\]/);
  assert.match(second.text, /\[Result of weather\]/);
  assert.match(second.text, /rain/);
  edge.upstream.scenario({ key: 'kiro', kind: 'improper', times: 9 });
  assert.equal((await ask({ ...HELLO, messages, tools })).error.code, 'upstream_refused');
  assert.equal(generations().length, 4, 'once, not for ever');
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
  administrator: [403, 'feature_not_supported', 'ready', 1],
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

test('credits that are used up are back when Kiro says so, not when a month ends', async () => {
  await withKey();
  const soon = Math.floor(Date.now() / 1000) + 7200;
  sim().usage = { nextDateReset: soon, usageBreakdownList: [{ resourceType: 'CREDIT', currentUsage: 1000, usageLimit: 1000 }] };
  edge.upstream.scenario({ key: 'kiro', kind: 'quota' });
  for (const asked of [1, 1]) {
    const response = await edge.post(HELLO);
    assert.equal(response.status, 429);
    const seconds = Number(response.headers.get('retry-after'));
    assert.ok(seconds > 7100 && seconds <= 7201, `back in ${seconds} s`);
    assert.equal(generations().length, asked);
  }
});

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

test('a name is declared once whatever its case, a long description is cut between characters, a member without a name is left out', async () => {
  await withKey();
  const named = (name, description) => ({ type: 'function', function: { name, description, parameters: weather } });
  const call = (id, name) => ({ id, type: 'function', function: { name, arguments: '{"city":"Köln","":1}' } });
  const messages = [
    { role: 'user', content: 'hello' },
    { role: 'assistant', content: null, tool_calls: [call('call_1', 'Read'), call('call_2', 'READ')] },
    { role: 'tool', tool_call_id: 'call_1', content: 'x' },
    { role: 'tool', tool_call_id: 'call_2', content: 'x' },
  ];
  const long = '工具😀'.repeat(2000);
  const answer = await ask({ ...HELLO, messages, tools: [named('read', long), named('Read', 'r'), named('read', 'r')] });
  assert.equal(answer.status, 200, JSON.stringify(answer));
  const { currentMessage, history } = state(generations()[0]);
  const [{ toolSpecification: only }, ...others] = currentMessage.userInputMessage.userInputMessageContext.tools;
  assert.deepEqual([only.name, others], ['read', []]);
  assert.ok(long.startsWith(only.description) && Buffer.byteLength(only.description) > 10_000);
  assert.deepEqual(history[1].assistantResponseMessage.toolUses[0].input, { city: 'Köln' });
});

test('of too many tools those that are used stay, and the model is told of the others', async () => {
  await withKey();
  const tools = Array.from({ length: 150 }, (_, i) => ({ type: 'function', function: { name: `tool_${i}`, parameters: weather } }));
  const call = { id: 'c1', type: 'function', function: { name: 'tool_149', arguments: '{}' } };
  const messages = [
    { role: 'user', content: 'hello' },
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'c1', content: 'done' },
  ];
  assert.equal((await ask({ ...HELLO, messages, tools })).status, 200);
  const sent = state(generations()[0]).currentMessage.userInputMessage;
  const names = sent.userInputMessageContext.tools.map((tool) => tool.toolSpecification.name);
  assert.equal(names.length, 128);
  assert.ok(names.includes('tool_0') && names.includes('tool_149') && !names.includes('tool_148'));
  assert.match(sent.content, /cannot be called here.* tool_148/);
});
