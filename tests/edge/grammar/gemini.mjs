// Gemini's generateContent: what an answer must look like, and what it says. A stream is SSE or one JSON array.
import assert from 'node:assert/strict';
import { checkUsage, json, reading, read as sse } from './sse.mjs';

const FINISH = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'filter',
  RECITATION: 'filter',
  BLOCKLIST: 'filter',
  PROHIBITED_CONTENT: 'filter',
  SPII: 'filter',
};

function usageOf(usage) {
  const { promptTokenCount: input = 0, cachedContentTokenCount: cached = 0, thoughtsTokenCount: thinking = 0 } = usage;
  const output = (usage.candidatesTokenCount ?? 0) + thinking;
  assert.equal(usage.totalTokenCount, input + output, 'totalTokenCount is the sum');
  return checkUsage({ input, cached, output, thinking });
}

export function checkError({ error }) {
  assert.ok(error.code >= 400 && error.code < 600, `error.code ${error.code}`);
  assert.match(error.status, /^[A-Z_]+$/);
  assert.equal(typeof error.message, 'string');
  return error;
}

function addPart(out, part) {
  if (part.thoughtSignature !== undefined) {
    assert.match(part.thoughtSignature, /^[A-Za-z0-9+/_=-]+$/, 'a signature is base64');
    out.opaque.push(part.thoughtSignature);
  }
  if (part.functionCall) {
    const { id, name, args } = part.functionCall;
    assert.ok(name, 'a call has a name');
    assert.equal(typeof (args ?? {}), 'object', 'args come whole');
    out.calls.push({ id, name, args: args ?? {}, signature: part.thoughtSignature });
  } else if (part.inlineData) out.media = [...(out.media ?? []), part.inlineData];
  else if (part.thought) out.thinking += part.text;
  else {
    assert.equal(typeof part.text, 'string', `a part that is none: ${JSON.stringify(part).slice(0, 200)}`);
    out.text += part.text;
  }
}

function addChunk(out, chunk) {
  assert.equal(out.finish, null, 'nothing follows the finishReason');
  out.model = chunk.modelVersion ?? out.model;
  if (chunk.usageMetadata) out.usage = usageOf(chunk.usageMetadata);
  if (chunk.promptFeedback?.blockReason) out.finish = 'filter';
  assert.ok((chunk.candidates ?? []).length <= 1);
  const [candidate] = chunk.candidates ?? [];
  if (!candidate) return;
  assert.ok((candidate.index ?? 0) === 0);
  if (candidate.content) assert.equal(candidate.content.role, 'model');
  for (const part of candidate.content?.parts ?? []) addPart(out, part);
  if (!candidate.finishReason) return;
  assert.ok(candidate.finishReason in FINISH, `finishReason ${candidate.finishReason}`);
  out.finish = FINISH[candidate.finishReason];
}

function readChunks(chunks, { mayLackUsage = false } = {}) {
  const out = reading();
  if (chunks.at(-1)?.error) out.error = checkError(chunks.pop());
  for (const chunk of chunks) {
    assert.equal(chunk.error, undefined, 'an error ends the stream');
    addChunk(out, chunk);
  }
  const ids = out.calls.map((call) => call.id).filter(Boolean);
  assert.equal(new Set(ids).size, ids.length, 'two calls with one id');
  if (out.error) return out;
  assert.ok(out.finish, 'a finishReason');
  assert.ok(out.usage || mayLackUsage, 'usageMetadata');
  // A call ends with STOP here; what it means is the same as elsewhere.
  return { ...out, finish: out.finish === 'stop' && out.calls.length ? 'tools' : out.finish };
}

/** @param {string} text */
export const whole = (text) => readChunks([json(text)]);
/** @param {string} text */
export const array = (text) => {
  const chunks = json(text);
  assert.ok(Array.isArray(chunks), 'a stream without alt=sse is an array');
  return readChunks(chunks);
};
/** @param {string} text @param {{ mayLackUsage?: boolean }} asked the upstream may have counted nothing */
export function stream(text, asked = {}) {
  const { events, commentsFirst } = sse(text);
  assert.equal(commentsFirst, false, "comments before the first data break Google's SDK");
  for (const event of events) assert.equal(event.event, undefined, 'this surface has no event names');
  return readChunks(
    events.map((event) => json(event.data)),
    asked,
  );
}
