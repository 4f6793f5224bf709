// npm run key, as a child process, against the real Wasm: a key's life, and what is said when something is wrong.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startLab } from './lab.mjs';

/** @type {Awaited<ReturnType<typeof startLab>>} */
let lab;
before(async () => (lab = await startLab()));
after(() => lab?.stop());

const SECRET = /isk-[\w-]{32}/;
async function key(...args) {
  const { status, said } = await lab.run('key.mjs', args);
  return { status, said, id: said.match(/\b[0-9a-f]{12}\b/)?.[0] ?? '', secret: said.match(SECRET)?.[0] ?? '' };
}
const works = async (secret) => (await fetch(`${lab.url}/v1/models`, { headers: { authorization: `Bearer ${secret}` } })).status === 200;

test('a key is made, listed, changed, rotated and removed', async () => {
  assert.match((await key('list')).said, /No client keys are stored/);
  const made = await key('add', 'laptop', '--models', 'gemini-3*,sim-model', '--rpm', '30', '--expires', '2099-01-31');
  assert.equal(made.status, 0, made.said);
  assert.match(made.said, /laptop: until 2099-01-31T00:00:00Z; models gemini-3\*, sim-model; 30 requests a minute\n/);
  assert.ok(await works(made.secret));

  const listed = await key('list');
  assert.match(listed.said, new RegExp(`^${made.id}  laptop .* today: 0 requests, 0 tokens`, 'm'));
  assert.doesNotMatch(listed.said, SECRET);

  const changed = await key('change', made.id, '--rpm', 'none', '--models', 'none', '--expires', 'none', '--name', 'desk');
  assert.match(changed.said, /desk: no limits\n/);

  const rotated = await key('rotate', made.id, '--tpd', '5000');
  assert.match(rotated.said, /desk: 5000 tokens a day/);
  assert.ok((await works(rotated.secret)) && !(await works(made.secret)));

  const graced = await key('rotate', rotated.id, '--grace', '60');
  assert.ok((await works(rotated.secret)) && (await works(graced.secret)));

  assert.match((await key('remove', graced.id)).said, /^Removed /);
  assert.ok(!(await works(graced.secret)));
});

test('what is wrong is said, and nothing is made', async () => {
  const before = (await key('list')).said;
  for (const [args, said] of [
    [['add', 'x', '--rpm', 'many'], /'requests_per_minute': expected a whole number/],
    [['add', 'x', '--providers', 'nobody'], /'providers\[0\]': expected one of: .*gemini/],
    [['add', 'x', '--expires', '2001-01-01'], /'expires': it lies in the past/],
    [['change', '0123456789ab', '--name', 'y'], /There is no client key '0123456789ab'/],
    [['remove', '0123456789ab'], /There is no client key/],
    [['change', '0123456789ab'], /npm run key/],
    [['frobnicate'], /npm run key/],
    [['add', 'x', '--colour', 'red'], /--colour/],
    [['add', 'two', 'names'], /npm run key/],
  ]) {
    const result = await key(...args);
    assert.notEqual(result.status, 0, args.join(' '));
    assert.match(result.said, said, args.join(' '));
  }
  assert.equal((await key('list')).said, before);
});
