// OpenAI's Responses: what an answer must look like, and what it says.
import assert from 'node:assert/strict';
import { checkError } from './chat.mjs';
import { argumentsOf, checkIds, checkUsage, json, reading, read as sse } from './sse.mjs';

const TERMINAL = ['response.completed', 'response.incomplete', 'response.failed'];

function usageOf(usage) {
  const { input_tokens: input, output_tokens: output } = usage;
  assert.equal(usage.total_tokens, input + output, 'total_tokens is the sum');
  return checkUsage({
    input,
    cached: usage.input_tokens_details.cached_tokens,
    output,
    thinking: usage.output_tokens_details.reasoning_tokens,
  });
}

// Adds a finished item to what the answer says.
function addItem(out, item, cutShort) {
  assert.equal(typeof item.id, 'string', `an id on ${item.type}`);
  if (item.type === 'message') {
    assert.equal(item.role, 'assistant');
    for (const part of item.content) {
      assert.match(part.type, /^(output_text|refusal)$/);
      if (part.type === 'output_text') assert.ok(Array.isArray(part.annotations));
      if (part.type === 'refusal') out.refused = true;
      out.text += part.text ?? part.refusal;
    }
  } else if (item.type === 'reasoning') {
    assert.ok(Array.isArray(item.summary));
    for (const part of [...item.summary, ...(item.content ?? [])]) out.thinking += part.text;
    if (item.encrypted_content) out.opaque.push(item.encrypted_content);
  } else if (item.type === 'function_call') {
    out.calls.push({ id: item.call_id, name: item.name, args: argumentsOf(item.arguments, cutShort) });
  } else if (item.type === 'custom_tool_call') {
    out.calls.push({ id: item.call_id, name: item.name, args: item.input });
  } else assert.match(item.type, /^(web_search_call|compaction|image_generation_call)$/);
}

/** A finished response object. */
export function readResponse(body) {
  const out = reading();
  assert.equal(body.object, 'response');
  assert.match(body.id, /^resp_/);
  assert.ok(Number.isInteger(body.created_at));
  assert.match(body.status, /^(completed|incomplete|failed)$/);
  if (body.status === 'failed') {
    assert.equal(typeof body.error.code, 'string');
    assert.equal(typeof body.error.message, 'string');
    return { ...out, error: body.error };
  }
  assert.equal(body.error, null);
  const reason = body.incomplete_details?.reason;
  assert.equal(body.status === 'incomplete', Boolean(reason), 'what is incomplete says why');
  for (const item of body.output) addItem(out, item, reason === 'max_output_tokens');
  checkIds(out.calls);
  out.finish = { max_output_tokens: 'length', content_filter: 'filter' }[reason] ?? (out.calls.length ? 'tools' : 'stop');
  return { ...out, usage: usageOf(body.usage), model: body.model };
}

/** @param {string} text */
export function whole(text) {
  const body = json(text);
  if (body.error && body.object === undefined) return { ...reading(), error: checkError(body) };
  return readResponse(body);
}

// One item while it is open: its pieces must add up to what its `done` events say.
class Open {
  constructor(item) {
    this.item = item;
    this.parts = [];
    this.text = '';
  }
  part(data, at) {
    assert.equal(data[at], this.parts.length, `${at} in order`);
    this.parts.push({ text: '', done: false, at });
  }
  piece(data, at) {
    const part = this.parts[data[at]] ?? assert.fail(`${data.type} before its part`);
    assert.equal(part.done, false, `${data.type} after its part`);
    part.text += data.delta;
  }
  said(data, at, text) {
    assert.equal(text, this.parts[data[at]].text, `${data.type} repeats its pieces`);
  }
  close(data, at) {
    this.said(data, at, data.part.text ?? data.part.refusal);
    this.parts[data[at]].done = true;
  }
}

