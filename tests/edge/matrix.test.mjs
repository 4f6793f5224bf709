// Every surface over every wire: what the client reads is what the model said, in a grammar that a strict reader accepts.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { USAGE } from '../upstreams/turn/parts.mjs';
import { allWires, MODELS, start } from './harness.mjs';
import { bare, HELLO, hear, PIXEL, SURFACES, tool } from './talk.mjs';

/** @type {Awaited<ReturnType<typeof start>>} */
let edge;
before(async () => {
  edge = await start({ accounts: allWires });
});
after(() => edge?.stop());
beforeEach(() => edge.upstream.reset());

const WIRES = Object.keys(MODELS);
const MODES = {
  stream: { stream: true },
  whole: { stream: false },
  array: { stream: true, array: true },
};

const TEXT = { text: 'Good day; it is 12° outside.' };
const CALL = { calls: [{ name: 'weather', args: { city: 'Köln' } }] };
const BOTH = { calls: [...CALL.calls, { name: 'clock', args: { city: 'Rio' } }] };

/** One pair in one mode. */
class Cell {
  constructor(surface, wire, mode) {
    Object.assign(this, { surface, wire, mode });
  }
  /** Asks while the upstream follows `turn`, and reads the answer. */
  hear(turn, asked) {
    return hear(edge, this.surface, turn, { model: MODELS[this.wire], ...MODES[this.mode], ...asked });
  }
  /** The last body that the upstream got, as text. */
  sent() {
    return edge.upstream.requests.filter((request) => request.method === 'POST').at(-1).text;
  }
}

function succeeded(heard, turn) {
  assert.equal(heard.status, 200, JSON.stringify(heard.error));
  assert.equal(heard.error, null);
  assert.equal(heard.text, turn.text ?? '');
  assert.deepEqual(bare(heard.calls), turn.calls ?? []);
  assert.equal(heard.usage.input, USAGE.input);
  assert.equal(heard.usage.output, USAGE.output);
  assert.equal(heard.usage.cached, USAGE.cached);
  return heard;
}

async function roundTrip(cell, turn, asked) {
  const opening = { messages: [{ user: 'What is it like there?' }], ...asked };
  const heard = succeeded(await cell.hear(turn, opening), turn);
  assert.equal(heard.finish, 'tools');
  const results = heard.calls.map(({ id, name }, index) => ({ id, name, text: `result-${index}` }));
  const messages = [...opening.messages, { said: heard }, { results }];
  const then = succeeded(await cell.hear(TEXT, { ...opening, messages }), TEXT);
  assert.equal(then.finish, 'stop');
  for (const { text } of results) assert.ok(cell.sent().includes(text), `${text} reaches the upstream`);
  for (const { args } of heard.calls) assert.ok(cell.sent().includes(args.city), 'so do the arguments');
}

const failed = (heard) => assert.ok(heard.error?.message, `an error in the surface's own shape: ${JSON.stringify(heard)}`);

const CASES = {
  async text(cell) {
    const heard = succeeded(await cell.hear(TEXT, { messages: HELLO }), TEXT);
    assert.equal(heard.finish, 'stop');
    // Where bytes are passed on, the upstream says the name, without the provider in front.
    const name = (model) => model.split('/').at(-1);
    if (heard.model !== undefined) assert.equal(name(heard.model), name(MODELS[cell.wire]));
  },
  'tools round trip': (cell) => roundTrip(cell, CALL, { tools: [tool('weather')] }),
  'parallel tools': (cell) => roundTrip(cell, BOTH, { tools: [tool('weather'), tool('clock')] }),
  'thinking and tools': (cell) => roundTrip(cell, { ...CALL, thinking: 'I must look.' }, { tools: [tool('weather')], thinking: true }),
  async thinking(cell) {
    const turn = { ...TEXT, thinking: 'A greeting, so I greet.' };
    const heard = succeeded(await cell.hear(turn, { messages: HELLO, thinking: true }), turn);
    assert.equal(heard.thinking, turn.thinking);
    const messages = [...HELLO, { said: heard }, { user: 'And now?' }];
    succeeded(await cell.hear(TEXT, { messages, thinking: true }), TEXT);
  },
  async 'structured output'(cell) {
    const turn = { text: '{"capital":"Lima"}' };
    const schema = { type: 'object', properties: { capital: { type: 'string' } }, required: ['capital'], additionalProperties: false };
    succeeded(await cell.hear(turn, { messages: HELLO, schema }), turn);
    assert.match(cell.sent(), /\\?"capital\\?"/, 'the schema reaches the upstream');
  },
  async image(cell) {
    succeeded(await cell.hear(TEXT, { messages: [{ user: 'What is this?', image: PIXEL }] }), TEXT);
    assert.ok(cell.sent().includes(PIXEL), 'the image reaches the upstream');
  },
  async 'error before the first byte'(cell) {
    const heard = await cell.hear({ fault: 'refuse' }, { messages: HELLO });
    failed(heard);
    assert.equal(heard.status, 400);
  },
  async 'error in the stream'(cell) {
    const heard = await cell.hear({ ...TEXT, fault: 'error' }, { messages: HELLO });
    failed(heard);
    if (heard.status === 200) assert.ok(TEXT.text.startsWith(heard.text) && heard.text, 'what came before it is delivered');
  },
  async 'cut off'(cell) {
    failed(await cell.hear({ ...TEXT, fault: 'cut' }, { messages: HELLO }));
  },
  async 'empty answer'(cell) {
    const heard = await cell.hear({}, { messages: HELLO });
    if (heard.error) return failed(heard);
    // Where an answer with nothing in it is known for a fault, it is asked for again.
    if (cell.wire.startsWith('antigravity')) return assert.match(heard.text, /^You said/);
    assert.deepEqual([heard.text, heard.finish], ['', 'stop']);
  },
  async length(cell) {
    const turn = { text: 'And then it', finish: 'length' };
    assert.equal(succeeded(await cell.hear(turn, { messages: HELLO }), turn).finish, 'length');
  },
  async 'content filter'(cell) {
    const turn = { text: 'I wi', finish: 'filter' };
    const heard = succeeded(await cell.hear(turn, { messages: HELLO }), turn);
    assert.match(String(heard.finish), /^(filter|refusal)$/);
  },
};

for (const surface of SURFACES) {
  for (const wire of WIRES) {
    for (const mode of Object.keys(MODES).filter((name) => name !== 'array' || surface === 'gemini')) {
      for (const [name, run] of Object.entries(CASES)) {
        test(`${surface} over ${wire}, ${mode}: ${name}`, () => run(new Cell(surface, wire, mode)));
      }
    }
  }
}
