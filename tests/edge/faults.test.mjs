// Bad input, broken upstreams, clients that leave: a clear error or a legal ending, and nothing left behind.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { KEY, start } from './harness.mjs';

let edge;
before(
  async () =>
    (edge = await start({ vars: { KEEPALIVE_MS: '300', IDLE_MS: '1500', MAX_BODY_BYTES: '4000000', MAX_EVENT_BYTES: '40000000' } })),
);
after(() => edge.stop());
beforeEach(() => edge.upstream.reset());

const HELLO = { model: 'gemini-2.5-flash', messages: [{ role: 'user', content: 'hi there, how are you today?' }] };
const STREAM = { ...HELLO, stream: true };

/** The error of a response, after a look at its shape. */
async function errorOf(response, status) {
  const body = await response.json();
  assert.equal(response.status, status, JSON.stringify(body));
  assert.deepEqual(Object.keys(body.error).sort(), ['code', 'message', 'param', 'type']);
  assert.match(response.headers.get('x-request-id'), /^req_/);
  return body.error;
}
async function eventsOf(response) {
  const text = await response.text();
  const data = [...text.matchAll(/^data: (.*)$/gm)].map((m) => m[1]);
  return { text, data, events: data.filter((d) => d !== '[DONE]').map((d) => JSON.parse(d)) };
}
const said = (events) => events.map((e) => e.choices?.[0]?.delta?.content ?? '').join('');

test('wrong and missing keys, in every place a key may stand', async () => {
  const ask = (headers, query = '') => fetch(`${edge.url}/v1/models${query}`, { headers });
  assert.equal((await errorOf(await ask({}), 401)).code, 'invalid_api_key');
  const wrong = await ask({ authorization: 'Bearer nope' });
  assert.equal(wrong.headers.get('x-should-retry'), 'false');
  await errorOf(wrong, 401);
  for (const right of [{ 'x-api-key': KEY }, { 'x-goog-api-key': KEY }, { authorization: `bearer ${KEY}` }])
    assert.equal((await ask(right)).status, 200);
  assert.equal((await ask({}, `?key=${KEY}`)).status, 200);
});

test('routes and methods that are not there', async () => {
  const ask = (method, path) => fetch(edge.url + path, { method, headers: { authorization: `Bearer ${KEY}` } });
  await errorOf(await ask('POST', '/v1/nothing'), 404);
  await errorOf(await ask('GET', '/v1/chat/completions'), 405);
  await errorOf(await ask('POST', '/v1/models'), 405);
  assert.equal((await ask('HEAD', '/')).status, 200);
  assert.equal((await errorOf(await edge.post(HELLO, { 'model-provider': 'nobody' }), 400)).param, 'model-provider');
});

test('CORS: a closed list, on errors too', async () => {
  const ask = (origin, method = 'GET') =>
    fetch(`${edge.url}/v1/models`, { method, headers: { origin, 'access-control-request-headers': 'authorization,x-stainless-os' } });
  assert.equal((await ask('https://app.example')).headers.get('access-control-allow-origin'), 'https://app.example');
  assert.equal((await ask('https://evil.example')).headers.get('access-control-allow-origin'), null);
  const preflight = await ask('https://app.example', 'OPTIONS');
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get('access-control-allow-headers'), 'authorization,x-stainless-os');
});

test('broken bodies', async () => {
  const bytes = (...parts) => Buffer.concat(parts.map((p) => (typeof p === 'string' ? Buffer.from(p) : Buffer.from(p))));
  for (const body of [
    '',
    '{',
    '[]',
    '{"model":',
    '\u0000',
    '{"a":1}x',
    `${'['.repeat(100_000)}`,
    `{"a":${'{"a":'.repeat(300)}1${'}'.repeat(301)}`,
    bytes('{"model":"', [0xff, 0xfe], '"}'),
    bytes('{"model":"a', [0], '"}'),
  ]) {
    assert.equal((await errorOf(await edge.post(body), 400)).type, 'invalid_request_error');
  }
});

