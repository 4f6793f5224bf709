// What is known of an upstream is data that an admin changes without a deploy.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { start } from './harness.mjs';

let gateway;
before(async () => {
  gateway = await start();
});
after(() => gateway.stop());

const models = async () => (await gateway.client.models.list()).data.map((model) => model.id);

test('an override adds an alias and takes a model away, and goes again', async () => {
  const put = await gateway.admin('PUT', '/admin/descriptors/gemini', {
    models: [{ id: 'gemini-2.5-flash', aliases: ['my-favourite', 'préféré-✓'] }],
  });
  assert.equal(put.status, 204, await put.text());
  for (const model of ['my-favourite', 'préféré-✓']) {
    const answer = await gateway.client.chat.completions.create({ model, messages: [{ role: 'user', content: 'hi' }] });
    assert.ok(answer.choices[0].message.content);
  }
  const stored = await (await gateway.admin('GET', '/admin/descriptors')).json();
  assert.deepEqual(Object.keys(stored), ['gemini']);
  assert.equal((await gateway.admin('DELETE', '/admin/descriptors/gemini')).status, 204);
  assert.deepEqual(await (await gateway.admin('GET', '/admin/descriptors')).json(), {});
  assert.ok((await models()).includes('gemini-2.5-flash'));
});

test('a bad override is refused with a sentence and changes nothing', async () => {
  for (const [body, word] of [
    [{ values: { base_url: 'http://evil.example' } }, 'https'],
    [{ values: { no_such_value: 'x' } }, 'no_such_value'],
    [{ models: [{ upstream: 'x' }] }, 'id'],
  ]) {
    const refused = await gateway.admin('PUT', '/admin/descriptors/gemini', body);
    assert.equal(refused.status, 400);
    assert.match((await refused.json()).error.message, new RegExp(word));
  }
  assert.deepEqual(await (await gateway.admin('GET', '/admin/descriptors')).json(), {});
  assert.equal((await gateway.admin('PUT', '/admin/descriptors/nobody', {})).status, 404);
});
