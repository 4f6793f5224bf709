// The Responses surface through the official SDK, on upstreams of every wire; and accounts that speak Responses
// themselves.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import zlib from 'node:zlib';
import { grammar } from './grammar.mjs';
import { collect, geminiAccount, KEY, openaiAccount, responsesAccount, start } from './harness.mjs';

let edge;
before(async () => {
  edge = await start({
    accounts: (u) => [
      geminiAccount(u),
      { ...openaiAccount(u), models: ['sim-model'] },
      responsesAccount(u, { models: ['gpt-sim', 'missing'] }),
    ],
  });
});
after(() => edge.stop());
beforeEach(() => edge.upstream.reset());

const lastBody = () => edge.upstream.requests.at(-1).body;
const raw = (body, headers = {}) =>
  fetch(`${edge.url}/v1/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const WEATHER = {
  type: 'function',
  name: 'get_weather',
  description: 'The weather',
  strict: false,
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const PATCH = { type: 'custom', name: 'apply_patch', description: 'Edits files', format: { type: 'text' } };
const AGENTS = {
  type: 'namespace',
  name: 'agents',
  description: 'Agents',
  tools: [{ type: 'function', name: 'spawn', strict: false, parameters: { type: 'object', properties: { task: { type: 'string' } } } }],
};
const INCLUDE = ['reasoning.encrypted_content'];
const MODELS = { gemini: 'gemini-2.5-flash', 'chat completions': 'sim-model', responses: 'gpt-sim' };

for (const [wire, model] of Object.entries(MODELS)) {
  test(`answers whole and as a stream, on ${wire}`, async () => {
    const whole = await edge.client.responses.create({ model, input: 'Grüße 😀 "quoted" \\ tab\t', metadata: { a: 'b' } });
    assert.equal(whole.output_text, 'You said: Grüße 😀 "quoted" \\ tab\t');
    assert.equal(whole.status, 'completed');
    const response = await raw({ model, input: 'hello there', stream: true });
    assert.match(response.headers.get('content-type'), /^text\/event-stream/);
    const said = grammar.responses.stream(await response.text());
    assert.equal(said.text, 'You said: hello there');
    assert.equal(said.finish, 'stop');
  });

  test(`the SDK's stream helper follows a tool call and its result, on ${wire}`, async () => {
    const tools = [WEATHER];
    const input = [{ role: 'user', content: 'call get_weather{"city":"Paris"}' }];
    const first = await edge.client.responses
      .stream({ model, input, tools, store: false, include: INCLUDE, reasoning: { effort: 'low', summary: 'auto' } })
      .finalResponse();
    const call = first.output.find((item) => item.type === 'function_call');
    assert.equal(call.name, 'get_weather');
    assert.deepEqual(JSON.parse(call.arguments), { city: 'Paris' });
    const next = await edge.client.responses.create({
      model,
      tools,
      store: false,
      include: INCLUDE,
      reasoning: { effort: 'low', summary: 'auto' },
      input: [...input, ...first.output, { type: 'function_call_output', call_id: call.call_id, output: 'sunny' }],
    });
    assert.match(next.output_text, /^Tool said: .*sunny/);
  });
}

test('a free-text tool is a function upstream and comes back as itself', async () => {
  const stream = edge.client.responses.stream({
    model: MODELS.gemini,
    input: 'call apply_patch{"input":"*** Begin\\n\\"x\\" \\\\ é 😀"}',
    tools: [PATCH],
  });
  let streamed = '';
  for await (const event of stream) if (event.type === 'response.custom_tool_call_input.delta') streamed += event.delta;
  const { output } = await stream.finalResponse();
  const call = output.find((item) => item.type === 'custom_tool_call');
  assert.equal(call.input, '*** Begin\n"x" \\ é 😀');
  assert.equal(streamed, call.input);
  const [{ functionDeclarations }] = lastBody().tools;
  assert.deepEqual(Object.keys(functionDeclarations[0].parametersJsonSchema.properties), ['input']);
  const next = await edge.client.responses.create({
    model: MODELS.gemini,
    tools: [PATCH],
    input: [{ role: 'user', content: 'go' }, ...output, { type: 'custom_tool_call_output', call_id: call.call_id, output: 'done' }],
  });
  assert.equal(next.status, 'completed');
  assert.deepEqual(lastBody().contents[1].parts.at(-1).functionCall.args, { input: call.input });
});