test('wrong types name the field', async () => {
  const cases = [
    [{ ...HELLO, temperature: 'hot' }, 'temperature'],
    [{ ...HELLO, messages: [] }, 'messages'],
    [{ ...HELLO, messages: [{ role: 'user' }] }, 'messages[0].content'],
    [{ ...HELLO, messages: [{ role: 'wizard', content: 'x' }] }, 'messages[0].role'],
    [{ ...HELLO, messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] }, 'messages[0].content[0].image_url.url'],
    [{ ...HELLO, model: 5 }, 'model'],
    [{ messages: HELLO.messages }, 'model'],
    [{ ...HELLO, tools: [{ type: 'function', function: {} }] }, 'tools[0].function.name'],
    [{ ...HELLO, stop: [1] }, 'stop[0]'],
    [{ ...HELLO, n: 0 }, 'n'],
    [{ ...HELLO, reasoning_effort: 'heroic' }, 'reasoning_effort'],
    [{ ...HELLO, stop: Array.from({ length: 65 }, (_, index) => `stop ${index}`) }, 'stop'],
  ];
  for (const [body, param] of cases) assert.equal((await errorOf(await edge.post(body), 400)).param, param);
});

test('unknown model, wrong content type, compressed or over-long body', async () => {
  assert.equal((await errorOf(await edge.post({ ...HELLO, model: 'gemini/unheard-of' }), 404)).code, 'model_not_found');
  await errorOf(await edge.post(HELLO, { 'content-type': 'text/plain' }), 415);
  await errorOf(await edge.post(HELLO, { 'content-encoding': 'lzma' }), 415);
  const unsaid = new Blob(['x'.repeat(4_000_001)]).stream();
  await errorOf(await edge.post(unsaid), 413);
});

test('a body that says it is too long is refused before it is sent', async () => {
  const client = net.connect(Number(new URL(edge.url).port), '127.0.0.1');
  let answer = '';
  client.on('data', (bytes) => (answer += bytes));
  client.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${KEY}\r\ncontent-type: application/json\r\ncontent-length: 4000001\r\n\r\n`,
  );
  for (let i = 0; i < 50 && !answer.includes('}'); i++) await sleep(100);
  client.destroy();
  assert.match(answer, /^HTTP\/1.1 413 /);
  assert.match(answer, /"type":"invalid_request_error"/);
});

test('duplicate keys: the last wins; lone surrogates become U+FFFD on the way back at most', async () => {
  const answer = await (
    await edge.post('{"model":"x","model":"gemini-2.5-flash","messages":[{"role":"user","content":"a\\ud800b"}]}')
  ).json();
  assert.match(answer.choices[0].message.content, /^You said: a.b$/u);
});

test('a client that sends slowly, or hangs up in the middle', async () => {
  const { port } = new URL(edge.url);
  const body = JSON.stringify(HELLO);
  const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${KEY}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`;
  const slow = net.connect(Number(port), '127.0.0.1');
  let answer = '';
  slow.on('data', (bytes) => (answer += bytes));
  slow.write(head);
  for (let i = 0; i < body.length; i += 40) {
    slow.write(body.slice(i, i + 40));
    await sleep(10);
  }
  for (let i = 0; i < 50 && !answer.includes('You said'); i++) await sleep(100);
  slow.destroy();
  assert.match(answer, /You said/);
  const rude = net.connect(Number(port), '127.0.0.1');
  rude.write(head + body.slice(0, 20));
  await sleep(100);
  rude.destroy();
  assert.equal(await edge.quiet(), 0);
});

test('a client that leaves takes the upstream request with it', async () => {
  edge.upstream.scenario({ delayMs: 200 });
  const leaving = new AbortController();
  const response = await fetch(`${edge.url}/v1/chat/completions`, {
    method: 'POST',
    signal: leaving.signal,
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(STREAM),
  });
  await response.body.getReader().read();
  leaving.abort();
  assert.equal(await edge.quiet(), 0);
  for (let i = 0; i < 30 && !edge.upstream.requests.at(-1).closedEarly; i++) await sleep(100);
  assert.equal(edge.upstream.requests.at(-1).closedEarly, true);
});

test('an upstream that is cut or forgets to finish ends with an error event and [DONE]', async () => {
  for (const scenario of [{ cutAfter: 2, delayMs: 50 }, { noFinish: true }, { errorEvent: 'middle' }]) {
    edge.upstream.scenario(scenario);
    const { data, events } = await eventsOf(await edge.post(STREAM));
    assert.ok(events.at(-1).error.message, JSON.stringify(scenario));
    assert.equal(data.at(-1), '[DONE]');
  }
});

