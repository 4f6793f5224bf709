// The main job through the official SDK: every field of a chat completion that a Gemini upstream can honour.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import net from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { collect, KEY, start } from './harness.mjs';

let edge;
before(async () => (edge = await start()));
after(() => edge.stop());
beforeEach(() => edge.upstream.reset());

const user = (content) => [{ role: 'user', content }];
const lastBody = () => edge.upstream.requests.at(-1).body;
const WEATHER = {
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
  },
};
const TIME = {
  type: 'function',
  function: { name: 'get_time', parameters: { type: 'object', properties: { zone: { type: 'string' } }, required: ['zone'] } },
};

test('streams an answer, its reasoning and usage', async () => {
  const stream = await edge.client.chat.completions.create({
    model: 'gemini-2.5-flash',
    stream: true,
    stream_options: { include_usage: true },
    messages: user('Grüße 😀 "quoted" \\ tab\t'),
  });
  const out = await collect(stream);
  assert.equal(out.text, 'You said: Grüße 😀 "quoted" \\ tab\t');
  assert.equal(out.reasoning, 'Considering the request.');
  assert.equal(out.finish, 'stop');
  assert.equal(out.usage.total_tokens, out.usage.prompt_tokens + out.usage.completion_tokens);
  assert.ok(out.chunks > 4);
});

test('sends no usage chunk to who did not ask for one', async () => {
  const response = await edge.post({ model: 'gemini-2.5-flash', stream: true, messages: user('hi') });
  const body = await response.text();
  assert.ok(body.endsWith('data: [DONE]\n\n'));
  assert.ok(!body.includes('"usage"'));
  assert.match(response.headers.get('content-type'), /^text\/event-stream/);
  assert.match(response.headers.get('x-request-id'), /^req_[0-9a-f]{32}$/);
});

test('answers whole when no stream is asked for', async () => {
  const answer = await edge.client.chat.completions.create({
    model: 'gemini-2.5-pro',
    messages: [{ role: 'system', content: 'S' }, { role: 'developer', content: 'D' }, ...user('hello')],
  });
  assert.equal(answer.choices[0].message.content, 'You said: hello');
  assert.equal(answer.model, 'gemini-2.5-pro');
  assert.deepEqual(lastBody().systemInstruction.parts, [{ text: 'S' }, { text: 'D' }]);
});

test('maps sampling, stops and limits', async () => {
  const answer = await edge.client.chat.completions.create({
    model: 'gemini-2.5-flash',
    messages: user('one STOP two'),
    temperature: 0.5,
    top_p: 0.9,
    seed: 7,
    stop: ['STOP'],
    max_completion_tokens: 100,
    presence_penalty: 0.1,
    frequency_penalty: 0.2,
    reasoning_effort: 'none',
    user: 'u',
    metadata: { a: 'b' },
  });
  assert.equal(answer.choices[0].message.content, 'You said: one ');
  const { thinkingConfig, ...config } = lastBody().generationConfig;
  assert.deepEqual(config, {
    temperature: 0.5,
    topP: 0.9,
    seed: 7,
    stopSequences: ['STOP'],
    maxOutputTokens: 100,
    presencePenalty: 0.1,
    frequencyPenalty: 0.2,
  });
  assert.deepEqual(thinkingConfig, { includeThoughts: false, thinkingBudget: 0 });
});

test('says length when the limit cut the answer', async () => {
  const answer = await edge.client.chat.completions.create({
    model: 'gemini-2.5-flash',
    messages: user('a long enough question'),
    max_tokens: 2,
  });
  assert.equal(answer.choices[0].finish_reason, 'length');
});

test('gives n answers', async () => {
  const answer = await edge.client.chat.completions.create({ model: 'gemini-2.5-flash', messages: user('hi'), n: 3 });
  assert.deepEqual(
    answer.choices.map((c) => [c.index, c.message.content, c.finish_reason]),
    [0, 1, 2].map((i) => [i, 'You said: hi', 'stop']),
  );
});