test('a free-text tool of chat completions is one here, and its call comes back as one', async () => {
  const grammar = { syntax: /** @type {const} */ ('lark'), definition: 'start: "x" /"type"/' };
  const custom = { name: 'apply_patch', description: 'Edits files', format: { type: /** @type {const} */ ('grammar'), grammar } };
  const input = '*** Begin\n"x" \\ é 😀';
  const messages = [{ role: /** @type {const} */ ('user'), content: `call apply_patch${JSON.stringify({ input })}` }];
  for (const model of Object.values(MODELS).filter((name) => name !== 'sim-model')) {
    const ask = { model, messages, tools: [{ type: /** @type {const} */ ('custom'), custom }] };
    const { message, finish_reason } = (await edge.client.chat.completions.create(ask)).choices[0];
    assert.equal(finish_reason, 'tool_calls');
    const [call] = message.tool_calls;
    assert.deepEqual([call.type, call.custom], ['custom', { name: 'apply_patch', input }]);
    let streamed = '';
    for await (const { choices } of await edge.client.chat.completions.create({ ...ask, stream: true })) {
      const [piece] = /** @type {any[]} */ (choices[0]?.delta.tool_calls ?? []);
      if (piece?.id) assert.deepEqual([piece.type, piece.custom.name], ['custom', 'apply_patch']);
      streamed += piece?.custom.input ?? '';
    }
    assert.equal(streamed, input);
    const result = { role: /** @type {const} */ ('tool'), tool_call_id: call.id, content: 'done' };
    const choice = { type: /** @type {const} */ ('custom'), custom: { name: 'apply_patch' } };
    await edge.client.chat.completions.create({ ...ask, messages: [...messages, message, result], tool_choice: choice });
    if (model === MODELS.gemini) assert.deepEqual(lastBody().contents[1].parts.at(-1).functionCall.args, { input });
  }
  const { tools, tool_choice, input: items } = lastBody();
  const { format, ...named } = custom;
  assert.deepEqual(tools, [{ type: 'custom', ...named, format: { type: format.type, ...grammar } }]);
  assert.deepEqual(tool_choice, { type: 'custom', name: 'apply_patch' });
  assert.deepEqual(
    items.slice(-2).map((item) => [item.type, item.input ?? item.output]),
    [
      ['custom_tool_call', input],
      ['custom_tool_call_output', 'done'],
    ],
  );
});

test('a namespaced tool keeps its name and its namespace', async () => {
  const ask = { model: MODELS.gemini, tools: [AGENTS] };
  const { output } = await edge.client.responses.create({ ...ask, input: 'call agents__spawn{"task":"x"}' });
  const call = output.find((item) => item.type === 'function_call');
  assert.equal(call.name, 'spawn');
  assert.equal(call.namespace, 'agents');
  await edge.client.responses.create({
    ...ask,
    input: [{ role: 'user', content: 'go' }, ...output, { type: 'function_call_output', call_id: call.call_id, output: 'done' }],
  });
  assert.equal(lastBody().contents[2].parts[0].functionResponse.name, 'agents__spawn');
});

test('what Codex sends is understood on every wire', async () => {
  const tools = [
    WEATHER,
    PATCH,
    AGENTS,
    { type: 'tool_search', execution: 'client', description: 'Finds tools', parameters: { type: 'object', properties: {} } },
    { type: 'web_search', external_web_access: true },
    { type: 'of_tomorrow' },
  ];
  const message = (role, text) => ({ type: 'message', id: `msg_${role}`, role, content: [{ type: 'input_text', text }] });
  for (const model of [MODELS.gemini, MODELS['chat completions']]) {
    const response = await raw({
      model,
      stream: true,
      input: [message('developer', 'You are a coding agent.'), message('user', '<environment_context>'), message('user', 'hello')],
      tools,
      tool_choice: 'auto',
      parallel_tool_calls: true,
      reasoning: { effort: 'medium', summary: 'auto' },
      store: false,
      include: INCLUDE,
      prompt_cache_key: '01a1ff8f',
      client_metadata: { session_id: '01a1ff8f' },
    });
    assert.equal(response.status, 200, model);
    assert.match(grammar.responses.stream(await response.text()).text, /hello$/);
  }
});