test('the same without a stream is tried again, and served', async () => {
  edge.upstream.scenario({ cutAfter: 2 });
  assert.match((await (await edge.post(HELLO)).json()).choices[0].message.content, /You said/);
});

test('a failure before the first event is tried again, unseen by the client', async () => {
  for (const scenario of [{ errorEvent: 'first' }, { cutAfter: 0 }, { malformed: true }, { kind: 'capacity' }]) {
    edge.upstream.scenario(scenario);
    const { events } = await eventsOf(await edge.post(STREAM));
    assert.match(said(events), /^You said: hi there/, JSON.stringify(scenario));
  }
});

test('an answer that comes to nothing three times is an error, not an empty success', async () => {
  edge.upstream.scenario({ malformed: true, times: 9 });
  const error = await errorOf(await edge.post(HELLO), 502);
  assert.equal(error.code, 'upstream_malformed_function_call');
});

test('HTML from upstream is never passed on', async () => {
  edge.upstream.scenario({ kind: 'html', times: 9 });
  const error = await errorOf(await edge.post(HELLO), 502);
  assert.ok(!error.message.includes('<'));
});

test('blocked prompts and empty answers end as the protocol says', async () => {
  edge.upstream.scenario({ blocked: true }, { empty: true });
  assert.equal((await (await edge.post(HELLO)).json()).choices[0].finish_reason, 'content_filter');
  const { events, data } = await eventsOf(await edge.post(STREAM));
  assert.equal(events.at(-1).choices[0].finish_reason, 'stop');
  assert.equal(data.at(-1), '[DONE]');
});

test('the upstream region and request errors reach the client in words', async () => {
  edge.upstream.scenario({ kind: 'region' });
  assert.equal((await errorOf(await edge.post(HELLO), 502)).code, 'upstream_region_blocked');
  const error = await errorOf(await edge.post({ ...HELLO, temperature: 5 }), 400);
  assert.match(error.message, /temperature/);
});

test('keepalives while the upstream thinks; an error when it never answers', async () => {
  for (const where of ['head', 'first', 'middle']) {
    edge.upstream.scenario({ silenceMs: 800, where });
    const { text, events } = await eventsOf(await edge.post(STREAM));
    assert.match(text, /^: keepalive\n\n/m, where);
    assert.match(said(events), /^You said/);
  }
  edge.upstream.scenario({ silenceMs: 4000, where: 'middle' });
  const { events, data } = await eventsOf(await edge.post(STREAM));
  assert.equal(events.at(-1).error.code, 'upstream_timeout');
  assert.equal(data.at(-1), '[DONE]');
});

test('one event of 32 MB passes', async () => {
  edge.upstream.scenario({ giantBytes: 32 << 20 });
  const response = await edge.post(STREAM);
  let size = 0;
  for await (const chunk of response.body) size += chunk.length;
  assert.ok(size > 32 << 20);
});

test('an event over the limit ends with an error', async () => {
  edge.upstream.scenario({ giantBytes: 41_000_000, times: 9 });
  assert.equal((await errorOf(await edge.post(HELLO), 502)).code, 'upstream_event_too_large');
});

test('a trap takes no other request along, and its own ends in the protocol', async () => {
  // One answer of this size fits into the memory of the core; four at a time do not.
  edge.upstream.scenario({ delayMs: 400 }, { giantBytes: 39_000_000, times: 4 });
  const bystander = edge.post(STREAM);
  await sleep(300);
  const giants = await Promise.all(Array.from({ length: 4 }, () => edge.post(HELLO)));
  const failed = giants.find((response) => response.status !== 200);
  assert.equal((await errorOf(failed, 500)).code, 'internal_error');
  const { data, events } = await eventsOf(await bystander);
  assert.ok(events.at(-1).error, 'the stream was told');
  assert.equal(data.at(-1), '[DONE]');
  await Promise.all(giants.map((response) => response.bodyUsed || response.body.cancel()));
  assert.match((await (await edge.post(HELLO)).json()).choices[0].message.content, /You said/);
  assert.equal(await edge.quiet(), 0);
});
