// Usage and client keys in workerd, with the real ledger and meters: counted once and wholly, whatever becomes of a request;
// limits that hold; keys that are made, rotated and revoked.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ADMIN, anthropicAccount, geminiAccount, KEY, openaiAccount, start } from './harness.mjs';

const FLUSH_MS = 300;
const here = process.env.ISTHMUS_HOST !== 'node';
let edge;
before(async () => {
  edge = await start({
    accounts: (u) => [
      geminiAccount(u),
      { ...openaiAccount(u), models: ['sim-model'] },
      anthropicAccount(u, { models: ['claude-sonnet-5-5'] }),
    ],
    vars: { USAGE_FLUSH_MS: String(FLUSH_MS) },
  });
});
after(() => edge.stop());
beforeEach(() => edge.upstream.reset());

const today = () => new Date().toISOString().slice(0, 10);
const HELLO = { model: 'gemini-2.5-flash', messages: [{ role: 'user', content: 'hi there, how are you today?' }] };
const usage = async (query = '') => (await edge.admin('GET', `/admin/usage${query}`)).json();
async function newKey(settings) {
  const made = await (await edge.admin('POST', '/admin/keys', settings)).json();
  assert.ok(made.key, JSON.stringify(made));
  return made;
}
const as = (key, body = HELLO) => edge.post(body, { authorization: `Bearer ${key}` });
async function rowsOf(key) {
  const { data } = await usage('?by=key,model');
  return data.filter((row) => row.key === key.id);
}
async function drained(response) {
  await response.text();
  return response.status;
}