test('structured output: json_schema and json_object', async () => {
  const schema = {
    type: 'object',
    properties: { name: { type: 'string' }, age: { type: ['integer', 'null'] } },
    required: ['name', 'age'],
    additionalProperties: false,
  };
  const answer = await edge.client.chat.completions.create({
    model: 'gemini-2.5-flash',
    messages: user('who'),
    response_format: { type: 'json_schema', json_schema: { name: 'person', strict: true, schema } },
  });
  assert.deepEqual(JSON.parse(answer.choices[0].message.content), { name: 'some name', age: 7 });
  await edge.client.chat.completions.create({ model: 'gemini-2.5-flash', messages: user('who'), response_format: { type: 'json_object' } });
  assert.equal(lastBody().generationConfig.responseMimeType, 'application/json');
});

test('log probabilities in OpenAI shape', async () => {
  const answer = await edge.client.chat.completions.create({
    model: 'gemini-2.5-flash',
    messages: user('hi'),
    logprobs: true,
    top_logprobs: 2,
  });
  const [token] = answer.choices[0].logprobs.content;
  assert.equal(token.logprob, -0.25);
  assert.equal(token.top_logprobs.length, 2);
});

test('a tool round trip, streamed, through an SDK that knows ids only (Gemini 3 signatures survive)', async () => {
  const messages = user('use the tool');
  const first = await collect(
    await edge.client.chat.completions.create({ model: 'gemini-3-pro-preview', stream: true, messages, tools: [WEATHER] }),
  );
  assert.equal(first.finish, 'tool_calls');
  assert.deepEqual(JSON.parse(first.calls[0].arguments), { city: 'some city' });
  const call = { id: first.calls[0].id, type: 'function', function: { name: first.calls[0].name, arguments: first.calls[0].arguments } };
  const second = await edge.client.chat.completions.create({
    model: 'gemini-3-pro-preview',
    tools: [WEATHER],
    messages: [
      ...messages,
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: call.id, content: 'sunny' },
    ],
  });
  assert.equal(second.choices[0].message.content, 'Results: [{"output":"sunny"}]');
  const sent = lastBody().contents[1].parts[0];
  assert.ok(sent.thoughtSignature && sent.thoughtSignature !== 'skip_thought_signature_validator', 'the real signature came back');
});

