// The Gemini surface through Google's own SDK: every upstream behind it, every ending, both versions of its path.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { ApiError, FunctionCallingConfigMode, GoogleGenAI, Type } from '@google/genai';
import { cliAccount, geminiAccount, KEY, openaiAccount, start } from './harness.mjs';

let edge;
before(async () => (edge = await start({ accounts: (u) => [geminiAccount(u), openaiAccount(u), cliAccount(u)] })));
after(() => edge.stop());
beforeEach(() => edge.upstream.reset());

// Within one protocol, through an envelope, and from one protocol to another.
const MODELS = { gemini: 'gemini/gemini-2.5-flash', 'gemini-cli': 'gemini-cli/gemini-2.5-flash', openai: 'openai/sim-model' };
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const WEATHER = {
  name: 'get_weather',
  description: 'Tells the weather',
  parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ['city'] },
};

const lastBody = () => edge.upstream.requests.at(-1).body;
const models = () => edge.genai.models;
const raw = (path, body, headers = { 'x-goog-api-key': KEY }) =>
  fetch(`${edge.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const hello = { contents: [{ role: 'user', parts: [{ text: 'hello' }] }] };

async function collect(stream) {
  const out = { text: '', thoughts: '', calls: [], finish: undefined, usage: undefined, chunks: 0 };
  for await (const chunk of stream) {
    out.chunks++;
    for (const part of chunk.candidates?.[0]?.content?.parts ?? []) {
      if (part.thought) out.thoughts += part.text ?? '';
      else out.text += part.text ?? '';
      if (part.functionCall) out.calls.push(part.functionCall);
    }
    out.finish = chunk.candidates?.[0]?.finishReason ?? out.finish;
    out.usage = chunk.usageMetadata ?? out.usage;
  }
  return out;
}
const failure = (promise) =>
  promise.then(
    () => assert.fail('it should have failed'),
    (error) => {
      assert.ok(error instanceof ApiError, String(error));
      return error;
    },
  );

for (const [provider, model] of Object.entries(MODELS)) {
  describe(`with ${provider}`, () => {
    test('answers whole, with usage and the names that were asked for', async () => {
      const answer = await models().generateContent({ model, contents: 'hello', config: { systemInstruction: 'be nice' } });
      assert.equal(answer.text, 'You said: hello');
      assert.equal(answer.candidates[0].finishReason, 'STOP');
      assert.equal(answer.candidates[0].content.role, 'model');
      const { promptTokenCount, candidatesTokenCount, thoughtsTokenCount = 0, totalTokenCount } = answer.usageMetadata;
      assert.equal(promptTokenCount + candidatesTokenCount + thoughtsTokenCount, totalTokenCount);
      assert.ok(answer.modelVersion);
    });

    test('streams', async () => {
      const out = await collect(await models().generateContentStream({ model, contents: 'Grüße 😀 "quoted" \\ tab\t' }));
      assert.equal(out.text, 'You said: Grüße 😀 "quoted" \\ tab\t');
      assert.equal(out.finish, 'STOP');
      assert.ok(out.chunks > 2);
      assert.ok(out.usage.totalTokenCount > 0);
    });

    test('the stream without alt=sse is one array', async () => {
      const response = await raw(`/v1beta/models/${model}:streamGenerateContent`, hello);
      assert.match(response.headers.get('content-type'), /^application\/json/);
      const chunks = await response.json();
      assert.ok(Array.isArray(chunks) && chunks.length > 1);
      const text = chunks.flatMap((chunk) => chunk.candidates[0].content?.parts ?? []).map((part) => part.text ?? '');
      assert.equal(text.join(''), 'You said: hello');
      assert.equal(chunks.at(-1).candidates[0].finishReason, 'STOP');
    });

    test('an error before the first byte is an array too where one was asked for', async () => {
      const path = `/v1beta/models/${model}:streamGenerateContent`;
      for (const [sent, headers, code] of [
        [{ contents: [{ role: 'robot', parts: [{ text: 'x' }] }] }, undefined, 400],
        [hello, { 'x-goog-api-key': 'wrong' }, 401],
      ]) {
        const response = await raw(path, sent, headers);
        assert.equal(response.status, code);
        assert.deepEqual(
          (await response.json()).map(({ error }) => error.code),
          [code],
        );
        assert.equal((await (await raw(`${path}?alt=sse`, sent, headers)).json()).error.code, code);
      }
    });

    test('results may be said by a function or a tool', async () => {
      for (const role of ['function', 'tool']) {
        const contents = [
          ...hello.contents,
          { role: 'model', parts: [{ functionCall: { name: 'get_weather', args: { city: 'Paris' } } }] },
          { role, parts: [{ functionResponse: { name: 'get_weather', response: { output: 'sunny' } } }] },
        ];
        const answer = await models().generateContent({ model, contents, config: { tools: [{ functionDeclarations: [WEATHER] }] } });
        assert.match(answer.text, /sunny/, role);
      }
    });

    test('has no envelope, no event names and no [DONE]', async () => {
      const body = await (await raw(`/v1beta/models/${model}:streamGenerateContent?alt=sse`, hello)).text();
      const events = body.split(/\r?\n\r?\n/).filter(Boolean);
      for (const event of events) {
        assert.match(event, /^(data: \{"|: )/);
        assert.ok(!/traceId|\[DONE\]|"response":\{/.test(event), event);
      }
    });

    test('a chat with tools goes there and back', async () => {
      const chat = edge.genai.chats.create({ model, config: { tools: [{ functionDeclarations: [WEATHER] }] } });
      const asked = provider === 'gemini-cli' ? 'use the tool' : 'call get_weather{"city":"Paris"}';
      const answer = await chat.sendMessage({ message: asked });
      const [call] = answer.functionCalls;
      assert.equal(call.name, 'get_weather');
      assert.equal(typeof call.args.city, 'string');
      const reply = { functionResponse: { id: call.id, name: call.name, response: { output: 'sunny' } } };
      const told = await chat.sendMessage({ message: [reply] });
      assert.match(told.text, /sunny/);
      assert.equal(chat.getHistory().length, 4);
    });

    test('the same, streamed, from a client that drops ids', async () => {
      const asked = provider === 'gemini-cli' ? 'use the tool' : 'call get_weather{"city":"Paris"}';
      const config = { tools: [{ functionDeclarations: [WEATHER] }] };
      const contents = [{ role: 'user', parts: [{ text: asked }] }];
      const { calls, finish } = await collect(await models().generateContentStream({ model, contents, config }));
      assert.equal(finish, 'STOP');
      assert.equal(calls.length, 1);
      contents.push({ role: 'model', parts: [{ functionCall: { name: 'get_weather', args: calls[0].args } }] });
      contents.push({
        role: 'user',
        parts: [{ functionResponse: { name: 'get_weather', response: { name: 'get_weather', content: 'rain' } } }],
      });
      const told = await collect(await models().generateContentStream({ model, contents, config }));
      assert.match(told.text, /rain/);
    });

    test('structured output in both dialects of schema', async () => {
      const answer = await models().generateContent({
        model,
        contents: 'x',
        config: {
          responseMimeType: 'application/json',
          responseSchema: { type: Type.OBJECT, properties: { city: { type: Type.STRING, nullable: true } }, required: ['city'] },
        },
      });
      assert.ok(answer.text);
      if (provider !== 'openai') return assert.deepEqual(Object.keys(JSON.parse(answer.text)), ['city']);
      assert.deepEqual(lastBody().response_format.json_schema.schema, {
        type: 'object',
        properties: { city: { type: ['string', 'null'] } },
        required: ['city'],
      });
    });

    test('images arrive', async () => {
      const parts = [{ text: 'see' }, { inlineData: { mimeType: 'image/png', data: PIXEL } }];
      const answer = await models().generateContent({ model, contents: [{ role: 'user', parts }] });
      assert.match(answer.text, /^You said: see/);
      if (provider === 'openai') assert.equal(lastBody().messages[0].content[1].image_url.url, `data:image/png;base64,${PIXEL}`);
      else assert.match(answer.text, /with image\/png/);
    });

    test('a field of the wrong type is told in Google’s words', async () => {
      const response = await raw(`/v1/models/${model}:generateContent`, { ...hello, generationConfig: { temperature: 'hot' } });
      assert.equal(response.status, 400);
      const { error } = await response.json();
      assert.equal(error.code, 400);
      assert.equal(error.status, 'INVALID_ARGUMENT');
      assert.match(error.message, /Invalid value at .*temperature/);
    });
  });
}

test('a path without the word models, as the AI SDK writes it before a name with a slash', async () => {
  const response = await raw('/v1beta/openai/sim-model:generateContent', hello);
  assert.equal(response.status, 200);
  assert.equal((await response.json()).candidates[0].content.parts[0].text, 'You said: hello');
});

describe('paths and keys', () => {
  test('both versions, both keys, in header and query', async () => {
    const beta = new GoogleGenAI({ apiKey: KEY, apiVersion: 'v1beta', httpOptions: { baseUrl: edge.url } });
    assert.equal((await beta.models.generateContent({ model: MODELS.gemini, contents: 'hello' })).text, 'You said: hello');
    const bearer = { authorization: `Bearer ${KEY}` };
    for (const [query, headers] of [
      [`?key=${KEY}`, {}],
      ['', bearer],
    ]) {
      const response = await raw(`/v1beta/models/${MODELS.openai}:generateContent${query}`, hello, headers);
      assert.equal(response.status, 200);
    }
  });

  test('a key that is not ours', async () => {
    const stranger = new GoogleGenAI({ apiKey: 'wrong', httpOptions: { baseUrl: edge.url } });
    const error = await failure(stranger.models.generateContent({ model: MODELS.gemini, contents: 'hello' }));
    assert.equal(error.status, 401);
    assert.match(error.message, /"UNAUTHENTICATED"/);
    assert.match(error.message, /API_KEY_INVALID/);
  });

  test('lists models and tells of one', async () => {
    const names = [];
    for await (const model of await models().list()) names.push(model.name);
    assert.ok(names.includes('models/gemini-2.5-flash'), names.join());
    const one = await models().get({ model: 'gemini-2.5-flash' });
    assert.equal(one.name, 'models/gemini-2.5-flash');
    assert.equal((await failure(models().get({ model: 'nobody-knows' }))).status, 404);
  });

  test('a model that is not there', async () => {
    const error = await failure(models().generateContent({ model: 'gemini/nobody-knows', contents: 'hello' }));
    assert.equal(error.status, 404);
    assert.match(error.message, /"NOT_FOUND"/);
  });
});

describe('fidelity', () => {
  test('within the protocol unknown fields go on as they are', async () => {
    const body = { ...hello, labels: { team: 'x' }, generationConfig: { topK: 3, mediaResolution: 'MEDIA_RESOLUTION_LOW' } };
    assert.equal((await raw(`/v1beta/models/${MODELS.gemini}:generateContent`, body)).status, 200);
    assert.deepEqual(lastBody(), body);
  });

  test('snake_case and lone objects reach an OpenAI upstream', async () => {
    const body = {
      contents: { parts: { text: 'hello' } },
      system_instruction: { parts: { text: 'S' } },
      generation_config: { max_output_tokens: '50', stop_sequences: ['X'] },
      tools: { function_declarations: [WEATHER] },
      tool_config: { function_calling_config: { mode: 'ANY', allowed_function_names: ['get_weather'] } },
    };
    const response = await raw(`/v1beta/models/${MODELS.openai}:generateContent`, body);
    assert.equal(response.status, 200, await response.text());
    const sent = lastBody();
    assert.deepEqual(sent.messages, [
      { role: 'system', content: 'S' },
      { role: 'user', content: 'hello' },
    ]);
    assert.equal(sent.max_completion_tokens, 50);
    assert.deepEqual(sent.stop, ['X']);
    assert.deepEqual(sent.tool_choice, { type: 'function', function: { name: 'get_weather' } });
    assert.deepEqual(sent.tools[0].function.parameters, {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
    });
  });

  test('thoughts are parts for who asked, and hidden from who did not', async () => {
    const turn = { turn: { thinking: 'Let me see.', text: 'Done.' } };
    edge.upstream.scenario(turn, turn, turn);
    const config = { thinkingConfig: { includeThoughts: true } };
    const shown = await models().generateContent({ model: MODELS.openai, contents: 'x', config });
    assert.deepEqual(shown.candidates[0].content.parts, [{ text: 'Let me see.', thought: true }, { text: 'Done.' }]);
    assert.equal(shown.usageMetadata.thoughtsTokenCount, 4);
    const hidden = await models().generateContent({ model: MODELS.openai, contents: 'x' });
    assert.deepEqual(hidden.candidates[0].content.parts, [{ text: 'Done.' }]);
    const streamed = await collect(await models().generateContentStream({ model: MODELS.openai, contents: 'x', config }));
    assert.equal(streamed.thoughts, 'Let me see.');
    assert.equal(streamed.text, 'Done.');
  });

  test('a Gemini 3 tool loop keeps its signature through a chat', async () => {
    const config = {
      tools: [{ functionDeclarations: [WEATHER] }],
      toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.AUTO } },
    };
    for (const model of ['gemini/gemini-3-flash-preview', 'gemini-cli/gemini-3-flash-preview']) {
      const chat = edge.genai.chats.create({ model, config });
      let call;
      for await (const chunk of await chat.sendMessageStream({ message: 'use the tool' })) call ??= chunk.functionCalls?.[0];
      const reply = { functionResponse: { id: call.id, name: call.name, response: { output: 'sunny' } } };
      assert.match((await chat.sendMessage({ message: [reply] })).text, /sunny/);
      const part = chat.getHistory()[1].parts.find((p) => p.functionCall);
      assert.ok(part.thoughtSignature.length > 40);
    }
  });

  test('parallel calls come whole, each with an id of its own', async () => {
    const calls = [
      { name: 'get_weather', args: { city: 'Paris "x"\n' } },
      { name: 'get_weather', args: {} },
    ];
    edge.upstream.scenario({ turn: { text: 'Two.', calls } }, { turn: { text: 'Two.', calls } });
    const config = { tools: [{ functionDeclarations: [WEATHER] }] };
    const whole = await models().generateContent({ model: MODELS.openai, contents: 'x', config });
    assert.deepEqual(
      whole.functionCalls.map(({ name, args }) => ({ name, args })),
      calls,
    );
    const streamed = await collect(await models().generateContentStream({ model: MODELS.openai, contents: 'x', config }));
    assert.deepEqual(
      streamed.calls.map(({ name, args }) => ({ name, args })),
      calls,
    );
    assert.equal(new Set(streamed.calls.map((call) => call.id)).size, 2);
    assert.equal(streamed.finish, 'STOP');
  });
});

describe('endings', () => {
  for (const [finish, word] of [
    ['length', 'MAX_TOKENS'],
    ['filter', 'SAFETY'],
  ]) {
    test(`${finish} is ${word}`, async () => {
      edge.upstream.scenario({ turn: { text: 'Half', finish } }, { turn: { text: 'Half', finish } });
      assert.equal((await models().generateContent({ model: MODELS.openai, contents: 'x' })).candidates[0].finishReason, word);
      assert.equal((await collect(await models().generateContentStream({ model: MODELS.openai, contents: 'x' }))).finish, word);
    });
  }

  for (const provider of ['gemini', 'openai']) {
    for (const fault of ['error', 'cut']) {
      test(`${provider}: a stream that ends with ${fault} throws`, async () => {
        edge.upstream.scenario({ turn: { text: 'Some words, then nothing', fault } });
        const error = await failure(models().generateContentStream({ model: MODELS[provider], contents: 'x' }).then(collect));
        assert.ok(error.status >= 500, String(error.status));
      });

      test(`${provider}: an array that ends with ${fault} is whole, its last element the error`, async () => {
        edge.upstream.scenario({ turn: { text: 'Some words, then nothing', fault } });
        const chunks = await (await raw(`/v1beta/models/${MODELS[provider]}:streamGenerateContent`, hello)).json();
        assert.ok(chunks.length >= 2);
        assert.ok(chunks[0].candidates);
        assert.ok(chunks.at(-1).error.code >= 500);
      });
    }

    test(`${provider}: a failure before the first word is a status`, async () => {
      edge.upstream.scenario({ turn: { fault: 'refuse' } });
      const error = await failure(models().generateContentStream({ model: MODELS[provider], contents: 'x' }));
      assert.equal(error.status, 400);
    });
  }

  test('a rate limit says when to come back', async () => {
    edge.upstream.scenario({ kind: 'rate_limit' });
    const error = await failure(models().generateContent({ model: MODELS.gemini, contents: 'x' }));
    assert.equal(error.status, 429);
    const { details, status } = JSON.parse(error.message).error;
    assert.equal(status, 'RESOURCE_EXHAUSTED');
    assert.ok(
      details.some((detail) => /^\d+s$/.test(detail.retryDelay ?? '')),
      error.message,
    );
  });
});

describe('bad bodies', () => {
  for (const [name, body, message] of [
    ['no JSON', '{', /not valid JSON/],
    ['no contents', {}, /contents is not specified/],
    ['an unknown role', { contents: [{ role: 'wizard', parts: [{ text: 'x' }] }] }, /valid role: user, model/],
    ['a cache of somebody else', { ...hello, cachedContent: 'cachedContents/1' }, /cached contents belong to one Google project/],
  ]) {
    test(name, async () => {
      const response = await raw(`/v1beta/models/${MODELS.openai}:generateContent`, body);
      const { error } = await response.json();
      assert.equal(response.status, 400);
      assert.equal(error.status, 'INVALID_ARGUMENT');
      assert.match(error.message, message);
    });
  }
});
