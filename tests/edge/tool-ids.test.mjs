// Ids of calls that an upstream would refuse: each gets one that the wire takes, the same for a call and its result.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask } from './ask.mjs';
import { allWires, MODELS, start } from './harness.mjs';

let edge;
before(async () => (edge = await start({ accounts: allWires })));
after(() => edge.stop());

const TOOL = { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } };
const long = 'call_'.padEnd(90, 'x');
const IDS = ['functions.weather:0', 'a b', 'ü', `${long}1`, `${long}2`, 'a_b'];

const idsIn = (sent) => new Set([...sent.matchAll(/"(?:id|call_id|toolUseId)":"([^"]+)"/g)].map(([, id]) => id));

for (const [wire, model] of Object.entries(MODELS)) {
  for (const surface of ['chat', 'responses', 'anthropic', 'gemini']) {
    const sameLane = { chat: ['openai'], anthropic: ['anthropic', 'copilot'], responses: ['responses'], gemini: ['gemini'] };
    if (sameLane[surface].includes(wire)) continue; // passed on as it is
    test(`${surface} over ${wire}: long ids and ids with other letters stay pairs`, async () => {
      edge.upstream.reset();
      const calls = IDS.map((id, index) => ({ id, name: 'weather', args: { city: `city ${index}` } }));
      const { status, text } = await ask(edge.url, surface, {
        model,
        stream: false,
        tools: [TOOL],
        messages: [
          { user: 'weather?' },
          { said: { text: '', thinking: '', opaque: [], calls } },
          { results: IDS.map((id, index) => ({ id, name: 'weather', text: `rain ${index}` })) },
        ],
      });
      assert.equal(status, 200, text);
      const sent = JSON.stringify(edge.upstream.requests.at(-1).body);
      for (const [index] of IDS.entries()) assert.ok(sent.includes(`rain ${index}`), `result ${index} arrived`);
      assert.ok(!/no result was returned/.test(sent), 'every result found its call');
      if (wire !== 'gemini' && wire !== 'antigravity') assert.ok(idsIn(sent).size >= IDS.length, `as many ids as calls: ${sent}`);
    });

    test(`${surface} over ${wire}: ids that begin anew in each turn`, async () => {
      edge.upstream.reset();
      const turn = (...cities) => [
        { said: { text: '', thinking: '', opaque: [], calls: cities.map((city) => ({ id: 'call_0', name: 'weather', args: { city } })) } },
        { results: cities.map((city) => ({ id: 'call_0', name: 'weather', text: `rain in ${city}` })) },
      ];
      const messages = [{ user: 'weather?' }, ...turn('Rome'), ...turn('Oslo', 'Bern')];
      const { status, text } = await ask(edge.url, surface, { model, stream: false, tools: [TOOL], messages });
      assert.equal(status, 200, text);
      const sent = JSON.stringify(edge.upstream.requests.at(-1).body);
      const order = ['Rome', 'Oslo', 'Bern'].map((city) => sent.indexOf(`rain in ${city}`));
      assert.ok(!order.includes(-1) && order[1] < order[2], `each result in its place: ${sent}`);
      assert.ok(!/no result was returned/i.test(sent), 'every result found its call');
      if (wire !== 'gemini' && wire !== 'antigravity') assert.ok(idsIn(sent).size >= 3, sent);
    });
  }
}

test('calls without ids stay apart, and so do their results', async () => {
  edge.upstream.reset();
  const call = (city) => ({ id: '', type: 'function', function: { name: 'weather', arguments: JSON.stringify({ city }) } });
  const result = (city) => ({ role: 'tool', tool_call_id: '', content: `rain in ${city}` });
  const response = await edge.post({
    model: MODELS.anthropic,
    tools: [{ type: 'function', function: TOOL }],
    messages: [
      { role: 'user', content: 'weather?' },
      { role: 'assistant', tool_calls: ['Oslo', 'Bern'].map(call) },
      ...['Oslo', 'Bern'].map(result),
    ],
  });
  assert.equal(response.status, 200, await response.text());
  const [, { content: calls }, { content: results }] = edge.upstream.requests.at(-1).body.messages;
  assert.notEqual(calls[0].id, calls[1].id);
  assert.deepEqual(
    results.map((block) => [block.tool_use_id, block.content]),
    [
      [calls[0].id, 'rain in Oslo'],
      [calls[1].id, 'rain in Bern'],
    ],
  );
});
