// Chat clients against the anthropic provider: the official OpenAI SDK, the gateway, and a simulated Messages API that
// refuses what the real one refuses.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { anthropicAccount, collect, start } from './harness.mjs';

const MODEL = 'claude-haiku-4-5';
const NEWEST = 'claude-opus-5-5';
const user = (content) => ({ role: 'user', content });
const tool = (name, parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }) => ({
  type: 'function',
  function: { name, description: `The ${name}`, parameters },
});

describe('chat completions through an Anthropic upstream', () => {
  let edge;
  before(async () => {
    edge = await start({ accounts: (u) => [anthropicAccount(u)] });
  });
  after(() => edge.stop());
  beforeEach(() => edge.upstream.reset());

  const create = (body) => edge.client.chat.completions.create({ model: MODEL, ...body });
  const streamed = async (body) => collect(await create({ stream: true, stream_options: { include_usage: true }, ...body }));
  const sent = (at = -1) => edge.upstream.requests.filter((request) => request.path.endsWith('/messages')).at(at);

  test('one answer, whole', async () => {
    const answer = await create({ messages: [{ role: 'system', content: 'Be brief.' }, user('Hello')] });
    assert.equal(answer.choices[0].message.content, 'You said: Hello');
    assert.equal(answer.choices[0].finish_reason, 'stop');
    assert.equal(answer.model, MODEL);
    assert.equal(answer.usage.prompt_tokens_details.cached_tokens, 3);
    assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
    assert.deepEqual(sent().body.system, [{ type: 'text', text: 'Be brief.' }]);
    assert.equal(sent().body.max_tokens, 64000);
    assert.equal(sent().headers['anthropic-version'], '2023-06-01');
  });

  test('one answer, streamed', async () => {
    const answer = await streamed({ messages: [user('Hello “Köln”\n😀')] });
    assert.equal(answer.text, 'You said: Hello “Köln”\n😀');
    assert.equal(answer.finish, 'stop');
    assert.ok(answer.usage.prompt_tokens > 3);
  });

  test('a tool loop with parallel calls', async () => {
    const messages = [user('Use the tools in parallel')];
    const tools = [tool('weather'), tool('time.in/zone', { type: 'object', properties: {} })];
    const asked = await streamed({ messages, tools });
    assert.equal(asked.finish, 'tool_calls');
    assert.deepEqual(
      asked.calls.map((call) => [call.name, JSON.parse(call.arguments)]),
      [
        ['weather', { city: 'some city' }],
        ['time.in/zone', {}],
      ],
    );
    const calls = asked.calls.map(({ id, name, arguments: text }) => ({ id, type: 'function', function: { name, arguments: text } }));
    const results = calls.map((call) => ({ role: 'tool', tool_call_id: call.id, content: `result of ${call.function.name}` })).reverse();
    const answer = await create({ messages: [...messages, { role: 'assistant', content: null, tool_calls: calls }, ...results], tools });
    assert.equal(answer.choices[0].message.content, 'Results: ["result of weather","result of time.in/zone"]');
  });

  test('one call at a time', async () => {
    const answer = await create({ messages: [user('tools in parallel')], tools: [tool('a'), tool('b')], parallel_tool_calls: false });
    assert.deepEqual(
      answer.choices[0].message.tool_calls.map((call) => call.function.name),
      ['a'],
    );
    assert.deepEqual(sent().body.tool_choice, { type: 'auto', disable_parallel_tool_use: true });
  });

  test('choices of tools', async () => {
    for (const [choice, expected] of [
      ['required', { type: 'any' }],
      [
        { type: 'function', function: { name: 'b' } },
        { type: 'tool', name: 'b' },
      ],
      ['none', { type: 'none' }],
    ]) {
      const answer = await create({ messages: [user('Hi')], tools: [tool('a'), tool('b')], tool_choice: choice });
      assert.deepEqual(sent().body.tool_choice, expected);
      assert.equal(answer.choices[0].finish_reason, choice === 'none' ? 'stop' : 'tool_calls');
    }
  });

  test('thinking: budgets for the older models, effort for the newer', async () => {
    const old = await streamed({ messages: [user('Think')], reasoning_effort: 'medium', temperature: 0.3 });
    assert.equal(old.reasoning, 'I think about Think');
    assert.deepEqual(sent().body.thinking, { type: 'enabled', budget_tokens: 8192 });
    assert.equal(sent().body.temperature, undefined);
    const newest = await streamed({ model: NEWEST, messages: [user('Think')], reasoning_effort: 'minimal', temperature: 0.3 });
    assert.equal(newest.reasoning, 'I think about Think');
    assert.deepEqual(sent().body.thinking, { type: 'adaptive', display: 'summarized' });
    assert.deepEqual(sent().body.output_config, { effort: 'low' });
  });

  test('thinking off, in the words of each model', async () => {
    for (const [model, thinking, effort] of [
      [MODEL, { type: 'disabled' }, undefined],
      ['claude-haiku-5-5', { type: 'disabled' }, undefined],
      ['claude-sonnet-5-5', { type: 'between_tools' }, undefined],
      [NEWEST, undefined, 'low'],
    ]) {
      await create({ model, messages: [user('Hi')], reasoning_effort: 'none' });
      assert.deepEqual(sent().body.thinking, thinking, model);
      assert.equal(sent().body.output_config?.effort, effort, model);
    }
  });

  // A chat client drops the thoughts; with a budget the service insists on them, so thinking pauses for the loop.
  test('a tool loop with thinking', async () => {
    for (const model of [MODEL, NEWEST]) {
      const messages = [user('Use a tool')];
      const options = { model, tools: [tool('weather')], reasoning_effort: 'high' };
      const asked = (await create({ messages, ...options })).choices[0].message;
      const answer = await create({
        messages: [...messages, asked, { role: 'tool', tool_call_id: asked.tool_calls[0].id, content: 'rain' }],
        ...options,
      });
      assert.equal(answer.choices[0].message.content, 'Results: ["rain"]');
    }
  });

  test('an answer that the client has begun', async () => {
    const messages = [user('Count'), { role: 'assistant', content: 'one, two \n' }];
    await create({ messages });
    assert.deepEqual(sent().body.messages.at(-1), { role: 'assistant', content: [{ type: 'text', text: 'one, two' }] });
    await create({ model: NEWEST, messages });
    assert.equal(sent().body.messages.at(-1).role, 'user');
  });

  test('JSON by schema, open objects closed', async () => {
    const schema = {
      type: 'object',
      properties: { name: { type: 'string' }, tags: { type: 'array', items: { type: 'object', properties: {} } } },
    };
    const answer = await create({
      messages: [user('A person')],
      response_format: { type: 'json_schema', json_schema: { name: 'p', schema } },
    });
    assert.deepEqual(JSON.parse(answer.choices[0].message.content).name, 'some name');
  });

  test('images, documents and stops', async () => {
    const png = 'data:image/png;base64,iVBORw0KGgo=';
    const answer = await create({
      messages: [
        user([
          { type: 'image_url', image_url: { url: png } },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
          { type: 'text', text: 'one STOP two' },
        ]),
      ],
      stop: ['STOP'],
    });
    assert.equal(answer.choices[0].message.content, 'You said: one ');
    assert.equal(answer.choices[0].finish_reason, 'stop');
    const [image, file] = sent().body.messages[0].content;
    assert.deepEqual(image.source, { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' });
    assert.equal(file.title, 'a.pdf');
  });

  test('a prompt cache for conversations, within its four marks', async () => {
    await create({ messages: [{ role: 'system', content: 'S' }, user('one'), { role: 'assistant', content: 'two' }, user('three')] });
    assert.deepEqual(sent().body.system[0].cache_control, { type: 'ephemeral' });
    assert.deepEqual(sent().body.messages.at(-1).content[0].cache_control, { type: 'ephemeral' });
  });

  test('limits, refusals and cut arguments', async () => {
    assert.equal((await create({ messages: [user('A long story')], max_tokens: 2 })).choices[0].finish_reason, 'length');
    edge.upstream.scenario({ stopReason: 'refusal', text: 'I will not.' });
    assert.equal((await create({ messages: [user('Hi')] })).choices[0].finish_reason, 'content_filter');
    edge.upstream.scenario({ stopReason: 'model_context_window_exceeded' });
    assert.equal((await create({ messages: [user('Hi')] })).choices[0].finish_reason, 'length');
    await assert.rejects(create({ messages: [user('Hi')], n: 2 }), (error) => error.status === 400 && error.param === 'n');
  });

  test('a redacted thought and a search of the upstream disturb nobody', async () => {
    edge.upstream.scenario({ redacted: true }, { search: true });
    assert.equal((await streamed({ messages: [user('Hi')] })).text, 'You said: Hi');
    assert.equal((await create({ messages: [user('Hi')] })).choices[0].message.content, 'You said: Hi');
  });

  test('chunks of three bytes, CRLF line ends', async () => {
    edge.upstream.scenario({ chunkBytes: 3 }, { crlf: true });
    assert.equal((await streamed({ messages: [user('äöü')] })).text, 'You said: äöü');
    assert.equal((await streamed({ messages: [user('äöü')] })).text, 'You said: äöü');
  });

  test('the models that the upstream lists, and any other Claude', async () => {
    const ids = [];
    for await (const model of edge.client.models.list()) ids.push(model.id);
    assert.ok(ids.includes(NEWEST));
    await assert.rejects(create({ model: 'claude-nonesuch', messages: [user('Hi')] }), (error) => error.status === 404);
    assert.equal(sent().body.model, 'claude-nonesuch');
  });

  test('errors keep the words of the upstream; an overflow is told in the words of chat clients', async () => {
    for (const [kind, status, words] of [
      ['too_long', 400, /maximum context length is 200000 tokens.*210000 tokens/],
      ['too_large', 413, /maximum size/],
      ['region', 502, /placement/],
    ]) {
      edge.upstream.scenario({ kind });
      await assert.rejects(create({ messages: [user('Hi')] }), (error) => error.status === status && words.test(error.message), kind);
    }
  });

  test('a stream that ends badly says so', async () => {
    for (const scenario of [{ errorEvent: 'middle' }, { cutAfter: 5, delayMs: 20 }, { noFinish: true }]) {
      edge.upstream.scenario(scenario);
      await assert.rejects(streamed({ messages: [user('Hello there, my friend')] }), /upstream/i, JSON.stringify(scenario));
    }
  });

  test('one bad moment of the upstream goes by unseen', async () => {
    for (const scenario of [
      { kind: 'overloaded' },
      { kind: 'internal' },
      { kind: 'short_limit' },
      { kind: 'html' },
      { errorEvent: 'first' },
      { cutAfter: 0 },
    ]) {
      edge.upstream.scenario(scenario);
      assert.equal((await streamed({ messages: [user('Hi')] })).text, 'You said: Hi', JSON.stringify(scenario));
    }
  });
});

describe('two Anthropic accounts', () => {
  let edge;
  before(async () => {
    edge = await start({
      accounts: (u) => [
        anthropicAccount(u, { id: 'a1', api_key: 'sim-anthropic-key-1' }),
        anthropicAccount(u, { id: 'a2', api_key: 'sim-anthropic-key-2' }),
      ],
    });
  });
  after(() => edge.stop());
  beforeEach(() => edge.upstream.reset());

  const keys = () => edge.upstream.requests.map((request) => request.headers['x-api-key']);
  const ask = () => edge.client.chat.completions.create({ model: MODEL, messages: [user('Hi')] });

  test('the second serves when the first cannot', async () => {
    await ask();
    const [first] = keys();
    edge.upstream.reset();
    edge.upstream.scenario({ kind: 'rate_limit', key: first });
    assert.equal((await ask()).choices[0].message.content, 'You said: Hi');
    assert.equal(new Set(keys()).size, 2);
  });

  test('thoughts that another account made are left behind when the conversation moves', async () => {
    const options = {
      model: NEWEST,
      max_tokens: 4000,
      thinking: /** @type {const} */ ({ type: 'adaptive' }),
      tools: [{ name: 'weather', input_schema: { type: 'object' } }],
    };
    const messages = [user('Use a tool, please')];
    const asked = await edge.anthropic.messages.create({ ...options, messages });
    assert.equal(asked.content[0].type, 'thinking');
    const [first] = keys();
    edge.upstream.reset();
    edge.upstream.scenario({ kind: 'quota', key: first });
    const result = { type: 'tool_result', tool_use_id: asked.content[1].id, content: 'rain' };
    const history = [...messages, { role: 'assistant', content: asked.content }, user([result])];
    const answer = await edge.anthropic.messages.create({ ...options, messages: history });
    assert.equal(answer.content.at(-1).text, 'Results: ["rain"]');
    assert.equal(edge.upstream.requests.length, 3, 'the limit, the refusal, the answer');
    const { body } = edge.upstream.requests.at(-1);
    assert.ok(!JSON.stringify(body).includes(asked.content[0].signature));
  });
});

describe('an Anthropic account that stops', () => {
  test('a key that is refused, and an organization that is disabled', async () => {
    for (const [kind, state] of [
      ['unauthorized', 'needs_login'],
      ['suspended', 'quarantined'],
    ]) {
      const edge = await start({ accounts: (u) => [anthropicAccount(u)] });
      try {
        edge.upstream.scenario({ kind });
        await assert.rejects(edge.client.chat.completions.create({ model: MODEL, messages: [user('Hi')] }));
        const { accounts } = await edge.health();
        assert.equal(accounts[0].state, state, kind);
      } finally {
        await edge.stop();
      }
    }
  });
});