test('history made elsewhere passes Gemini 3 without a signature', async () => {
  const call = { id: 'call_foreign', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Bern"}' } };
  const answer = await edge.client.chat.completions.create({
    model: 'gemini-3-pro-preview',
    tools: [WEATHER],
    messages: [...user('go'), { role: 'assistant', tool_calls: [call] }, { role: 'tool', tool_call_id: 'call_foreign', content: 'rain' }],
  });
  assert.match(answer.choices[0].message.content, /rain/);
});

test('parallel calls keep their order, and results come back in any order', async () => {
  const messages = user('use both tools in parallel');
  const first = await edge.client.chat.completions.create({ model: 'gemini-2.5-flash', messages, tools: [WEATHER, TIME] });
  const calls = first.choices[0].message.tool_calls;
  assert.deepEqual(
    calls.map((c) => c.function.name),
    ['get_weather', 'get_time'],
  );
  assert.notEqual(calls[0].id, calls[1].id);
  const results = [calls[1], calls[0]].map((c) => ({ role: 'tool', tool_call_id: c.id, content: c.function.name }));
  const second = await edge.client.chat.completions.create({
    model: 'gemini-2.5-flash',
    messages: [...messages, first.choices[0].message, ...results],
    tools: [WEATHER, TIME],
  });
  assert.equal(second.choices[0].message.content, 'Results: [{"output":"get_weather"},{"output":"get_time"}]');
});

test('one call only when parallel_tool_calls is false; forced and forbidden tools', async () => {
  const base = { model: 'gemini-2.5-flash', messages: user('tools in parallel'), tools: [WEATHER, TIME] };
  const single = await edge.client.chat.completions.create({ ...base, parallel_tool_calls: false });
  assert.equal(single.choices[0].message.tool_calls.length, 1);
  const forced = await edge.client.chat.completions.create({
    ...base,
    messages: user('hi'),
    tool_choice: { type: 'function', function: { name: 'get_time' } },
  });
  assert.equal(forced.choices[0].message.tool_calls[0].function.name, 'get_time');
  const none = await edge.client.chat.completions.create({ ...base, tool_choice: 'none' });
  assert.equal(none.choices[0].message.tool_calls, undefined);
});

test('runTools of the SDK ends with the final answer', async () => {
  const tool = {
    type: 'function',
    function: {
      name: 'get_weather',
      parameters: WEATHER.function.parameters,
      parse: JSON.parse,
      function: ({ city }) => `rain in ${city}`,
    },
  };
  const runner = edge.client.chat.completions.runTools({
    model: 'gemini-3-pro-preview',
    stream: true,
    messages: user('use the tool'),
    tools: [tool],
  });
  assert.match(await runner.finalContent(), /rain in some city/);
});

test('names that Gemini refuses are mapped and mapped back', async () => {
  const odd = { type: 'function', function: { name: '1-odd-name', parameters: { type: 'object', properties: {} } } };
  const answer = await edge.client.chat.completions.create({ model: 'gemini-2.5-flash', messages: user('tool'), tools: [odd] });
  assert.equal(answer.choices[0].message.tool_calls[0].function.name, '1-odd-name');
});

test('images by data URL and by remote URL, audio, files', async () => {
  const data = `data:image/png;base64,${Buffer.from('x'.repeat(300)).toString('base64')}`;
  const parts = [
    { type: 'text', text: 'look' },
    { type: 'image_url', image_url: { url: data } },
    { type: 'image_url', image_url: { url: `${edge.upstream.url}/file/pixel.png` } },
    { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
    { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
  ];
  const answer = await edge.client.chat.completions.create({ model: 'gemini-2.5-flash', messages: user(parts) });
  assert.equal(answer.choices[0].message.content, 'You said: look (with image/png, image/png, audio/mpeg, application/pdf)');
});

test('the upstream stream may be cut at every byte', async () => {
  for (const chunkBytes of [1, 2, 3, 7]) {
    edge.upstream.scenario({ chunkBytes, crlf: chunkBytes === 2 });
    const out = await collect(
      await edge.client.chat.completions.create({ model: 'gemini-2.5-flash', stream: true, messages: user('äöü 😀\u2028 \u0001 end') }),
    );
    assert.equal(out.text, 'You said: äöü 😀\u2028 \u0001 end');
  }
});

test('the same protocol on both shores keeps unknown fields', async () => {
  const body = { model: 'openai/any-model', messages: user('hello there'), x_vendor: { deep: [1.5, 1e3] } };
  const answer = await (await edge.post(body)).json();
  assert.deepEqual([answer.x_unknown, answer.choices[0].message.x_message], [{ kept: true }, 'kept']);
  const sent = edge.upstream.requests.at(-1);
  assert.equal(sent.body.model, 'any-model');
  assert.match(sent.text, /"x_vendor":\{"deep":\[1.5,1000\]\}/);
  const out = await collect(
    await edge.client.chat.completions.create({ model: 'openai/any-model', stream: true, messages: user('hello there') }),
  );
  assert.equal(out.text, 'You said: hello there');
});

test('lists and retrieves models, for all providers or one', async () => {
  const ids = (await edge.client.models.list()).data.map((m) => m.id);
  assert.ok(ids.includes('gemini-2.5-flash') && ids.includes('sim-model') && !ids.includes('embed'));
  assert.equal((await edge.client.models.retrieve('gemini-2.5-flash')).owned_by, 'gemini');
  const one = await fetch(`${edge.url}/openai/v1/models`, { headers: { 'x-api-key': KEY } }).then((r) => r.json());
  assert.deepEqual(
    one.data.map((m) => m.id),
    ['sim-model'],
  );
  await assert.rejects(edge.client.models.retrieve('nothing'), { status: 404, code: 'model_not_found' });
});

test('the provider by path, by header, by prefix', async () => {
  const ask = (url, headers, model) =>
    fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model, messages: user('hi') }),
    }).then((r) => r.json());
  for (const answer of [
    await ask(`${edge.url}/openai/v1/chat/completions`, {}, 'm'),
    await ask(`${edge.url}/v1/chat/completions`, { 'model-provider': 'openai' }, 'm'),
    await ask(`${edge.url}/v1/v1/chat/completions`, {}, 'openai/m'),
  ]) {
    assert.equal(answer.x_unknown?.kept, true);
  }
});

test('a body of 2 MB passes whole', async () => {
  const text = 'Zeile mit Umläuten und "Zitaten"\n'.repeat(60_000);
  const answer = await edge.client.chat.completions.create({
    model: 'gemini-2.5-flash',
    messages: [...user(text), ...user('end')],
    max_tokens: 2,
  });
  assert.equal(answer.choices[0].finish_reason, 'length');
  assert.equal(lastBody().contents[0].parts[0].text, text);
});

