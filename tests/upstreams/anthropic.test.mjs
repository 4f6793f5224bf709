// The simulated Messages API must refuse what the real one refuses, or the edge tests prove nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startUpstreams } from './server.mjs';

let upstream;
before(async () => {
  upstream = await startUpstreams({});
});
after(() => upstream.close());

const HEADERS = { 'content-type': 'application/json', 'x-api-key': 'sim-anthropic-key', 'anthropic-version': '2023-06-01' };
const ask = (body, headers = {}) =>
  fetch(`${upstream.url}/anthropic/v1/messages`, {
    method: 'POST',
    headers: { ...HEADERS, ...headers },
    body: JSON.stringify({ model: 'claude-haiku-4-5', max_tokens: 4000, messages: [USER], ...body }),
  });

const USER = { role: 'user', content: 'hi' };
const says = (...content) => ({ role: 'assistant', content });
const hears = (...content) => ({ role: 'user', content });
const use = (id = 't1') => ({ type: 'tool_use', id, name: 'f', input: {} });
const result = (id = 't1') => ({ type: 'tool_result', tool_use_id: id, content: 'ok' });
const text = (words, more = {}) => ({ type: 'text', text: words, ...more });
const marked = { cache_control: { type: 'ephemeral' } };
const THINK = { thinking: { type: 'enabled', budget_tokens: 1024 } };
const F = { name: 'f', input_schema: { type: 'object' } };
const NEW = { model: 'claude-opus-5-5' };

const REFUSED = {
  'an unknown field': [{ surprise: 1 }, /surprise: Extra inputs/],
  'an unknown field of a block': [{ messages: [hears(text('x', { x: 1 }))] }, /Extra inputs/],
  'a beta field without the beta': [{ context_management: {} }, /context_management: Extra inputs/],
  'an address as the user': [{ metadata: { user_id: 'me@example.com' } }, /email address/],
  'a long user': [{ metadata: { user_id: 'u'.repeat(257) } }, /at most 256/],
  'no limit': [{ max_tokens: undefined }, /max_tokens: Field required/],
  'a limit too high': [{ max_tokens: 64001 }, /maximum allowed number/],
  'an assistant first': [{ messages: [says(text('x')), USER] }, /first message must use/],
  'a system role': [{ messages: [USER, { role: 'system', content: 'x' }] }, /messages\.1\.role/],
  'a blank text': [{ messages: [hears(text(' \n'))] }, /non-whitespace/],
  'an empty message': [{ messages: [USER, says(), USER] }, /non-empty content/],
  'a call in a user message': [{ messages: [hears(use())] }, /can only be in `assistant`/],
  'a call without its result': [{ messages: [USER, says(use()), USER] }, /without `tool_result` blocks immediately after: t1/],
  'a call at the end': [{ messages: [USER, says(use())] }, /without `tool_result`/],
  'a result after other words': [{ messages: [USER, says(use()), hears(text('x'), result())] }, /without `tool_result`/],
  'a result without its call': [{ messages: [USER, hears(result('t9'))] }, /unexpected `tool_use_id`/],
  'an id twice': [{ messages: [USER, says(use()), hears(result()), says(use()), hears(result())] }, /must be unique/],
  'a bad id': [{ messages: [USER, says(use('a.b')), hears(result('a.b'))] }, /should match pattern/],
  'a foreign thought': [
    { messages: [USER, says({ type: 'thinking', thinking: 'x', signature: 'Zm9v' }, text('x')), USER] },
    /Invalid `signature`/,
  ],
  'a loop without a thought': [{ ...THINK, messages: [USER, says(use()), hears(result())] }, /Expected `thinking`/],
  'a budget over the limit': [{ ...THINK, max_tokens: 1024 }, /must be greater than/],
  'a small budget': [{ thinking: { type: 'enabled', budget_tokens: 1000 } }, /greater than or equal to 1024/],
  'a budget on a new model': [{ ...NEW, ...THINK }, /not supported for this model/],
  'no thinking on a new model': [{ ...NEW, thinking: { type: 'disabled' } }, /not supported for this model/],
  'adaptive thinking on an old model': [{ thinking: { type: 'adaptive' } }, /not supported for this model/],
  'an effort on an old model': [{ output_config: { effort: 'low' } }, /effort/],
  'temperature beside thinking': [{ ...THINK, temperature: 0.5 }, /temperature/],
  'temperature over 1': [{ temperature: 1.5 }, /temperature/],
  'temperature on a new model': [{ ...NEW, temperature: 1 }, /temperature/],
  'temperature and top_p': [{ temperature: 0.5, top_p: 0.5 }, /cannot both/],
  'a forced tool beside thinking': [{ ...THINK, tools: [F], tool_choice: { type: 'any' } }, /forces tool use/],
  'a choice without tools': [{ tool_choice: { type: 'auto' } }, /while providing tools/],
  'a tool twice': [{ tools: [F, F] }, /must be unique/],
  'a schema without a type': [{ tools: [{ name: 'f', input_schema: {} }] }, /input_schema\.type: Field required/],
  'a choice of schemas': [{ tools: [{ name: 'f', input_schema: { type: 'object', anyOf: [] } }] }, /anyOf at the top level/],
  'an open answer': [{ output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } }, /additionalProperties/],
  'a blank stop': [{ stop_sequences: ['\n'] }, /non-whitespace/],
  'an unfinished answer on a new model': [{ ...NEW, messages: [USER, says(text('x'))] }, /prefill/],
  'space at the end of an unfinished answer': [{ messages: [USER, says(text('x '))] }, /trailing whitespace/],
  'five marks': [{ system: [1, 2, 3, 4, 5].map(() => text('x', marked)) }, /maximum of 4/],
  'an image of another kind': [
    { messages: [hears({ type: 'image', source: { type: 'base64', media_type: 'image/bmp', data: 'AA==' } })] },
    /media_type/,
  ],
};
for (const [what, [body, words]] of Object.entries(REFUSED)) {
  test(`refuses ${what}`, async () => {
    const response = await ask(body);
    const answer = await response.json();
    assert.equal(response.status, 400, JSON.stringify(answer));
    assert.equal(answer.error.type, 'invalid_request_error');
    assert.match(answer.error.message, words);
  });
}

