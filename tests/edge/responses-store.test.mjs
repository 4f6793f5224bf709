// Responses that are kept: previous_response_id, retrieval, deletion, and who may see them. And compaction.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import OpenAI from 'openai';
import { geminiAccount, KEY, openaiAccount, responsesAccount, start } from './harness.mjs';

let edge;
before(async () => {
  edge = await start({
    accounts: (u) => [geminiAccount(u), { ...openaiAccount(u), models: ['sim-model'] }, responsesAccount(u, { models: ['gpt-sim'] })],
    vars: { STORE_RESPONSES: '3600', API_KEY: `${KEY},isk-other` },
  });
});
after(() => edge.stop());
beforeEach(() => edge.upstream.reset());

const lastBody = () => edge.upstream.requests.at(-1).body;
const other = () => new OpenAI({ apiKey: 'isk-other', baseURL: `${edge.url}/v1`, maxRetries: 0 });

for (const [wire, model] of Object.entries({ gemini: 'gemini-2.5-flash', 'chat completions': 'sim-model', responses: 'gpt-sim' })) {
  test(`goes on from an earlier response, on ${wire}`, async () => {
    const first = await edge.client.responses.create({ model, input: 'one', instructions: 'Not carried over.' });
    const second = await edge.client.responses.create({ model, input: 'two', previous_response_id: first.id });
    assert.equal(second.output_text, 'You said: two');
    const sent = JSON.stringify(lastBody());
    for (const said of ['one', 'You said: one', 'two']) assert.ok(sent.includes(said), said);
    assert.ok(!sent.includes('Not carried over'));
    const third = await edge.client.responses.stream({ model, input: 'three', previous_response_id: second.id }).finalResponse();
    assert.equal(third.output_text, 'You said: three');
    assert.ok(JSON.stringify(lastBody()).includes('You said: one'));
  });
}

test('an answer names what it goes on from, and is found, listed and deleted', async () => {
  const { responses } = edge.client;
  const first = await responses.create({ model: 'gemini-2.5-flash', input: 'one' });
  assert.equal(first.store, true);
  const second = await responses.create({ model: 'gemini-2.5-flash', input: 'two', previous_response_id: first.id });
  assert.equal(second.previous_response_id, first.id);
  const found = await responses.retrieve(second.id);
  assert.equal(found.output_text ?? found.output[0].content[0].text, 'You said: two');
  const items = await responses.inputItems.list(second.id, { order: 'asc' });
  assert.deepEqual(
    items.data.map((item) => item.role),
    ['user', 'assistant', 'user'],
  );
  await assert.rejects(responses.cancel(second.id), { status: 400 });
  await responses.delete(second.id);
  await assert.rejects(responses.retrieve(second.id), { status: 404 });
  await assert.rejects(responses.create({ model: 'gemini-2.5-flash', input: 'x', previous_response_id: second.id }), {
    status: 400,
    code: 'previous_response_not_found',
  });
});

test('what is not to be stored is not, and nobody sees what another key stored', async () => {
  const kept = await edge.client.responses.create({ model: 'gemini-2.5-flash', input: 'secret' });
  await assert.rejects(other().responses.retrieve(kept.id), { status: 404 });
  await assert.rejects(other().responses.create({ model: 'gemini-2.5-flash', input: 'x', previous_response_id: kept.id }), { status: 400 });
  const unkept = await edge.client.responses.create({ model: 'gemini-2.5-flash', input: 'x', store: false });
  assert.equal(unkept.store, false);
  await assert.rejects(edge.client.responses.retrieve(unkept.id), { status: 404 });
  await assert.rejects(edge.client.responses.retrieve('../key'), { status: 404 });
});

test('a tool loop can be told by its id alone', async () => {
  const tools = [{ type: 'function', name: 'f', strict: false, parameters: { type: 'object', properties: {} } }];
  const model = 'gemini-3-pro-preview';
  const first = await edge.client.responses.create({ model, input: 'call f{"a":1}', tools });
  const call = first.output.find((item) => item.type === 'function_call');
  const next = await edge.client.responses.create({
    model,
    tools,
    previous_response_id: first.id,
    input: [{ type: 'function_call_output', call_id: call.call_id, output: 'mild' }],
  });
  assert.match(next.output_text, /^Tool said: .*mild/);
});

test('compacts a conversation into a summary that it understands later', async () => {
  edge.upstream.scenario({ turn: { text: 'They said "hello".' } });
  const compacted = await edge.client.responses.compact({ model: 'gemini-2.5-flash', input: [{ role: 'user', content: 'hello' }] });
  assert.equal(compacted.object, 'response.compaction');
  assert.match(JSON.stringify(lastBody().contents.at(-1)), /Write a summary of this conversation/);
  assert.ok(compacted.usage.total_tokens > 0);
  const [item] = compacted.output;
  assert.equal(item.type, 'compaction');
  await edge.client.responses.create({ model: 'gemini-2.5-flash', input: [item, { role: 'user', content: 'go on' }] });
  assert.match(lastBody().contents[0].parts[0].text, /^Summary of the conversation so far:\n\nThey said "hello"\.$/);
  await assert.rejects(edge.client.responses.compact({ model: 'gemini-2.5-flash' }), { status: 400 });
});
