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
      if (wire !== 'gemini' && wire !== 'antigravity') {
        const ids = new Set([...sent.matchAll(/"(?:id|call_id|toolUseId)":"([^"]+)"/g)].map(([, id]) => id));
        assert.ok(ids.size >= IDS.length, `as many ids as calls: ${[...ids]}`);
      }
    });
  }
}