test('nothing is left in flight', async () => assert.equal(await edge.quiet(), 0));

test('a client of functions speaks its own words both ways', async () => {
  const functions = [{ name: 'get_weather', parameters: WEATHER.function.parameters }];
  const messages = user('use the tool');
  const body = { model: 'gemini-2.5-flash', messages, functions };
  const first = (await (await edge.post(body)).json()).choices[0];
  assert.equal(first.finish_reason, 'function_call');
  assert.equal(first.message.tool_calls, undefined);
  assert.deepEqual(JSON.parse(first.message.function_call.arguments), { city: 'some city' });
  const streamed = await (await edge.post({ ...body, stream: true })).text();
  assert.match(streamed, /"function_call":\{"name":"get_weather","arguments":"/);
  assert.match(streamed, /"finish_reason":"function_call"/);
  const result = { role: 'function', name: 'get_weather', content: 'sunny' };
  const second = (await (await edge.post({ ...body, messages: [...messages, first.message, result] })).json()).choices[0];
  assert.equal(second.message.content, 'Results: [{"output":"sunny"}]');
});

test('web search where the upstream has one, and no functions beside it', async () => {
  await edge.post({ model: 'gemini-2.5-flash', messages: user('hi'), web_search_options: {} });
  assert.deepEqual(lastBody().tools, [{ googleSearch: {} }]);
  await edge.post({ model: 'gemini-2.5-flash', messages: user('hi'), web_search_options: {}, tools: [WEATHER] });
  assert.deepEqual(Object.keys(lastBody().tools[0]), ['functionDeclarations']);
});

test('large bodies at once keep apart, also when some clients hang up in the middle', async () => {
  const { port } = new URL(edge.url);
  const bodyWith = (content) => JSON.stringify({ model: 'gemini-2.5-flash', messages: [{ role: 'system', content }, ...user('hello')] });
  const bodyOf = (size, mark) => bodyWith(mark.repeat(size - bodyWith('').length));
  const rude = async () => {
    const client = net.connect(Number(port), '127.0.0.1');
    const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${KEY}\r\ncontent-type: application/json\r\n`;
    client.write(`${head}content-length: 300000\r\n\r\n${bodyOf(300_000, 'z').slice(0, 100_000)}`);
    await sleep(50);
    client.destroy();
  };
  const READ = 64 << 10;
  const BODY = 2 << 20;
  const sizes = [READ - 1, READ, READ + 1, 150_000, 300_000, BODY - 1, BODY, BODY + 1];
  for (let round = 0; round < 3; round++) {
    await Promise.all([
      rude(),
      rude(),
      ...sizes.map(async (size, i) => assert.equal((await edge.post(bodyOf(size, 'abcdefgh'[i]))).status, 200)),
    ]);
    const texts = edge.upstream.requests.splice(0).map(({ body }) => body.systemInstruction.parts[0].text);
    assert.deepEqual(texts.map((text) => text[0]).sort(), [...'abcdefgh'], 'one of each');
    for (const text of texts) assert.equal(text, text[0].repeat(text.length), 'nothing of another in it');
    assert.equal(await edge.quiet(), 0);
  }
  for (let i = 0; i < 6; i++) {
    const noise = randomBytes(150_000).toString('base64');
    assert.equal((await edge.post(gzipSync(bodyWith(noise)), { 'content-encoding': 'gzip' })).status, 200);
    assert.equal(lastBody().systemInstruction.parts[0].text, noise);
  }
});

test('a long answer that is wanted whole comes whole, over many reads', async () => {
  const words = Array.from({ length: 40_000 }, (_, i) => `word ${i} é`).join(' ');
  const answer = await edge.client.chat.completions.create({ model: 'gemini-2.5-flash', messages: user(words) });
  assert.equal(answer.choices[0].message.content, `You said: ${words}`);
  assert.equal(answer.choices[0].finish_reason, 'stop');
  assert.equal(await edge.quiet(), 0);
});

test('a header that is not ASCII harms nothing', async () => {
  assert.equal((await edge.post({ model: 'gemini-2.5-flash', messages: user('hi') }, { 'x-note': 'é\u00ff' })).status, 200);
});
