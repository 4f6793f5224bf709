// Anthropic's surface through its official SDK, in front of a Gemini, an OpenAI and an Anthropic upstream.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { anthropicAccount, geminiAccount, KEY, openaiAccount, start } from './harness.mjs';

const MODELS = { gemini: 'gemini-2.5-flash', gemini3: 'gemini-3-pro-preview', openai: 'openai/sim-model', anthropic: 'claude-haiku-4-5' };
const WEATHER = {
  name: 'get_weather',
  description: 'The weather',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const TIME = {
  ...WEATHER,
  name: 'get_time',
  input_schema: { type: 'object', properties: { zone: { type: 'string' } }, required: ['zone'] },
};
const user = (content) => ({ role: 'user', content });
const textOf = (message) =>
  message.content
    .filter((block) => block.type === 'text')
    .map((block) => block.text)
    .join('');
const PNG = 'iVBORw0KGgo=';

let edge;
before(async () => {
  edge = await start({ accounts: (u) => [geminiAccount(u), openaiAccount(u), anthropicAccount(u)] });
});
after(() => edge.stop());
beforeEach(() => edge.upstream.reset());

const sent = () => edge.upstream.requests.at(-1);
const create = (body, options) => edge.anthropic.messages.create({ model: MODELS.gemini, max_tokens: 4000, ...body }, options);
const stream = (body) => edge.anthropic.messages.stream({ model: MODELS.gemini, max_tokens: 4000, ...body }).finalMessage();
const post = (body, { path = '/v1/messages', ...headers } = {}) =>
  fetch(edge.url + path, {
    method: 'POST',
    headers: { 'x-api-key': KEY, 'anthropic-version': '2023-06-01', 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: MODELS.gemini, max_tokens: 4000, messages: [user('Hi')], ...body }),
  });

for (const [upstream, model] of Object.entries(MODELS)) {
  describe(`in front of ${upstream}`, () => {
    test('one answer, whole and by the stream helper', async () => {
      for (const ask of [create, stream]) {
        const message = await ask({ model, system: 'Be brief.', messages: [user('Hello “Köln”\n😀')] });
        assert.equal(textOf(message), 'You said: Hello “Köln”\n😀');
        assert.equal(message.stop_reason, 'end_turn');
        assert.equal(message.role, 'assistant');
        assert.match(message.id, /^msg_/);
        assert.ok(message.usage.input_tokens > 0 && message.usage.output_tokens > 0);
      }
    });

    test('the deltas add up to the message', async () => {
      let text = '';
      const helper = edge.anthropic.messages.stream({ model, max_tokens: 4000, messages: [user('Tell me more')] });
      helper.on('text', (delta) => (text += delta));
      const message = await helper.finalMessage();
      assert.equal(text, textOf(message));
    });

    test('a tool loop by hand', async () => {
      const messages = [user('Say call get_weather{"city":"Köln"}')];
      const asked = await stream({ model, messages, tools: [WEATHER] });
      assert.equal(asked.stop_reason, 'tool_use');
      const call = asked.content.find((block) => block.type === 'tool_use');
      assert.deepEqual([call.name, call.input], ['get_weather', { city: 'Köln' }]);
      const result = { type: 'tool_result', tool_use_id: call.id, content: [{ type: 'text', text: 'rain' }] };
      const answer = await create({
        model,
        messages: [...messages, { role: 'assistant', content: asked.content }, user([result])],
        tools: [WEATHER],
      });
      assert.match(textOf(answer), /rain/);
      assert.equal(answer.stop_reason, 'end_turn');
    });

    test('parallel calls, answered in another order', async () => {
      const messages = [user('call get_weather{"city":"Köln"} and call get_time{"zone":"UTC"}')];
      const asked = await stream({ model, messages, tools: [WEATHER, TIME] });
      const calls = asked.content.filter((block) => block.type === 'tool_use');
      assert.deepEqual(
        calls.map((call) => [call.name, call.input]),
        [
          ['get_weather', { city: 'Köln' }],
          ['get_time', { zone: 'UTC' }],
        ],
      );
      assert.notEqual(calls[0].id, calls[1].id);
      const results = calls.map((call) => ({ type: 'tool_result', tool_use_id: call.id, content: `of ${call.name}` })).reverse();
      const answer = await create({
        model,
        messages: [...messages, { role: 'assistant', content: asked.content }, user(results)],
        tools: [WEATHER, TIME],
      });
      for (const name of ['get_weather', 'get_time']) assert.match(textOf(answer), new RegExp(`of ${name}`));
    });

    test('the tool runner, whose thread is refused and whose conversation is then sent whole', async () => {
      const ran = [];
      const runner = edge.anthropic.beta.messages.toolRunner({
        model,
        max_tokens: 4000,
        messages: [user('call get_weather{"city":"Paris"}')],
        tools: [
          {
            ...WEATHER,
            type: 'custom',
            parse: (input) => input,
            run: (input) => {
              ran.push(input);
              return 'sunny';
            },
          },
        ],
      });
      const message = await runner.runUntilDone();
      assert.deepEqual(ran, [{ city: 'Paris' }]);
      assert.match(textOf(message), /sunny/);
    });
  });
}