test('what an answer says of its tokens is what is counted, streamed or whole, in every lane', async () => {
  const key = await newKey({ name: 'counted' });
  const sums = { input: 0, output: 0 };
  for (const model of ['gemini-2.5-flash', 'sim-model', 'claude-sonnet-5-5']) {
    for (let i = 0; i < 2; i++) {
      const { usage: told } = await (await as(key.key, { ...HELLO, model })).json();
      assert.ok(told.prompt_tokens > 0, model);
      sums.input += told.prompt_tokens;
      sums.output += told.completion_tokens;
    }
    const stream = await (await as(key.key, { ...HELLO, model, stream: true, stream_options: { include_usage: true } })).text();
    const { usage: told } = JSON.parse([...stream.matchAll(/^data: (\{.*"usage":\{.*)$/gm)].at(-1)[1]);
    sums.input += told.prompt_tokens;
    sums.output += told.completion_tokens;
  }
  // Within one protocol the bytes pass as they are, and are counted all the same.
  const message = await edge.anthropic
    .withOptions({ apiKey: key.key })
    .messages.stream({ model: 'claude-sonnet-5-5', max_tokens: 50, messages: HELLO.messages })
    .finalMessage();
  sums.input +=
    message.usage.input_tokens + (message.usage.cache_read_input_tokens ?? 0) + (message.usage.cache_creation_input_tokens ?? 0);
  sums.output += message.usage.output_tokens;
  const rows = await rowsOf(key);
  assert.deepEqual(rows.map((row) => [row.model, row.requests, row.failures, row.cancelled]).sort(), [
    ['claude-sonnet-5-5', 4, 0, 0],
    ['gemini-2.5-flash', 3, 0, 0],
    ['sim-model', 3, 0, 0],
  ]);
  assert.equal(
    rows.reduce((sum, row) => sum + row.input_tokens, 0),
    sums.input,
  );
  assert.equal(
    rows.reduce((sum, row) => sum + row.output_tokens, 0),
    sums.output,
  );
  for (const row of rows) assert.ok(row.first_byte_ms <= row.latency_ms, JSON.stringify(row));
});

test('failures, broken streams and clients that leave', async () => {
  const key = await newKey({ name: 'unlucky' });
  edge.upstream.scenario({ cutAfter: 2, delayMs: 50 });
  await drained(await as(key.key, { ...HELLO, stream: true }));
  edge.upstream.scenario({ delayMs: 300 });
  const leaving = new AbortController();
  const response = await fetch(`${edge.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...HELLO, stream: true }),
    signal: leaving.signal,
  });
  await response.body.getReader().read();
  leaving.abort();
  await sleep(1000);
  assert.equal(await edge.quiet(), 0);
  edge.upstream.reset();
  edge.upstream.scenario({ malformed: true, times: 9 });
  assert.ok((await drained(await as(key.key))) >= 400);
  assert.ok((await drained(await as(key.key, { ...HELLO, model: 'no-such-model' }))) >= 400);
  const rows = await rowsOf(key);
  const sum = (count) => rows.reduce((total, row) => total + row[count], 0);
  assert.deepEqual([sum('requests'), sum('failures'), sum('cancelled')], [4, 3, 1], JSON.stringify(rows));
  assert.deepEqual(rows.find((row) => row.model === '')?.requests, 1);
});

test('usage reaches the ledger by itself, in few batches, and is there after a restart of the instance', { skip: !here }, async () => {
  const key = await newKey({ name: 'many' });
  const statuses = await Promise.all(Array.from({ length: 40 }, () => as(key.key).then(drained)));
  assert.deepEqual(new Set(statuses), new Set([200]));
  await sleep(3 * FLUSH_MS);
  const report = await usage(`?by=day,key&from=${today()}`);
  assert.equal(report.source, 'ledger');
  assert.equal(report.data.find((row) => row.key === key.id).requests, 40);
  assert.ok(report.total.requests >= 40);
});

test('as a table, and for Prometheus', async () => {
  await drained(await edge.post(HELLO));
  const table = await edge.admin('GET', '/admin/usage?by=key,provider&format=csv');
  assert.match(table.headers.get('content-type'), /^text\/csv/);
  const [head, ...lines] = (await table.text()).trim().split('\n');
  assert.equal(
    head,
    'key,provider,requests,failures,cancelled,input_tokens,cached_tokens,output_tokens,reasoning_tokens,latency_ms,first_byte_ms',
  );
  assert.ok(
    lines.some((line) => line.startsWith('env-1,gemini,')),
    lines.join('\n'),
  );
  const refused = await fetch(`${edge.url}/metrics`, { headers: { authorization: `Bearer ${KEY}` } });
  assert.equal(refused.status, 401);
  const scraped = await fetch(`${edge.url}/metrics`, { headers: { authorization: `Bearer ${ADMIN}` } });
  const text = await scraped.text();
  assert.match(scraped.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
  for (const line of text.trim().split('\n'))
    assert.match(line, /^(# (HELP|TYPE) isthmus_\w+ .+|isthmus_\w+(\{\w+="([^"\\]|\\.)*"(,\w+="([^"\\]|\\.)*")*\})? \d+(\.\d+)?)$/);
  assert.match(text, /^isthmus_requests_total\{key="env-1",account="g1",provider="gemini",model="gemini-2\.5-flash"\} [1-9]\d*$/m);
  assert.match(text, /^isthmus_accounts\{provider="gemini",state="ready"\} 1$/m);
  assert.ok(!text.includes(KEY) && !text.includes(ADMIN));
});

test('requests a minute', async () => {
  const key = await newKey({ name: 'slow', requests_per_minute: 3 });
  const all = await Promise.all(Array.from({ length: 8 }, () => as(key.key)));
  assert.deepEqual(all.map((response) => response.status).sort(), [200, 200, 200, 429, 429, 429, 429, 429]);
  const over = all.find((response) => response.status === 429);
  const wait = Number(over.headers.get('retry-after'));
  assert.ok(wait > 0 && wait <= 60, String(wait));
  assert.match((await over.json()).error.message, /3 requests a minute/);
  const { bindings } = await edge.health();
  if (here) assert.deepEqual([bindings.METER, bindings.LEDGER], [true, true]);
});

test('tokens a day', async () => {
  const key = await newKey({ name: 'thrifty', tokens_per_day: 1 });
  assert.equal(await drained(await as(key.key)), 200);
  await sleep(300);
  const over = await as(key.key, { ...HELLO, stream: true });
  assert.equal(over.status, 429);
  assert.equal(over.headers.get('x-should-retry'), Number(over.headers.get('retry-after')) > 60 ? 'false' : null);
  const { data } = await (await edge.admin('GET', '/admin/keys')).json();
  const listed = data.find(({ id }) => id === key.id);
  assert.equal(listed.today.requests, 1);
  assert.ok(listed.today.tokens > 1);
});

test('a key is changed, rotated and revoked', async () => {
  const key = await newKey({ name: 'turns', providers: ['gemini'] });
  const refused = await as(key.key, { ...HELLO, model: 'sim-model' });
  assert.equal(refused.status, 403);
  assert.equal((await refused.json()).error.code, 'model_not_allowed');
  const names = async (secret) =>
    (await (await fetch(`${edge.url}/v1/models`, { headers: { 'x-api-key': secret } })).json()).data.map(({ id }) => id);
  assert.ok(!(await names(key.key)).includes('sim-model') && (await names(KEY)).includes('sim-model'));
  assert.equal((await edge.admin('PATCH', `/admin/keys/${key.id}`, { providers: null })).status, 200);
  assert.equal(await drained(await as(key.key, { ...HELLO, model: 'sim-model' })), 200);
  const rotated = await (await edge.admin('POST', `/admin/keys/${key.id}/rotate`, { name: 'turned' })).json();
  assert.equal(rotated.rotated_from, key.id);
  assert.equal(await drained(await as(key.key)), 401);
  assert.equal(await drained(await as(rotated.key)), 200);
  assert.equal((await edge.admin('DELETE', `/admin/keys/${rotated.id}`)).status, 200);
  assert.equal(await drained(await as(rotated.key)), 401);
});
