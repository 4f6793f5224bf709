// What no upstream can keep for a client of many accounts, and what only one kind of upstream can do: refused with the field's
// name and the code that the surface's own clients act on, never left out in silence.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { send } from './ask.mjs';
import { allWires, MODELS, start } from './harness.mjs';

let edge;
before(async () => (edge = await start({ accounts: allWires })));
after(() => edge.stop());
beforeEach(() => edge.upstream.reset());

const messages = [{ role: 'user', content: 'hi' }];
const anthropic = (model, extra) => send(edge.url, 'anthropic', '/v1/messages', { model, max_tokens: 100, messages, ...extra });
const responses = (model, extra) => send(edge.url, 'responses', '/v1/responses', { model, input: 'hi', ...extra });

test('a thread is refused over every wire, Anthropic’s own among them, so that the SDK sends all', async () => {
  for (const model of [MODELS.anthropic, MODELS.openai, MODELS.gemini]) {
    for (const thread of [{ type: 'create' }, { type: 'continue', previous_message_id: 'msg_1' }]) {
      // An unknown kind of block is that upstream's to judge; the thread is not, whichever comes first.
      for (const more of [{}, { messages: [{ role: 'user', content: [{ type: 'novelty' }] }] }]) {
        const { status, text } = await anthropic(model, { thread, ...more });
        assert.equal(status, 400, text);
        if (!more.messages) assert.equal(JSON.parse(text).error.details.error_code, 'thread_unsupported_request');
      }
    }
  }
  assert.deepEqual(edge.upstream.requests, []);
});

test('background and conversation are refused over every wire, Responses’ own among them', async () => {
  for (const model of [MODELS.responses, MODELS.anthropic]) {
    for (const [param, value] of Object.entries({ background: true, conversation: 'conv_1' })) {
      const { status, text } = await responses(model, { [param]: value });
      assert.equal(status, 400, text);
      assert.equal(JSON.parse(text).error.param, param);
    }
    const { status, text } = await responses(model, { background: false });
    assert.equal(status, 200, text);
  }
});

test('MCP servers and containers go to Anthropic’s own API, and are refused over other wires', async () => {
  const own = { mcp_servers: [{ type: 'url', name: 'm', url: 'https://mcp.example/sse' }], container: 'container_1' };
  for (const [field, value] of Object.entries(own)) {
    for (const model of [MODELS.openai, MODELS.gemini, MODELS.responses, MODELS.kiro]) {
      const { status, text } = await anthropic(model, { [field]: value });
      assert.equal(status, 400, text);
      assert.match(JSON.parse(text).error.message, new RegExp(`^${field}: `));
    }
  }
  const empty = await anthropic(MODELS.openai, { mcp_servers: [], container: null });
  assert.equal(empty.status, 200, empty.text);
  await anthropic(MODELS.anthropic, own);
  assert.deepEqual(edge.upstream.requests.at(-1).body.mcp_servers, own.mcp_servers);
  assert.equal(edge.upstream.requests.at(-1).body.container, 'container_1');
});

test('code execution runs at Anthropic’s: other models are not told of it, and keep their own tools', async () => {
  const own = { name: 'f', input_schema: { type: 'object', properties: {} } };
  const tools = [{ type: 'code_execution_20250825', name: 'code_execution' }, own];
  const { status, text } = await anthropic(MODELS.openai, { tools });
  assert.equal(status, 200, text);
  assert.deepEqual(
    edge.upstream.requests.at(-1).body.tools.map((tool) => tool.function.name),
    ['f'],
  );
});

test('YouTube, Cloud Storage and Gemini’s files are for Gemini’s models alone', async () => {
  const ask = (model, url) =>
    send(edge.url, 'responses', '/v1/responses', {
      model,
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_image', image_url: url },
            { type: 'input_text', text: 'what?' },
          ],
        },
      ],
    });
  for (const url of ['https://www.youtube.com/watch?v=x', 'gs://bucket/a.png']) {
    for (const model of [MODELS.openai, MODELS.anthropic, MODELS.kiro]) {
      const { status, text } = await ask(model, url);
      assert.equal(status, 400, text);
      assert.equal(JSON.parse(text).error.code, 'invalid_media_url');
      assert.match(text, /only Gemini/);
    }
    const { status, text } = await ask(MODELS.gemini, url);
    assert.equal(status, 200, text);
  }
});
