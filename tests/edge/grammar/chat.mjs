// OpenAI's chat completions: what an answer must look like, and what it says.
import assert from 'node:assert/strict';
import { argumentsOf, checkIds, checkUsage, json, reading, read as sse } from './sse.mjs';

const FINISH = { stop: 'stop', length: 'length', tool_calls: 'tools', content_filter: 'filter' };

export function usageOf(usage) {
  const { prompt_tokens: input, completion_tokens: output, total_tokens: total } = usage;
  assert.equal(total, input + output, 'total_tokens is the sum');
  const cached = usage.prompt_tokens_details?.cached_tokens ?? 0;
  return checkUsage({ input, cached, output, thinking: usage.completion_tokens_details?.reasoning_tokens ?? 0 });
}

export function checkError({ error }) {
  assert.equal(typeof error.message, 'string');
  assert.equal(typeof error.type, 'string');
  for (const name of ['param', 'code']) assert.ok(error[name] === null || typeof error[name] === 'string', `error.${name}: ${error[name]}`);
  return error;
}

function finishOf(word) {
  assert.ok(word in FINISH, `finish_reason ${word}`);
  return FINISH[word];
}

/** @param {string} text */
export function whole(text) {
  const body = json(text);
  if (body.error) return { ...reading(), error: checkError(body) };
  assert.equal(body.object, 'chat.completion');
  assert.match(body.id, /^chatcmpl-/);
  assert.ok(Number.isInteger(body.created));
  assert.equal(body.choices.length, 1);
  const [{ index, message, finish_reason }] = body.choices;
  assert.equal(index, 0);
  assert.equal(message.role, 'assistant');
  assert.ok(message.content === null || typeof message.content === 'string');
  if (message.tool_calls) assert.ok(message.tool_calls.length > 0, 'tool_calls is left out where there are none');
  const finish = finishOf(finish_reason);
  const calls = (message.tool_calls ?? []).map((call) => {
    assert.equal(call.type, 'function');
    const args = argumentsOf(call.function.arguments, finish === 'length');
    return { id: call.id, name: call.function.name, args, signature: call.extra_content?.google?.thought_signature };
  });
  checkIds(calls);
  assert.equal(finish === 'tools', calls.length > 0 && finish !== 'length', 'tool_calls are the reason to stop when there are some');
  const text_ = (message.content ?? '') + (message.refusal ?? '');
  return {
    ...reading(),
    text: text_,
    thinking: message.reasoning_content ?? '',
    calls,
    finish,
    usage: usageOf(body.usage),
    model: body.model,
  };
}

function addCalls(out, pieces) {
  for (const piece of pieces) {
    const call = out.calls[piece.index];
    if (call) {
      assert.equal(piece.id, undefined, 'an id comes once');
      assert.equal(piece.function.name, undefined, 'a name comes once');
      call.args += piece.function.arguments;
      continue;
    }
    assert.equal(piece.index, out.calls.length, 'calls are numbered in order');
    assert.equal(piece.type, 'function');
    assert.equal(typeof piece.function.arguments, 'string');
    const signature = piece.extra_content?.google?.thought_signature;
    out.calls.push({ id: piece.id, name: piece.function.name, args: piece.function.arguments, signature });
  }
}

function addChoice(out, { index, delta, finish_reason }) {
  assert.equal(index, 0);
  assert.equal(out.finish, null, 'nothing follows the finish_reason');
  assert.equal(typeof delta, 'object');
  out.text += (delta.content ?? '') + (delta.refusal ?? '');
  out.thinking += delta.reasoning_content ?? '';
  addCalls(out, delta.tool_calls ?? []);
  if (finish_reason !== null) out.finish = finishOf(finish_reason);
}

/** @param {string} text @param {{ countUsage?: boolean }} asked */
export function stream(text, { countUsage = false } = {}) {
  const { events } = sse(text);
  for (const event of events) assert.equal(event.event, undefined, 'chat completions have no event names');
  const out = reading();
  const last = events.at(-1)?.data;
  const chunks = events.slice(0, last === '[DONE]' ? -1 : undefined).map((event) => json(event.data));
  const broken = chunks.find((chunk) => chunk.error);
  if (broken) {
    assert.equal(broken, chunks.at(-1), 'an error ends the stream');
    out.error = checkError(chunks.pop());
  } else {
    assert.equal(last, '[DONE]', 'the stream ends with [DONE]');
    assert.ok(chunks.length, 'a stream has chunks');
  }
  const [first] = chunks;
  const named = chunks.filter((chunk) => chunk.choices[0]?.delta.role);
  if (first) assert.deepEqual(named, [first], 'the first chunk names the role, and no other');
  for (const chunk of chunks) {
    assert.equal(chunk.object, 'chat.completion.chunk');
    for (const name of ['id', 'created', 'model']) assert.equal(chunk[name], first[name], `the same ${name} on every chunk`);
    if (chunk.choices.length === 0) {
      assert.ok(countUsage, 'a chunk without choices where no usage was asked');
      assert.equal(chunk, chunks.at(-1), 'usage comes last');
      out.usage = usageOf(chunk.usage);
      continue;
    }
    assert.equal(chunk.choices.length, 1);
    assert.ok(chunk.usage == null, 'usage is null on the chunks before the last');
    addChoice(out, chunk.choices[0]);
  }
  checkIds(out.calls);
  if (out.error) return out;
  assert.ok(out.finish, 'a finish_reason');
  assert.equal(Boolean(out.usage), countUsage, 'usage when it was asked for');
  out.calls = out.calls.map((call) => ({ ...call, args: argumentsOf(call.args, out.finish === 'length') }));
  if (out.calls.length && out.finish !== 'length') assert.equal(out.finish, 'tools');
  return { ...out, model: first.model };
}