test('Gemini 3 gets the proof of its call back, through the client', async () => {
  const model = MODELS.gemini3;
  const messages = [user('Use a tool')];
  const thinking = { type: 'adaptive' };
  for (const ask of [stream, create]) {
    const asked = await ask({ model, messages, tools: [WEATHER], thinking });
    const [thought, carrier, call] = asked.content;
    assert.deepEqual([thought.type, carrier.type, call.type], ['thinking', 'thinking', 'tool_use']);
    assert.equal(thought.thinking, 'Considering the request.');
    assert.ok(thought.signature && carrier.signature);
    // Another id than the gateway has seen: only what the client brings counts.
    const known = asked.content.map((block) => (block.type === 'tool_use' ? { ...block, id: 'toolu_unseen' } : block));
    const result = { type: 'tool_result', tool_use_id: 'toolu_unseen', content: 'rain' };
    await create({ model, messages: [...messages, { role: 'assistant', content: known }, user([result])], tools: [WEATHER], thinking });
    const part = sent()
      .body.contents.flatMap((content) => content.parts)
      .find((each) => each.functionCall);
    assert.match(part.thoughtSignature, /^[A-Za-z0-9+/]{80,}=*$/);
  }
});

test('thinking of Anthropic goes back as it came, and is left out elsewhere', async () => {
  const thinking = { type: 'enabled', budget_tokens: 1024 };
  const messages = [user('Use a tool')];
  const asked = await stream({ model: MODELS.anthropic, messages, tools: [WEATHER], thinking });
  const [thought, call] = asked.content;
  assert.equal(thought.thinking, 'I think about Use a tool');
  const history = [
    ...messages,
    { role: 'assistant', content: asked.content },
    user([{ type: 'tool_result', tool_use_id: call.id, content: 'rain' }]),
  ];
  await create({ model: MODELS.anthropic, messages: history, tools: [WEATHER], thinking });
  assert.deepEqual(sent().body.messages[1].content[0], thought);
  await create({ model: MODELS.gemini3, messages: history, tools: [WEATHER], thinking });
  assert.ok(!JSON.stringify(sent().body).includes(thought.signature));
});

test('a conversation that Gemini began goes on at Anthropic', async () => {
  const messages = [user('Use a tool')];
  const asked = await stream({ model: MODELS.gemini3, messages, tools: [WEATHER], thinking: { type: 'adaptive' } });
  const call = asked.content.find((block) => block.type === 'tool_use');
  const result = { type: 'tool_result', tool_use_id: call.id, content: 'rain' };
  const answer = await create({
    model: MODELS.anthropic,
    messages: [...messages, { role: 'assistant', content: asked.content }, user([result])],
    tools: [WEATHER],
    thinking: { type: 'enabled', budget_tokens: 1024 },
  });
  assert.match(textOf(answer), /rain/);
  assert.ok(!JSON.stringify(sent().body).includes('ISTHMUS'));
});

test('images and documents', async () => {
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } };
  const pdf = { type: 'document', title: 'a.pdf', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } };
  const message = await create({ messages: [user([image, pdf, { type: 'text', text: 'What?' }])] });
  assert.equal(textOf(message), 'You said: What? (with image/png, application/pdf)');
});

test('a body for Anthropic passes as it is, with the betas of the client', async () => {
  const body = { context_management: { edits: [] }, metadata: { user_id: 'u' }, cache_control: { type: 'ephemeral' } };
  const response = await post(
    { ...body, model: MODELS.anthropic },
    { path: '/v1/messages?beta=true', 'anthropic-beta': 'context-management-2025-06-27' },
  );
  const answer = await response.json();
  assert.equal(response.status, 200, JSON.stringify(answer));
  assert.equal(answer.usage.x_unknown, 'kept');
  assert.deepEqual(sent().body.context_management, { edits: [] });
  assert.equal(sent().headers['anthropic-beta'], 'context-management-2025-06-27');
});

