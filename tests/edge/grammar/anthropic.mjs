// Anthropic's Messages: what an answer must look like, and what it says.
import assert from 'node:assert/strict';
import { argumentsOf, checkIds, checkUsage, json, reading, read as sse } from './sse.mjs';

const FINISH = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tools',
  refusal: 'refusal',
};
const ERRORS = [
  'invalid_request_error',
  'authentication_error',
  'billing_error',
  'permission_error',
  'not_found_error',
  'conflict_error',
  'request_too_large',
  'rate_limit_error',
  'api_error',
  'timeout_error',
  'overloaded_error',
];

function usageOf(usage) {
  const cached = usage.cache_read_input_tokens ?? 0;
  const input = usage.input_tokens + cached + (usage.cache_creation_input_tokens ?? 0);
  return checkUsage({ input, cached, output: usage.output_tokens, thinking: 0 });
}

export function checkError(body) {
  assert.equal(body.type, 'error');
  assert.ok(ERRORS.includes(body.error.type), `error.type ${body.error.type}`);
  assert.equal(typeof body.error.message, 'string');
  return body.error;
}

function checkHead(message) {
  assert.match(message.id, /^msg_/);
  assert.equal(message.type, 'message');
  assert.equal(message.role, 'assistant');
  assert.equal(typeof message.model, 'string');
  assert.ok(Array.isArray(message.content));
  for (const name of ['stop_reason', 'stop_sequence']) assert.ok(name in message, `${name} is there, be it null`);
}

// Adds a finished block to what the answer says.
function addBlock(out, block, cutShort) {
  if (block.type === 'text') out.text += block.text;
  else if (block.type === 'thinking') {
    if (!cutShort) assert.match(block.signature, /^[A-Za-z0-9+/_=.:-]+$/, 'a thinking block is signed');
    out.thinking += block.thinking;
    out.opaque.push(block.signature);
  } else if (block.type === 'redacted_thinking') out.opaque.push(block.data);
  else if (block.type === 'tool_use') {
    const args = typeof block.input === 'string' ? argumentsOf(block.input, cutShort) : block.input;
    out.calls.push({ id: block.id, name: block.name, args });
  } else assert.match(block.type, /^(server_tool_use|web_search_tool_result)$/);
}

function finishOf(word) {
  assert.ok(word in FINISH, `stop_reason ${word}`);
  return FINISH[word];
}

/** @param {string} text */
export function whole(text) {
  const body = json(text);
  if (body.type === 'error') return { ...reading(), error: checkError(body) };
  checkHead(body);
  const out = reading();
  out.finish = finishOf(body.stop_reason);
  for (const block of body.content) addBlock(out, block, false);
  checkIds(out.calls);
  return { ...out, usage: usageOf(body.usage), model: body.model };
}

const DELTAS = {
  text_delta: { of: 'text', add: (block, delta) => (block.text += delta.text) },
  thinking_delta: { of: 'thinking', add: (block, delta) => (block.thinking += delta.thinking) },
  signature_delta: { of: 'thinking', add: (block, delta) => (block.signature = block.signature ? 'signed twice!' : delta.signature) },
  input_json_delta: { of: 'tool_use', add: (block, delta) => (block.input += delta.partial_json) },
};

// Reads the blocks between message_start and message_delta: in order, one at a time, each closed.
function readBlocks(events) {
  const blocks = [];
  let open = null;
  for (const data of events) {
    if (data.type === 'ping') continue;
    if (data.type === 'content_block_start') {
      assert.equal(open, null, 'one block at a time');
      assert.equal(data.index, blocks.length, 'blocks are numbered in order');
      open = { signature: '', ...data.content_block };
      if (open.type === 'tool_use') {
        assert.deepEqual(open.input, {}, 'input begins empty');
        open.input = '';
      }
      blocks.push(open);
      continue;
    }
    assert.ok(open, `${data.type} outside a block`);
    assert.equal(data.index, blocks.length - 1);
    if (data.type === 'content_block_stop') {
      open = null;
      continue;
    }
    assert.equal(data.type, 'content_block_delta');
    const rule = DELTAS[data.delta.type] ?? assert.fail(`delta ${data.delta.type}`);
    if (open.type !== 'server_tool_use') assert.equal(open.type, rule.of, `${data.delta.type} in a ${open.type} block`);
    rule.add(open, data.delta);
  }
  return { blocks, open };
}

/** @param {string} text */
export function stream(text) {
  const { events, comments } = sse(text);
  assert.equal(comments, 0, 'this surface pings; it has no comments');
  const all = events.map(({ event, data }) => {
    const value = json(data);
    assert.equal(event, value.type, 'the event is named after its type');
    return value;
  });
  const out = reading();
  const broken = all.at(-1)?.type === 'error' ? all.pop() : null;
  if (broken) out.error = checkError(broken);
  const start = all.shift();
  if (!start) return broken ? out : assert.fail('an empty stream');
  assert.equal(start.type, 'message_start');
  checkHead(start.message);
  assert.deepEqual(start.message.content, []);
  assert.equal(start.message.stop_reason, null);
  assert.ok(Number.isInteger(start.message.usage.input_tokens) && Number.isInteger(start.message.usage.output_tokens));
  const end = broken ? [] : all.splice(-2);
  const { blocks, open } = readBlocks(all);
  if (!broken) {
    const [delta, stop] = end;
    assert.equal(delta?.type, 'message_delta');
    assert.deepEqual(stop, { type: 'message_stop' });
    assert.equal(open, null, 'every block is closed');
    assert.ok('stop_sequence' in delta.delta);
    out.finish = finishOf(delta.delta.stop_reason);
    out.usage = usageOf({ ...start.message.usage, ...delta.usage });
  }
  for (const block of blocks) addBlock(out, block, Boolean(broken) || out.finish === 'length');
  checkIds(out.calls);
  if (out.finish && out.finish !== 'length' && out.finish !== 'refusal') assert.equal(out.finish === 'tools', out.calls.length > 0);
  return { ...out, model: start.message.model };
}