test('the signature of a Gemini 3 tool call goes through the client and back', async () => {
  const ask = { model: 'gemini-3-pro-preview', tools: [WEATHER], store: false, include: INCLUDE };
  const input = [{ role: 'user', content: 'call get_weather{"city":"Rome"}' }];
  const { output } = await edge.client.responses.create({ ...ask, input });
  const at = output.findIndex((item) => item.type === 'function_call');
  assert.equal(output[at - 1].type, 'reasoning');
  assert.ok(output[at - 1].encrypted_content);
  const next = await edge.client.responses.create({
    ...ask,
    input: [...input, ...output, { type: 'function_call_output', call_id: output[at].call_id, output: 'mild' }],
  });
  assert.match(next.output_text, /^Tool said: .*mild/);
  const signature = lastBody().contents[1].parts.find((part) => part.functionCall).thoughtSignature;
  assert.notEqual(signature, 'skip_thought_signature_validator');
});

test('images go in, and results may hold them', async () => {
  const image = { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'auto' };
  await edge.client.responses.create({
    model: MODELS.gemini,
    input: [{ role: 'user', content: [{ type: 'input_text', text: 'what?' }, image] }],
  });
  assert.equal(lastBody().contents[0].parts[1].inlineData.mimeType, 'image/png');
});

test('the SDK parses structured answers', async () => {
  edge.upstream.scenario({ turn: { text: '{"name":"Ada"}' } });
  const format = {
    type: 'json_schema',
    name: 'person',
    strict: true,
    schema: { type: 'object', properties: { name: { type: 'string' } } },
  };
  const parsed = await edge.client.responses.parse({ model: MODELS.gemini, input: 'x', text: { format } });
  assert.deepEqual(JSON.parse(parsed.output_text), { name: 'Ada' });
  assert.ok(lastBody().generationConfig.responseJsonSchema);
});

test('repeats the request in the answer', async () => {
  const answer = await edge.client.responses.create({
    model: MODELS.gemini,
    input: 'x',
    instructions: 'Be brief.',
    tools: [WEATHER],
    temperature: 0.3,
    max_output_tokens: 99,
    metadata: { a: 'b' },
    reasoning: { effort: 'low' },
    user: 'u',
  });
  assert.equal(answer.instructions, 'Be brief.');
  assert.deepEqual(answer.tools, [WEATHER]);
  assert.equal(answer.temperature, 0.3);
  assert.equal(answer.max_output_tokens, 99);
  assert.deepEqual(answer.metadata, { a: 'b' });
  assert.deepEqual(answer.reasoning, { effort: 'low', summary: null });
  assert.equal(answer.user, 'u');
  assert.equal(answer.usage.total_tokens, answer.usage.input_tokens + answer.usage.output_tokens);
});

test('refuses clearly what needs a memory', async () => {
  for (const [member, value] of Object.entries({
    previous_response_id: 'resp_1',
    conversation: 'conv_1',
    background: true,
    prompt: { id: 'p' },
  })) {
    const response = await raw({ model: MODELS.gemini, input: 'x', [member]: value });
    assert.equal(response.status, 400, member);
    assert.equal((await response.json()).error.param, member);
  }
  const reference = await raw({ model: MODELS.gemini, input: [{ type: 'item_reference', id: 'msg_1' }] });
  assert.equal((await reference.json()).error.code, 'item_not_found');
});

test('the official client counts input tokens', async () => {
  const count = await edge.client.responses.inputTokens.count({ model: MODELS.gemini, input: 'How many tokens is this?' });
  assert.equal(count.object, 'response.input_tokens');
  assert.ok(count.input_tokens > 3 && count.input_tokens < 20, String(count.input_tokens));
  const longer = await edge.client.responses.inputTokens.count({ model: MODELS.gemini, input: 'many words '.repeat(200) });
  assert.ok(longer.input_tokens > 200, String(longer.input_tokens));
});