test('wants a key and a version that it knows', async () => {
  assert.equal((await ask({}, { 'x-api-key': 'wrong' })).status, 401);
  assert.equal((await ask({}, { 'x-api-key': '', authorization: 'Bearer sim-anthropic-key' })).status, 401);
  assert.equal((await ask({}, { 'anthropic-version': '2020-01-01' })).status, 400);
  assert.equal((await ask({ model: 'claude-nonesuch' })).status, 404);
  assert.equal((await ask({ temperature: 0.5 }, { 'anthropic-version': '2026-10-21' })).status, 400);
});

test('thinks, calls a tool and takes its own thought back', async () => {
  const asked = await (await ask({ ...THINK, tools: [F], messages: [hears(text('use a tool'))] })).json();
  assert.deepEqual(
    asked.content.map((block) => block.type),
    ['thinking', 'tool_use'],
  );
  const messages = [hears(text('use a tool')), says(...asked.content), hears(result(asked.content[1].id))];
  assert.equal((await ask({ ...THINK, tools: [F], messages })).status, 200);
  const other = await ask({ ...THINK, tools: [F], messages }, { 'x-api-key': 'sim-anthropic-key-2' });
  assert.match(await other.text(), /Invalid `signature` in `thinking` block/);
});

test('streams the documented grammar, or what a scenario wants', async () => {
  const names = async () => [...(await (await ask({ stream: true })).text()).matchAll(/^event: (.+)$/gm)].map((match) => match[1]);
  const all = await names();
  assert.deepEqual(all.slice(0, 3), ['message_start', 'ping', 'content_block_start']);
  assert.deepEqual(all.slice(-3), ['content_block_stop', 'message_delta', 'message_stop']);
  upstream.scenario({ errorEvent: 'middle' }, { noFinish: true }, { kind: 'overloaded' });
  assert.equal((await names()).at(-1), 'error');
  assert.equal((await names()).at(-1), 'content_block_stop');
  assert.equal((await ask({})).status, 529);
});
