// The simulated Responses API must refuse what the real one refuses, or the edge tests prove nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startUpstreams } from './server.mjs';

let upstream;
before(async () => {
  upstream = await startUpstreams({});
});
after(() => upstream.close());

const KEY = 'sim-openai-key';
const ask = (body, { key = KEY, path = 'responses' } = {}) =>
  fetch(`${upstream.url}/openai/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: 'gpt-sim', ...body }),
  });
const events = async (response) =>
  (await response.text())
    .split('\n\n')
    .filter(Boolean)
    .map((frame) => {
      const [name, data] = frame.split('\n');
      const event = JSON.parse(data.slice(6));
      assert.equal(name, `event: ${event.type}`);
      return event;
    });

const USER = { role: 'user', content: 'hi' };
const CALL = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' };
const RESULT = { type: 'function_call_output', call_id: 'c', output: 'x' };
const F = { type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, strict: false };

const REFUSED = {
  'an unknown name': { input: 'hi', stop: 'x' },
  'no input': {},
  'an empty input': { input: [] },
  'an unknown item': { input: [{ type: 'surprise' }] },
  'a part of another API': { input: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }] },
  'input_text of an assistant': { input: [USER, { role: 'assistant', content: [{ type: 'input_text', text: 'x' }] }] },
  'a call without its output': { input: [USER, CALL] },
  'an output without its call': { input: [USER, RESULT] },
  'an output of another kind': { input: [USER, CALL, { ...RESULT, type: 'custom_tool_call_output' }] },
  'a long call id': { input: [USER, { ...CALL, call_id: 'c'.repeat(65) }, { ...RESULT, call_id: 'c'.repeat(65) }] },
  'an id with the wrong beginning': { input: [{ type: 'message', id: 'rs_1', ...USER }] },
  'too little output': { input: 'hi', max_output_tokens: 1 },
  'an unknown include': { input: 'hi', include: ['everything'] },
  'an unknown effort': { input: 'hi', reasoning: { effort: 'huge' } },
  'a tool of chat completions': { input: 'hi', tools: [{ type: 'function', function: { name: 'f' } }] },
  'a loose schema that is called strict': { input: 'hi', tools: [{ ...F, strict: true }] },
  'a long user': { input: 'hi', user: 'u'.repeat(65) },
  'a bad tool name': { input: 'hi', tools: [{ ...F, name: 'a.b' }] },
  'a tool twice': { input: 'hi', tools: [F, F] },
  'a choice without tools': { input: 'hi', tool_choice: 'required' },
  'a choice of what is not there': { input: 'hi', tools: [F], tool_choice: { type: 'function', name: 'g' } },
  'reasoning with a model that has none': { input: 'hi', model: 'gpt-4o', include: ['reasoning.encrypted_content'] },
  'a forged proof': { input: [USER, { type: 'reasoning', summary: [], encrypted_content: 'gAAAAAforged' }] },
  'reasoning without a summary': { input: [USER, { type: 'reasoning', encrypted_content: 'gAAAAA' }] },
  'an earlier response': { input: 'hi', previous_response_id: 'resp_1' },
};
for (const [what, body] of Object.entries(REFUSED)) {
  test(`refuses ${what}`, async () => {
    const response = await ask(body);
    assert.equal(response.status, 400, await response.clone().text());
    assert.ok((await response.json()).error.message);
  });
}

test('refuses a wrong key, and a reasoning item that was not kept', async () => {
  assert.equal((await ask({ input: 'hi' }, { key: 'nobody' })).status, 401);
  assert.equal((await ask({ input: [USER, { type: 'reasoning', id: 'rs_1', summary: [] }] })).status, 404);
});

test('streams the whole grammar, in order', async () => {
  const all = await events(await ask({ input: 'hi', stream: true }));
  assert.deepEqual(
    [...new Set(all.map((event) => event.type))],
    [
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ],
  );
  assert.deepEqual(
    all.map((event) => event.sequence_number),
    all.map((_, index) => index),
  );
});

test('takes its own reasoning back, and only with the key that it was made for', async () => {
  const include = ['reasoning.encrypted_content'];
  const asked = { input: 'call f{"a":1}', tools: [F], include, reasoning: { effort: 'low', summary: 'auto' } };
  const { output } = await (await ask(asked)).json();
  assert.deepEqual(
    output.map((item) => item.type),
    ['reasoning', 'function_call'],
  );
  const history = [
    { role: 'user', content: asked.input },
    ...output,
    { type: 'function_call_output', call_id: output[1].call_id, output: 'sunny' },
  ];
  const next = await (await ask({ ...asked, input: history })).json();
  assert.equal(next.output.at(-1).content[0].text, 'Tool said: sunny');
  assert.equal((await ask({ ...asked, input: history }, { key: `${KEY}-2` })).status, 400);
  assert.equal((await ask({ ...asked, model: 'other', input: history })).status, 400);
});

test('free-text and namespaced tools are called as they were declared', async () => {
  const tools = [
    { type: 'custom', name: 'apply_patch' },
    { type: 'namespace', name: 'agents', tools: [{ ...F, name: 'spawn' }] },
  ];
  const { output } = await (await ask({ input: 'call apply_patch{"input":"*** Begin"} call spawn{"a":1}', tools })).json();
  assert.deepEqual(
    output.filter((item) => /call$/.test(item.type)).map(({ type, name, namespace, input }) => ({ type, name, namespace, input })),
    [
      { type: 'custom_tool_call', name: 'apply_patch', namespace: undefined, input: '*** Begin' },
      { type: 'function_call', name: 'spawn', namespace: 'agents', input: undefined },
    ],
  );
});

test('fails as it is told to', async () => {
  upstream.scenario({ kind: 'usage_limit' });
  const limited = await ask({ input: 'hi' });
  assert.equal(limited.status, 429);
  assert.equal((await limited.json()).error.type, 'usage_limit_reached');
  upstream.scenario({ failed: 'context_length_exceeded' });
  assert.equal((await events(await ask({ input: 'hi', stream: true }))).at(-1).response.error.code, 'context_length_exceeded');
  upstream.scenario({ noFinish: true });
  assert.equal((await events(await ask({ input: 'hi', stream: true }))).at(-1).type, 'response.output_item.done');
});

test('compacts', async () => {
  const { object, output } = await (await ask({ input: [USER] }, { path: 'responses/compact' })).json();
  assert.equal(object, 'response.compaction');
  assert.equal((await ask({ input: [...output, USER] })).status, 200);
});
