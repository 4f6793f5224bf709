// Items that a Responses client names by their ids alone, as the Vercel AI SDK does unless `store` is false: what this
// gateway has answered it understands, in its own memory and in its store, and for the key that got the answer only.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import OpenAI from 'openai';
import { allWires, KEY, MODELS, start } from './harness.mjs';

const OTHER = 'isk-other';
const tools = [
  { type: 'function', name: 'get_weather', strict: false, parameters: { type: 'object', properties: { city: { type: 'string' } } } },
];
const user = (text) => ({ role: 'user', content: [{ type: 'input_text', text }] });
const reference = ({ id }) => ({ type: 'item_reference', id });
// The SDK spells calls out, without their ids.
const told = (item) =>
  item.type === 'function_call'
    ? { type: 'function_call', call_id: item.call_id, name: item.name, arguments: item.arguments }
    : reference(item);

for (const [memory, vars] of Object.entries({ 'its memory': {}, 'its store': { STORE_RESPONSES: '3600' } })) {
  /** @type {Awaited<ReturnType<typeof start>>} */
  let edge;
  before(async () => {
    edge = await start({ accounts: allWires, vars: { API_KEY: `${KEY},${OTHER}`, ...vars } });
  });
  after(() => edge?.stop());
  const client = (apiKey) => new OpenAI({ apiKey, baseURL: `${edge.url}/v1`, maxRetries: 0 });
  const create = (body, key = KEY) => client(key).responses.create(body);
  const sent = () => JSON.stringify(edge.upstream.requests.at(-1).body);

  // The upstream of `responses` keeps its answers itself, and would not know these.
  for (const [wire, model] of Object.entries(MODELS).filter(([name]) => name !== 'responses')) {
    test(`a tool loop and the turn after it, from ${memory}, on ${wire}`, async () => {
      const asked = user('call get_weather{"city":"Paris"}');
      const ask = { model, tools, reasoning: { effort: /** @type {const} */ ('low') } };
      const first = await create({ ...ask, input: [asked] });
      const call = first.output.find((item) => item.type === 'function_call');
      assert.ok(call, JSON.stringify(first.output));
      const result = { type: /** @type {const} */ ('function_call_output'), call_id: call.call_id, output: 'mild' };
      const loop = [asked, ...first.output.map(told), result];
      const second = await create({ ...ask, input: loop });
      assert.match(second.output_text, /^Tool said: .*mild/);
      const next = [...loop, ...second.output.map(told), user('thanks')];
      await client(KEY)
        .responses.stream({ ...ask, input: next })
        .finalResponse();
      assert.match(sent(), /Tool said: /);
      assert.match(sent(), /thanks/);
      await assert.rejects(create({ ...ask, input: next }, OTHER), { status: 400, code: 'item_not_found' });
    });
  }

  test(`a streamed answer is known from ${memory} too, and a call by its id`, async () => {
    const model = MODELS.gemini;
    const asked = user('call get_weather{"city":"Paris"}');
    const first = await client(KEY)
      .responses.stream({ model, tools, input: [asked] })
      .finalResponse();
    const call = first.output.find((item) => item.type === 'function_call');
    const result = { type: /** @type {const} */ ('function_call_output'), call_id: call.call_id, output: 'mild' };
    const second = await create({ model, tools, input: [asked, ...first.output.map(reference), result] });
    assert.match(second.output_text, /^Tool said: .*mild/);
  });

  test(`what is not in ${memory}: thoughts are left out, words are asked for`, async () => {
    const model = MODELS.gemini;
    await create({ model, input: [user('x'), { type: 'item_reference', id: 'rs_unknown' }] });
    const unkept = await create({ model, input: 'x', store: false });
    for (const item of [{ id: 'msg_unknown' }, unkept.output.at(-1)]) {
      await assert.rejects(create({ model, input: [user('x'), reference(item)] }), {
        status: 400,
        code: 'item_not_found',
        message: /store: false.*STORE_RESPONSES/,
      });
    }
  });
}

test('an upstream that keeps its answers gets the references as they are', async () => {
  const edge = await start({ accounts: allWires });
  try {
    const body = (input) => ({ model: MODELS.responses, input });
    const first = await edge.client.responses.create(body('x'));
    const input = [user('x'), ...first.output.map(reference), user('y')];
    await assert.rejects(edge.client.responses.create(body(input)), { status: 404 }); // the simulator forgets
    assert.deepEqual(edge.upstream.requests.at(-1).body.input, input);
  } finally {
    await edge.stop();
  }
});
