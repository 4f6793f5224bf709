// The ledger and the meter in workerd, each asked as the core asks it: what is counted once, what outlives the process, what
// is told apart, and what a day's end does.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startObjects } from './objects.mjs';

/** @type {Awaited<ReturnType<typeof startObjects>>} */
let objects;
const here = process.env.ISTHMUS_HOST !== 'node';
before(async () => {
  if (here) objects = await startObjects();
});
after(() => objects?.stop());

const DAY = 86_400_000;
const day = (ago = 0) => new Date(Date.now() - ago * DAY).toISOString().slice(0, 10);
/** A line of ten counts, all of them `n`. */
const line = (on, n, { key = 'k', account = 'a', provider = 'p', model = 'm' } = {}) =>
  [on, key, account, provider, model, ...Array(10).fill(n)].join('\t');
const counts = (n) => Array(10).fill(n).join('\t');

test('the ledger', { skip: !here }, async (t) => {
  let name = '';
  let books = 0;
  const ledger = (verb, body) => objects.ask('LEDGER', name, verb, body);
  const add = async (sender, batch, ...lines) =>
    assert.deepEqual(await ledger('add', `${sender}\n${batch}\n${lines.map((l) => `${l}\n`).join('')}`), [200, '']);
  const read = async (from, to, by) => (await ledger('read', `${from}\n${to}\n${by}`))[1].split('\n').filter(Boolean);
  const totals = async () => (await ledger('totals', ''))[1].split('\n').filter(Boolean);
  t.beforeEach(() => (name = `book-${++books}`));

  await t.test('adds to its rows, and takes a batch once', async () => {
    await add('one', 1, line(day(), 1), line(day(), 2, { model: 'n' }));
    await add('one', 1, line(day(), 1), line(day(), 2, { model: 'n' }));
    await add('two', 1, line(day(), 10));
    await add('one', 2, line(day(), 100));
    await add('one', 1, line(day(), 1));
    assert.deepEqual(await read(day(), day(), 'day,key,account,provider,model'), [line(day(), 111), line(day(), 2, { model: 'n' })]);
    await objects.restart();
    await add('one', 2, line(day(), 100));
    assert.deepEqual(await read(day(), day(), 'model'), [`\t\t\t\tm\t${counts(111)}`, `\t\t\t\tn\t${counts(2)}`]);
  });

  await t.test('writes a data point for each row that it takes, once', async () => {
    await add('one', 1, line(day(), 1), line(day(), 2, { model: 'n' }));
    await add('one', 1, line(day(), 1), line(day(), 2, { model: 'n' }));
    const point = (model, n) => ({ indexes: ['k'], blobs: [day(), 'k', 'a', 'p', model], doubles: Array(10).fill(n) });
    assert.deepEqual(JSON.parse((await ledger('points', ''))[1]), [point('m', 1), point('n', 2)]);
    await add('two', 1, ...Array.from({ length: 300 }, (_, i) => line(day(), 1, { model: `m${i}` })));
    assert.equal(JSON.parse((await ledger('points', ''))[1]).length, 252, 'no more than a call may write');
  });

  await t.test('tells apart what it is asked to, within the days', async () => {
    await add('one', 1, line(day(2), 1), line(day(1), 2), line(day(), 4, { key: 'other' }), line(day(), 8));
    assert.deepEqual(await read(day(1), day(), ''), [`\t\t\t\t\t${counts(14)}`]);
    assert.deepEqual(await read(day(1), day(), 'key'), [`\tk\t\t\t\t${counts(10)}`, `\tother\t\t\t\t${counts(4)}`]);
    assert.deepEqual(await read(day(2), day(1), 'day'), [`${day(2)}\t\t\t\t\t${counts(1)}`, `${day(1)}\t\t\t\t\t${counts(2)}`]);
    assert.deepEqual(await read(day(9), day(8), 'day'), []);
    assert.deepEqual(await read(day(9), day(), 'day; DROP TABLE usage'), [`\t\t\t\t\t${counts(15)}`]);
  });

  await t.test('its totals hold every day once, those that came late and those that are kept no more', async () => {
    await add('one', 1, line(day(500), 1), line(day(3), 2), line(day(), 4));
    assert.deepEqual(await totals(), [`\tk\ta\tp\tm\t${counts(7)}`]);
    await add('one', 2, line(day(3), 10), line(day(), 20, { model: 'n' }));
    assert.deepEqual(await totals(), [`\tk\ta\tp\tm\t${counts(17)}`, `\tk\ta\tp\tn\t${counts(20)}`]);
    await objects.restart();
    await add('one', 3, line(day(1), 100));
    assert.deepEqual(await totals(), [`\tk\ta\tp\tm\t${counts(117)}`, `\tk\ta\tp\tn\t${counts(20)}`]);
  });

  await t.test('refuses what it does not know', async () => assert.deepEqual(await ledger('probe', ''), [404, '']));
});

test('the meter', { skip: !here }, async (t) => {
  let name = '';
  let keys = 0;
  t.beforeEach(() => (name = `key-${++keys}`));
  const meter = (verb, body = '') => objects.ask('METER', name, verb, body);
  const refused = async (body) => {
    const [status, text] = await meter('enter', body);
    assert.equal(status, 429);
    const [what, seconds] = text.split(' ');
    return { what, seconds: Number(seconds) };
  };

  await t.test('counts requests by the minute, also across a restart, and refused ones not', async () => {
    assert.deepEqual(await meter('enter', '2\n0'), [200, '']);
    await objects.restart();
    assert.deepEqual(await meter('enter', '2\n0'), [200, '']);
    const { what, seconds } = await refused('2\n0');
    assert.equal(what, 'requests');
    assert.ok(seconds > 0 && seconds <= 60, String(seconds));
    assert.deepEqual(await meter('enter', '3\n0'), [200, ''], 'a limit that was raised holds at once');
    await refused('3\n0');
  });

  await t.test('lets exactly as many in at once as it may', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => meter('enter', '7\n0')));
    assert.equal(all.filter(([status]) => status === 200).length, 7);
  });

  await t.test('counts tokens by the day', async () => {
    assert.deepEqual(await meter('enter', '0\n100'), [200, '']);
    await meter('spend', '60');
    assert.deepEqual(await meter('enter', '0\n100'), [200, '']);
    await meter('spend', '60');
    await objects.restart();
    const { what, seconds } = await refused('0\n100');
    assert.equal(what, 'tokens');
    assert.ok(Math.abs(seconds - (DAY - (Date.now() % DAY)) / 1000) < 30, String(seconds));
    assert.deepEqual(await meter('enter', '5\n121'), [200, '']);
    await meter('forget');
    assert.deepEqual(await meter('enter', '0\n100'), [200, '']);
  });
});