test('compressed bodies, as Codex sends them', async () => {
  const bytes = Buffer.from(JSON.stringify({ model: MODELS.gemini, input: 'hello' }));
  for (const [encoding, body] of [
    ['gzip', zlib.gzipSync(bytes)],
    ['zstd', zlib.zstdCompressSync(bytes)],
  ]) {
    const response = await fetch(`${edge.url}/v1/responses`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', 'content-encoding': encoding },
      body,
    });
    assert.equal(response.status, 200, encoding);
    assert.equal((await response.json()).output.at(-1).content[0].text, 'You said: hello');
  }
});

test('a socket is refused at once', async () => {
  const response = await fetch(`${edge.url}/v1/responses`, { headers: { authorization: `Bearer ${KEY}` } });
  assert.ok([405, 426].includes(response.status));
});

test('a cut answer is incomplete, a filtered one says so', async () => {
  edge.upstream.scenario({ parts: [{ text: 'half' }], finishReason: 'MAX_TOKENS' });
  const cut = await edge.client.responses.create({ model: MODELS.gemini, input: 'x' });
  assert.equal(cut.status, 'incomplete');
  assert.equal(cut.incomplete_details.reason, 'max_output_tokens');
  edge.upstream.scenario({ blocked: true });
  const blocked = await edge.client.responses.create({ model: MODELS.gemini, input: 'x' });
  assert.equal(blocked.incomplete_details.reason, 'content_filter');
});

test('a stream that breaks ends with response.failed', async () => {
  for (const [model, scenario] of [
    [MODELS.gemini, { cutAfter: 2, delayMs: 50 }],
    [MODELS['chat completions'], { cutAfter: 2, delayMs: 50 }],
    [MODELS.responses, { cutAfter: 6, delayMs: 50 }],
    [MODELS.responses, { noFinish: true }],
  ]) {
    edge.upstream.scenario(scenario);
    const text = await (await raw({ model, input: 'one two three', stream: true })).text();
    assert.ok(grammar.responses.stream(text).error.message, `${model} ${JSON.stringify(scenario)}`);
    assert.equal(text.match(/^event: response.created$/gm).length, 1);
    assert.match(text, /event: response.failed\ndata: .*\n\n$/);
    assert.equal(await edge.quiet(), 0);
  }
});

test('errors have the shape and the words that clients look for', async () => {
  edge.upstream.scenario({ kind: 'usage_limit', times: 9 });
  const limited = await raw({ model: MODELS.responses, input: 'x' });
  const { error } = await limited.json();
  assert.equal(limited.status, 429);
  assert.equal(error.type, 'usage_limit_reached');
  assert.ok(error.resets_at > Date.now() / 1000);
  edge.upstream.reset();
  await edge.admin('POST', '/admin/accounts/r1/check');
  await assert.rejects(edge.client.responses.create({ model: 'missing', input: 'x' }), { status: 404, code: 'model_not_found' });
  edge.upstream.scenario({ kind: 'context' });
  await assert.rejects(edge.client.responses.create({ model: MODELS.responses, input: 'x' }), {
    status: 400,
    code: 'context_length_exceeded',
  });
});

test('the body of a client that speaks the same wire passes as it is', async () => {
  const answer = await edge.client.responses.create({ model: 'openai/gpt-sim', input: 'x', truncation: 'auto', prompt_cache_key: 'k' });
  assert.equal(answer.id, 'resp_turn');
  assert.equal(lastBody().truncation, 'auto');
  assert.equal(lastBody().model, 'gpt-sim');
});

test('an item that the upstream has not kept is missing from the body, not an endpoint from the account', async () => {
  const input = [
    { role: 'user', content: 'x' },
    { type: 'reasoning', id: 'rs_1', summary: [] },
  ];
  await assert.rejects(edge.client.responses.create({ model: 'openai/gpt-sim', input }), { status: 404, message: /Item with id 'rs_1'/ });
  await edge.client.responses.create({ model: 'openai/gpt-sim', input: 'y' });
});

