// The scripted turns and the strict readers check each other: what a simulator streams is legal and says what the script
// says, and a stream with any event missing, or twice, is not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grammar } from '../edge/grammar.mjs';
import * as anthropic from './turn/anthropic.mjs';
import * as gemini from './turn/gemini.mjs';
import * as openai from './turn/openai.mjs';
import { USAGE } from './turn/parts.mjs';
import * as responses from './turn/responses.mjs';
import { directed } from './turn/turn.mjs';

const WIRES = { chat: openai, responses, anthropic, gemini };
const call = (name, args) => ({ name, args });
const TURNS = {
  text: { text: 'Some words, and a few more of them.' },
  thinking: { thinking: 'First I think.', text: 'Then I speak.' },
  calls: { thinking: 'Both.', calls: [call('one', { a: 'x' }), call('two', { b: [1, 2] })] },
  length: { text: 'Cut sho', finish: 'length' },
  filter: { text: 'I wi', finish: 'filter' },
};
const asked = { body: { stream_options: { include_usage: true } }, model: 'gemini-3-flash' };
const frame = ({ event, data }) => `${event ? `event: ${event}\n` : ''}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
const readStream = (surface, events) => grammar[surface].stream(events.map(frame).join(''), { countUsage: true });

function checkSays(said, turn, surface) {
  assert.equal(said.text, turn.text ?? '');
  assert.equal(said.thinking, turn.thinking ?? '');
  assert.deepEqual(
    said.calls.map(({ name, args }) => ({ name, args })),
    turn.calls ?? [],
  );
  const filter = surface === 'anthropic' ? 'refusal' : 'filter';
  assert.equal(said.finish, turn.finish === 'filter' ? filter : (turn.finish ?? (turn.calls ? 'tools' : 'stop')));
  assert.deepEqual({ ...said.usage, thinking: 0 }, { ...USAGE, thinking: 0 });
}

for (const [surface, wire] of Object.entries(WIRES)) {
  for (const [name, turn] of Object.entries(TURNS)) {
    test(`${surface}: ${name} streams and comes whole`, () => {
      checkSays(readStream(surface, wire.events(turn, asked)), turn, surface);
      checkSays(grammar[surface].whole(JSON.stringify(wire.whole(turn, asked))), turn, surface);
    });
    test(`${surface}: ${name} with an event missing or twice is not read as the same`, () => {
      const events = wire.events(turn, asked);
      for (const index of events.keys()) {
        const changes = { missing: events.toSpliced(index, 1), twice: events.toSpliced(index, 0, events[index]) };
        for (const [change, stream] of Object.entries(changes)) {
          // An empty piece says nothing, once or twice.
          if (events[index].data.delta?.partial_json === '') continue;
          assert.throws(() => checkSays(readStream(surface, stream), turn, surface), `event ${index} ${change}: ${frame(events[index])}`);
        }
      }
    });
  }
}

test('a search names its sources to who asks for them', () => {
  const turn = { search: { query: 'rain', url: 'https://found.example' }, text: 'It rains.' };
  const include = ['web_search_call.action.sources'];
  for (const [sources, body] of [
    [undefined, {}],
    [[{ type: 'url', url: turn.search.url }], { include }],
  ]) {
    const [search] = responses.whole(turn, { body, model: 'm', key: 'k' }).output;
    assert.deepEqual(search.action.sources, sources);
    checkSays(readStream('responses', responses.events(turn, { body, model: 'm', key: 'k' })), turn, 'responses');
  }
});

test('a prompt asks for words, or for tools that are declared', () => {
  const ask = (prompt, results = []) => directed({ prompt, tools: ['run'], results });
  assert.deepEqual(ask('please say "well done" now'), { text: 'well done' });
  assert.deepEqual(ask('call run{"line":"echo \\"}\\""} and call walk{}').calls, [call('run', { line: 'echo "}"' })]);
  assert.deepEqual(ask('call run{}', ['a', 'b']), { text: 'Tool said: a | b' });
  assert.equal(ask('hello'), undefined);
});
