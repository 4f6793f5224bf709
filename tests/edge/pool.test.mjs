// How accounts fare, known to every instance and across restarts: the real Durable Object in workerd.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anthropicAccount, geminiAccount, MODELS, openaiAccount, start } from './harness.mjs';

const HELLO = { model: 'gemini-2.5-flash', messages: [{ role: 'user', content: 'hello' }] };
const text = async (response) => (await response.json()).choices?.[0].message.content;
const durable = process.env.ISTHMUS_HOST !== 'node';

// Each a verdict that must not be forgotten: what an instance found out holds after it is gone.
for (const { kind, first, later, state } of [
  { kind: 'terms', first: 403, later: 503, state: 'quarantined' },
  { kind: 'quota', first: 429, later: 429, state: 'ready' },
]) {
  test(`${kind} outlives the gateway`, { skip: !durable }, async (t) => {
    const edge = await start({ accounts: (u) => [geminiAccount(u)] });
    t.after(() => edge.stop());
    edge.upstream.scenario({ kind });
    assert.equal((await edge.post(HELLO)).status, first);
    const before = (await edge.health()).accounts[0];
    assert.equal(before.state, state);
    const asked = edge.upstream.requests.length;
    await edge.restart();
    assert.equal((await edge.post(HELLO)).status, later);
    assert.equal(edge.upstream.requests.length, asked, 'the upstream is not asked again');
    const { accounts, bindings } = await edge.health();
    assert.equal(accounts[0].state, state);
    assert.equal(accounts[0].reason, before.reason);
    assert.deepEqual(Object.keys(accounts[0].cooling_models), Object.keys(before.cooling_models));
    assert.deepEqual([bindings.BOARD, bindings.ISTHMUS, bindings.VAULT], [true, true, true]);
    // A person says that it is settled, and that holds too.
    assert.equal((await (await edge.admin('POST', '/admin/accounts/g1/check')).json()).ok, true);
    await edge.restart();
    assert.equal(await text(await edge.post(HELLO)), 'You said: hello');
  });
}

test('an ordinary request leaves the account ready and tells when it served', async (t) => {
  const edge = await start({ accounts: (u) => [geminiAccount(u)] });
  t.after(() => edge.stop());
  assert.equal(await text(await edge.post(HELLO)), 'You said: hello');
  const [account] = (await edge.health()).accounts;
  assert.equal(account.next, 'Nothing.');
  assert.ok(account.served_ms >= account.used_ms && account.used_ms > 0);
  assert.equal(account.failed_ms, null);
});

test('settings of an account are changed, kept and obeyed', async (t) => {
  const edge = await start({ accounts: () => [] });
  t.after(() => edge.stop());
  for (const id of ['a', 'b']) {
    const added = await edge.admin(
      'POST',
      '/admin/accounts',
      geminiAccount(edge.upstream, id, id === 'a' ? 'sim-gemini-key' : 'sim-gemini-key-2'),
    );
    assert.equal(added.status, 201);
  }
  const set = await edge.admin('PATCH', '/admin/accounts/a', { priority: 5, max_concurrent: 1 });
  assert.equal(set.status, 200, await set.clone().text());
  assert.equal((await set.json()).priority, 5);
  for (let i = 0; i < 6; i++) await edge.post({ ...HELLO, messages: [{ role: 'user', content: `conversation ${i}` }] });
  const keys = new Set(edge.upstream.requests.filter((r) => r.method === 'POST').map((r) => r.headers['x-goog-api-key']));
  assert.deepEqual([...keys], ['sim-gemini-key-2']);
  const wrong = await edge.admin('PATCH', '/admin/accounts/a', { api_key: 'other' });
  assert.equal(wrong.status, 400);
  assert.match((await wrong.json()).error.message, /cannot be changed here/);
});

test('one at a time: the others wait for their turn and are served', async (t) => {
  const edge = await start({ accounts: (u) => [{ ...geminiAccount(u), max_concurrent: 1 }] });
  t.after(() => edge.stop());
  edge.upstream.scenario(...Array.from({ length: 4 }, () => ({ silenceMs: 150, where: 'head' })));
  const answers = await Promise.all(
    Array.from({ length: 4 }, (_, i) => edge.post({ ...HELLO, messages: [{ role: 'user', content: `number ${i}` }] })),
  );
  for (const [index, answer] of answers.entries()) assert.equal(await text(answer), `You said: number ${index}`);
  assert.equal(await edge.quiet(), 0);
});

test('an alias is a chain across providers, listed and stamped with what served', async (t) => {
  const edge = await start({
    accounts: (u) => [geminiAccount(u), openaiAccount(u)],
    vars: { MODEL_ALIASES: JSON.stringify({ fast: ['gemini/gemini-2.5-flash', 'openai/sim-model'] }) },
  });
  t.after(() => edge.stop());
  edge.upstream.scenario({ kind: 'quota' });
  const message = await edge.anthropic.messages.create({
    model: 'fast',
    max_tokens: 100,
    messages: [{ role: 'user', content: 'hello' }],
  });
  assert.equal(message.model, 'sim-model');
  const models = await edge.client.models.list();
  assert.ok(models.data.some((model) => model.id === 'fast' && model.owned_by === 'isthmus'));
});

test('a conversation that moves along a chain leaves its thinking state behind', async (t) => {
  const edge = await start({
    accounts: (u) => [geminiAccount(u), anthropicAccount(u)],
    vars: { MODEL_ALIASES: JSON.stringify({ deep: ['gemini/gemini-3-pro-preview', `anthropic/${MODELS.anthropic}`] }) },
  });
  t.after(() => edge.stop());
  const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
  const ask = (messages) =>
    edge.anthropic.messages.create({
      model: 'deep',
      max_tokens: 4000,
      thinking: { type: 'enabled', budget_tokens: 1024 },
      tools: [{ name: 'weather', input_schema: schema }],
      messages,
    });
  const question = { role: 'user', content: 'call weather{"city":"Köln"}' };
  const first = await ask([question]);
  assert.equal(first.model, 'gemini-3-pro-preview');
  const [{ signature }] = first.content.filter((block) => block.type === 'thinking');
  const [{ id }] = first.content.filter((block) => block.type === 'tool_use');
  assert.ok(signature);
  edge.upstream.scenario({ kind: 'quota' });
  const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'rain' }] };
  const second = await ask([question, { role: 'assistant', content: first.content }, result]);
  assert.equal(second.model, MODELS.anthropic);
  assert.match(JSON.stringify(second.content), /Tool said: .*rain/);
  const { body } = edge.upstream.requests.at(-1);
  assert.doesNotMatch(JSON.stringify(body), /"signature"|redacted_thinking/);
  assert.deepEqual(
    body.messages[1].content.map((block) => block.type).filter((type) => type !== 'text'),
    ['tool_use'],
  );
});