test('an upstream that compacts does it itself, and knows what it has made', async () => {
  const model = MODELS.responses;
  const input = [{ type: 'message', role: 'user', content: 'hello' }];
  const { object, output } = await edge.client.responses.compact({ model, input });
  assert.equal(object, 'response.compaction');
  assert.match(edge.upstream.requests.at(-1).path, /\/responses\/compact$/);
  assert.deepEqual([lastBody().model, lastBody().input], ['gpt-sim', input]);
  const next = await edge.client.responses.create({ model, input: [...output, { role: 'user', content: 'go on' }] });
  assert.equal(next.status, 'completed');
  assert.deepEqual(lastBody().input[0], output[0], 'as it was');
  edge.upstream.scenario({ kind: 'usage_limit', key: 'compact', times: 9 });
  await assert.rejects(edge.client.responses.compact({ model, input }), { status: 429 });
  edge.upstream.reset();
  await edge.admin('POST', '/admin/accounts/r1/check');
});

for (const [name, model, made] of [
  ['an upstream that compacts', MODELS.responses, /^(?!ISTHMUS)/],
  ['a model that is asked for a summary', MODELS.gemini, /^ISTHMUS1compact_/],
])
  test(`a trigger at the end of an ordinary request is answered with one compaction, by ${name}`, async () => {
    const hello = { type: 'message', role: 'user', content: 'hello' };
    const input = [hello, { type: 'compaction_trigger' }];
    const stream = await edge.client.responses.create({ model, input, stream: true });
    const events = [];
    for await (const event of stream) events.push(event);
    const done = events.filter(({ type }) => type === 'response.output_item.done');
    assert.deepEqual([done.length, events.at(-1).type], [1, 'response.completed'], JSON.stringify(events));
    const { item } = done[0];
    assert.equal(item.type, 'compaction');
    assert.match(item.encrypted_content, made);
    const next = await edge.client.responses.create({ model, input: [item, { role: 'user', content: 'go on' }] });
    assert.equal(next.status, 'completed');
  });

test('chat clients reach an account that speaks Responses', async () => {
  const tools = [{ type: 'function', function: { name: 'get_weather', parameters: WEATHER.parameters } }];
  const messages = [
    { role: 'system', content: 'S' },
    { role: 'user', content: 'call get_weather{"city":"Oslo"}' },
  ];
  const out = await collect(
    await edge.client.chat.completions.create({
      model: MODELS.responses,
      messages,
      tools,
      stream: true,
      reasoning_effort: 'low',
      stream_options: { include_usage: true },
    }),
  );
  assert.equal(out.finish, 'tool_calls');
  assert.deepEqual(JSON.parse(out.calls[0].arguments), { city: 'Oslo' });
  assert.ok(out.usage.total_tokens > 0);
  const next = await edge.client.chat.completions.create({
    model: MODELS.responses,
    tools,
    messages: [
      ...messages,
      { role: 'assistant', content: null, tool_calls: [{ id: out.calls[0].id, type: 'function', function: out.calls[0] }] },
      { role: 'tool', tool_call_id: out.calls[0].id, content: 'cold' },
    ],
  });
  assert.equal(next.choices[0].message.content, 'Tool said: cold');
  assert.equal(lastBody().instructions, 'S');
  assert.equal(lastBody().store, false);
  await assert.rejects(edge.client.chat.completions.create({ model: MODELS.responses, messages, n: 2 }), { status: 400, param: 'n' });
});

test('an endpoint that is not there moves the account to the other wire', async () => {
  const moving = await start({ accounts: (u) => [responsesAccount(u, { wire: 'auto' })] });
  try {
    moving.upstream.scenario({ key: 'openai', kind: 'no_endpoint' });
    const answer = await moving.client.responses.create({ model: 'openai/gpt-sim', input: 'hi' });
    assert.equal(answer.output_text, 'You said: hi');
    await moving.client.responses.create({ model: 'openai/gpt-sim', input: 'hi' });
    assert.deepEqual(
      moving.upstream.requests.map(({ path }) => path),
      ['/openai/v1/chat/completions', '/openai/v1/responses', '/openai/v1/responses'],
    );
    const wrong = await moving.admin('POST', '/admin/accounts', { provider: 'openai', api_key: 'k', wire: 'morse' });
    assert.equal(wrong.status, 400);
  } finally {
    await moving.stop();
  }
});