const RULES = {
  'response.content_part.added': (open, data) => open.part(data, 'content_index'),
  'response.content_part.done': (open, data) => open.close(data, 'content_index'),
  'response.output_text.delta': (open, data) => open.piece(data, 'content_index'),
  'response.output_text.done': (open, data) => open.said(data, 'content_index', data.text),
  'response.output_text.annotation.added': () => {},
  'response.refusal.delta': (open, data) => open.piece(data, 'content_index'),
  'response.refusal.done': (open, data) => open.said(data, 'content_index', data.refusal),
  'response.reasoning_summary_part.added': (open, data) => open.part(data, 'summary_index'),
  'response.reasoning_summary_part.done': (open, data) => open.close(data, 'summary_index'),
  'response.reasoning_summary_text.delta': (open, data) => open.piece(data, 'summary_index'),
  'response.reasoning_summary_text.done': (open, data) => open.said(data, 'summary_index', data.text),
  'response.function_call_arguments.delta': (open, data) => (open.text += data.delta),
  'response.function_call_arguments.done': (open, data) => assert.equal(data.arguments, open.text),
  'response.custom_tool_call_input.delta': (open, data) => (open.text += data.delta),
  'response.custom_tool_call_input.done': (open, data) => assert.equal(data.input, open.text),
  'response.web_search_call.in_progress': () => {},
  'response.web_search_call.searching': () => {},
  'response.web_search_call.completed': () => {},
  'response.image_generation_call.in_progress': () => {},
  'response.image_generation_call.generating': () => {},
  'response.image_generation_call.completed': () => {},
};

// Reads the items between in_progress and the terminal event. Items may overlap; each is added, then done.
function readItems(events) {
  const items = [];
  const done = [];
  for (const data of events) {
    const index = data.output_index;
    if (data.type === 'response.output_item.added') {
      assert.equal(index, items.length, 'items are numbered in order');
      items.push(new Open(data.item));
      continue;
    }
    const open = items[index] ?? assert.fail(`${data.type} for an item that was not added`);
    assert.equal(done[index], undefined, `${data.type} after its item`);
    if (data.type === 'response.output_item.done') {
      assert.equal(data.item.id, open.item.id, 'an item keeps its id');
      assert.equal(data.item.type, open.item.type);
      if (data.item.type === 'function_call') assert.equal(data.item.arguments, open.text, 'the arguments are the pieces');
      done[index] = data.item;
      continue;
    }
    if (data.item_id !== undefined) assert.equal(data.item_id, open.item.id, `${data.type} names its item`);
    (RULES[data.type] ?? assert.fail(`event ${data.type}`))(open, data);
  }
  return { items, done };
}

/** @param {string} text */
export function stream(text) {
  const { events } = sse(text);
  const all = events.map(({ event, data }, index) => {
    const value = json(data);
    assert.equal(event, value.type, 'the event is named after its type');
    assert.equal(value.sequence_number, index, 'sequence_number counts every event');
    return value;
  });
  const last = all.at(-1);
  // An upstream that speaks Responses may end with an error event, which passes as it is: the SDK throws on it.
  if (last?.type === 'error') {
    assert.equal(typeof last.message, 'string');
    const deltas = all.filter(({ type }) => type === 'response.output_text.delta').map(({ delta }) => delta);
    return { ...reading(), text: deltas.join(''), error: { code: last.code, message: last.message } };
  }
  assert.ok(TERMINAL.includes(last?.type), `the stream ends with ${last?.type}`);
  assert.equal(last.type, `response.${last.response.status}`);
  const out = readResponse(last.response);
  if (last.type === 'response.failed' && all.length === 1) return out;
  assert.equal(all[0].type, 'response.created');
  assert.equal(all[1].type, 'response.in_progress');
  for (const { response } of all.slice(0, 2)) assert.equal(response.id, last.response.id, 'one response, one id');
  const inside = all.slice(2, -1).filter((data) => data.type !== 'error' && data.type !== 'keepalive');
  const { items, done } = readItems(inside);
  if (out.error) {
    for (const item of done.filter(Boolean)) addItem(out, item, true);
    for (const open of items.filter((_, index) => !done[index])) out.text += open.parts.map((part) => part.text).join('');
    return out;
  }
  assert.equal(done.filter(Boolean).length, items.length, 'every item is done');
  assert.deepEqual(last.response.output, done, 'the response repeats its items');
  return out;
}
