// What real clients send, reduced to their habits (tests/fixtures/clients), over every wire: each request is understood, the
// strict simulators accept what becomes of it, and the answer is one that the client's surface allows.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { at } from '../../scripts/lib.mjs';
import { send } from './ask.mjs';
import { grammar } from './grammar.mjs';
import { allWires, MODELS, start } from './harness.mjs';

/** @type {Awaited<ReturnType<typeof start>>} */
let edge;
before(async () => {
  edge = await start({ accounts: allWires });
});
after(() => edge?.stop());

const folder = at('tests', 'fixtures', 'clients');
const SURFACES = Object.keys(grammar);
const WIRES = Object.keys(MODELS);

// A fixture names a model of its own where a wire's newest refuses what that client sends.
function load(file, wire) {
  const text = readFileSync(`${folder}/${file}`, 'utf8');
  return JSON.parse(text.replaceAll('MODEL', JSON.parse(text).models?.[wire] ?? MODELS[wire]));
}

// The tools of each surface by the names under which a client knows them.
const toolsOf = ({ tools = [] }) =>
  tools.flatMap((tool) => tool.functionDeclarations ?? tool.tools ?? [tool.function ?? tool]).filter((tool) => tool.name);

async function answered(fixture, turn) {
  edge.upstream.reset();
  // More than once: an upstream that refuses another's signature is asked again without it.
  edge.upstream.scenario({ turn, times: 9 });
  const { status, text } = await send(edge.url, fixture.surface, fixture.path, fixture.body, fixture.headers);
  const shown = text.slice(0, 3000);
  assert.equal(status, 200, shown);
  const heard = grammar[fixture.surface][fixture.stream ? 'stream' : 'whole'](text, { countUsage: true });
  assert.equal(heard.error, null, shown);
  return heard;
}

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const { surface, habit, body } = load(file, 'gemini');
  if (!SURFACES.includes(surface)) continue;
  const [name] = file.split('.');
  for (const wire of WIRES) {
    test(`${name} over ${wire}: ${habit}`, async () => {
      const heard = await answered(load(file, wire), { thinking: 'So.', text: '{"title":"Done."}' });
      assert.equal(heard.text, '{"title":"Done."}');
      assert.equal(heard.finish, 'stop');
    });
    const tools = toolsOf(body).filter((tool) => tool.type !== 'custom' && !/^web_search/.test(tool.type ?? ''));
    if (!tools.length) continue;
    test(`${name} over ${wire}: its last tool is called by the name it gave`, async () => {
      const fixture = load(file, wire);
      const names = toolNames(await sentFor(fixture));
      const sent = names.find((known) => known.endsWith(tools.at(-1).name)) ?? assert.fail(`${tools.at(-1).name} among ${names}`);
      const heard = await answered(fixture, { thinking: 'So.', calls: [{ name: sent, args: {} }] });
      assert.equal(heard.calls[0].name, tools.at(-1).name);
      assert.equal(heard.finish, 'tools');
    });
  }
}

/** What the upstream gets for a fixture. */
async function sentFor(fixture) {
  await answered(fixture, { text: 'Yes.' });
  return edge.upstream.requests.filter((request) => request.method === 'POST').at(-1).body;
}
const toolNames = (body) => {
  const kiro = body.conversationState?.currentMessage.userInputMessage.userInputMessageContext?.tools;
  return kiro ? kiro.map((tool) => tool.toolSpecification.name) : toolsOf(body.request ?? body).map((tool) => tool.name);
};

test('a search as the choice is the choice of a wire that has it', async () => {
  const sent = await sentFor(load('claude-code-search.json', 'codex'));
  assert.deepEqual([sent.tools, sent.tool_choice], [[{ type: 'web_search' }], { type: 'web_search' }]);
  assert.ok(sent.include.includes('web_search_call.action.sources'));
});
