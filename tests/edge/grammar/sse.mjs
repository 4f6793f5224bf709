// Server-sent events, read strictly: one `data:` line an event, comments only as blocks of their own, nothing left over.
import assert from 'node:assert/strict';

/** @typedef {{ event?: string, data: string }} Event */

/** @param {string} text @returns {{ events: Event[], comments: number, commentsFirst: boolean }} */
export function read(text) {
  const events = [];
  let comments = 0;
  let commentsFirst = false;
  const blocks = text.split('\n\n');
  assert.equal(blocks.pop(), '', 'the stream ends within an event');
  for (const block of blocks) {
    const lines = block.split('\n');
    if (lines.every((line) => line.startsWith(':'))) {
      comments++;
      commentsFirst ||= events.length === 0;
      continue;
    }
    events.push(eventOf(lines));
  }
  return { events, comments, commentsFirst };
}

function eventOf(lines) {
  const out = {};
  for (const line of lines) {
    const [, name, value] = line.match(/^(event|data): (.*)$/s) ?? assert.fail(`not a line of server-sent events: ${line.slice(0, 200)}`);
    assert.equal(out[name], undefined, `two ${name} lines in one event`);
    out[name] = value;
  }
  assert.notEqual(out.data, undefined, 'an event without data');
  return /** @type {Event} */ (out);
}

/** JSON of `text`, or a failure that shows it. */
export function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    return assert.fail(`not JSON: ${text.slice(0, 300)}`);
  }
}

/** Arguments of a finished call are an object; of one that was cut short, a beginning of it. */
export function argumentsOf(text, cutShort) {
  if (cutShort) return text;
  const value = json(text === '' ? '{}' : text);
  assert.equal(typeof value, 'object', 'arguments are an object');
  return value;
}

/** What every verifier gives back: the answer, in no surface's words. */
export const reading = () => ({
  text: '',
  thinking: '',
  /** @type {{ id: string | undefined, name: string, args: any, signature?: string }[]} */ calls: [],
  /** @type {string[]} */ opaque: [],
  /** @type {'stop' | 'length' | 'tools' | 'filter' | 'refusal' | null} */ finish: null,
  /** @type {{ input: number, cached: number, output: number, thinking: number } | null} */ usage: null,
  /** @type {{ message: string, [key: string]: any } | null} */ error: null,
  model: /** @type {string | undefined} */ (undefined),
});

/** Ids are there, of the alphabet that every client accepts, and none twice. */
export function checkIds(calls) {
  for (const { id, name } of calls) {
    assert.match(String(id), /^[a-zA-Z0-9_.:-]{1,64}$/, `the id of ${name}`);
    assert.ok(name, 'a call has a name');
  }
  assert.equal(new Set(calls.map((call) => call.id)).size, calls.length, 'two calls with one id');
}

/** Counts are whole numbers, and no part is larger than its whole. */
export function checkUsage(usage) {
  for (const [name, value] of Object.entries(usage)) assert.ok(Number.isInteger(value) && value >= 0, `usage.${name} is ${value}`);
  assert.ok(usage.cached <= usage.input, 'more cached than read');
  assert.ok(usage.thinking <= usage.output, 'more thought than said');
  return usage;
}
