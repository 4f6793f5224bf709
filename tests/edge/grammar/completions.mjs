// OpenAI's completions: what an answer must look like, and what it says.
import assert from 'node:assert/strict';
import { checkError, usageOf } from './chat.mjs';
import { json, reading, read as sse } from './sse.mjs';

const FINISH = { stop: 'stop', length: 'length', content_filter: 'filter' };
const PARTS = ['tokens', 'token_logprobs', 'top_logprobs', 'text_offset'];

function head(body) {
  assert.equal(body.object, 'text_completion');
  assert.match(body.id, /^cmpl-/);
  assert.ok(Number.isInteger(body.created));
  assert.equal(typeof body.model, 'string');
}

function addChoice(out, { index, text, logprobs, finish_reason, ...rest }) {
  assert.deepEqual(rest, {}, 'members that a choice does not have');
  assert.equal(index, 0);
  assert.equal(typeof text, 'string');
  assert.equal(out.finish, null, 'nothing follows the finish_reason');
  out.text += text;
  if (logprobs !== null) {
    assert.deepEqual(Object.keys(logprobs), PARTS);
    for (const part of PARTS) assert.equal(logprobs[part].length, logprobs.tokens.length, `as many ${part} as tokens`);
  }
  if (finish_reason === null) return;
  assert.ok(finish_reason in FINISH, `finish_reason ${finish_reason}`);
  out.finish = FINISH[finish_reason];
}

/** @param {string} text */
export function whole(text) {
  const body = json(text);
  if (body.error) return { ...reading(), error: checkError(body) };
  head(body);
  assert.equal(body.choices.length, 1);
  const out = reading();
  addChoice(out, body.choices[0]);
  assert.ok(out.finish, 'a finish_reason');
  return { ...out, usage: usageOf(body.usage), model: body.model };
}

/** @param {string} text @param {{ countUsage?: boolean }} asked */
export function stream(text, { countUsage = false } = {}) {
  const { events } = sse(text);
  for (const event of events) assert.equal(event.event, undefined, 'completions have no event names');
  assert.equal(events.at(-1)?.data, '[DONE]', 'the stream ends with [DONE]');
  const chunks = events.slice(0, -1).map((event) => json(event.data));
  const out = reading();
  if (chunks.at(-1)?.error) out.error = checkError(chunks.pop());
  for (const chunk of chunks) {
    head(chunk);
    assert.equal(chunk.id, chunks[0].id);
    if (chunk.choices.length === 0) {
      assert.ok(countUsage, 'a chunk without choices where no usage was asked');
      assert.equal(chunk, chunks.at(-1), 'usage comes last');
      out.usage = usageOf(chunk.usage);
      continue;
    }
    assert.equal(chunk.choices.length, 1);
    assert.equal(chunk.usage ?? null, null, 'usage is null on the chunks before the last');
    addChoice(out, chunk.choices[0]);
  }
  if (out.error) return out;
  assert.ok(out.finish, 'a finish_reason');
  assert.equal(Boolean(out.usage), countUsage, 'usage when it was asked for');
  return { ...out, model: chunks[0].model };
}