test('both versions of the API, both headers for the key, and a doubled version', async () => {
  for (const headers of [
    { 'anthropic-version': '2026-10-21' },
    { 'x-api-key': '', authorization: `Bearer ${KEY}` },
    { path: '/v1/v1/messages' },
    { path: '/v1/messages?beta=true' },
  ]) {
    assert.equal((await post({}, headers)).status, 200, JSON.stringify(headers));
  }
  const versioned = await post({ model: MODELS.anthropic }, { 'anthropic-version': '2026-10-21' });
  assert.equal(versioned.status, 200);
  assert.equal(sent().headers['anthropic-version'], '2026-10-21');
  const sampled = await post({ model: MODELS.anthropic, temperature: 0.5 }, { 'anthropic-version': '2026-10-21' });
  assert.equal(sampled.status, 400);
  assert.match((await sampled.json()).error.message, /temperature/);
});

test('errors in the shape and the words that clients adapt to', async () => {
  const errors = [
    [{ max_tokens: undefined }, 400, 'invalid_request_error', /^max_tokens: Field required$/],
    [{ messages: [{ role: 'wizard', content: 'x' }] }, 400, 'invalid_request_error', /^messages\.0\.role: Input should be 'user'/],
    [{ model: 'openai/missing' }, 404, 'not_found_error', /missing/],
  ];
  for (const [body, status, type, words] of errors) {
    const response = await post(body);
    const answer = await response.json();
    assert.equal(response.status, status, JSON.stringify(answer));
    assert.equal(answer.type, 'error');
    assert.equal(answer.error.type, type);
    assert.match(answer.error.message, words);
    assert.match(answer.request_id, /^req_/);
  }
  await assert.rejects(
    new Anthropic({ apiKey: 'wrong', baseURL: edge.url, maxRetries: 0 }).messages.create({
      model: MODELS.gemini,
      max_tokens: 9,
      messages: [user('x')],
    }),
    (error) => error instanceof Anthropic.AuthenticationError && error.type === 'authentication_error',
  );
  edge.upstream.scenario({ kind: 'too_long' });
  await assert.rejects(create({ model: MODELS.anthropic, messages: [user('x')] }), /prompt is too long: 210000 tokens > 200000 maximum/);
});

test('a stream that is cut ends with an error event, and the SDK throws', async () => {
  for (const [model, scenario] of [
    [MODELS.gemini, { cutAfter: 2, delayMs: 20 }],
    [MODELS.openai, { cutAfter: 2, delayMs: 20 }],
    [MODELS.anthropic, { cutAfter: 5, delayMs: 20 }],
    [MODELS.anthropic, { errorEvent: 'middle' }],
  ]) {
    edge.upstream.scenario(scenario);
    await assert.rejects(stream({ model, messages: [user('Hello there, my friend')] }), Anthropic.APIError, model);
  }
});

test('limits are told as limits, and a stop sequence by its name', async () => {
  assert.equal((await create({ messages: [user('A long story')], max_tokens: 2 })).stop_reason, 'max_tokens');
  const message = await create({ model: MODELS.anthropic, messages: [user('one STOP two')], stop_sequences: ['STOP'] });
  assert.deepEqual([message.stop_reason, message.stop_sequence], ['stop_sequence', 'STOP']);
});

test('JSON by schema', async () => {
  const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'], additionalProperties: false };
  for (const model of [MODELS.gemini, MODELS.anthropic]) {
    const message = await create({ model, messages: [user('A person')], output_config: { format: { type: 'json_schema', schema } } });
    assert.deepEqual(JSON.parse(textOf(message)), { name: 'some name' }, model);
  }
});

test('what Claude Code sends: system messages, adaptive thinking, its billing block', async () => {
  const body = {
    system: [
      { type: 'text', text: 'x-anthropic-billing-header: cc_version=2;' },
      { type: 'text', text: 'You are an agent.', cache_control: { type: 'ephemeral' } },
    ],
    messages: [
      user([{ type: 'text', text: 'Hi' }]),
      { role: 'system', content: [{ type: 'text', text: 'Be kind.' }], output_config: { effort: 'medium' } },
    ],
    thinking: { type: 'adaptive', display: 'updates' },
    context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
    output_config: { effort: 'medium' },
    stream: true,
  };
  const text = await (await post(body, { path: '/v1/messages?beta=true' })).text();
  assert.ok(text.endsWith('event: message_stop\ndata: {"type":"message_stop"}\n\n'), text);
  assert.deepEqual(sent().body.systemInstruction.parts, [{ text: 'You are an agent.' }]);
  assert.equal(sent().body.generationConfig.thinkingConfig.includeThoughts, true);
});

test('models in its shape, and counted tokens without a limit', async () => {
  const models = await edge.anthropic.models.list();
  assert.ok(models.data.some((model) => model.id === MODELS.anthropic && model.type === 'model'));
  const { input_tokens: count } = await edge.anthropic.messages.countTokens({ model: MODELS.gemini, messages: [user('How many tokens?')] });
  assert.ok(count > 2 && count < 30, `${count}`);
});
