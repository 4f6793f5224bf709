// The surfaces by hand, without an SDK: routes, shapes of errors and lists, compression, CORS, sockets.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import zlib from 'node:zlib';
import { KEY, start } from './harness.mjs';

let edge;
let responses = false; // does this build speak them?
before(async () => {
  edge = await start({ vars: { MAX_BODY_BYTES: `${4 << 20}` } });
  responses = (await call('POST', '/v1/responses', { body: {} })).status !== 404;
});
after(() => edge.stop());

const CHAT = { model: 'openai/m', messages: [{ role: 'user', content: 'hello' }] };
const MESSAGES = { model: 'gemini-2.5-flash', max_tokens: 64, messages: [{ role: 'user', content: 'hello' }] };
const GEMINI = { contents: [{ role: 'user', parts: [{ text: 'hello' }] }] };
const RESPONSES = { model: 'gemini-2.5-flash', input: 'hello' };

/** Every spelling of a key on every path. */
const call = (method, path, { body, headers = {}, key = { authorization: `Bearer ${KEY}` } } = {}) =>
  fetch(edge.url + path, {
    method,
    headers: { ...(body && { 'content-type': 'application/json' }), ...key, ...headers },
    body: body && (body instanceof Uint8Array ? body : JSON.stringify(body)),
  });

const SHAPES = {
  openai: (error) => assert.ok('param' in error.error && 'code' in error.error, JSON.stringify(error)),
  anthropic: (error) => {
    assert.equal(error.type, 'error');
    assert.equal(typeof error.error.type, 'string');
    assert.match(error.request_id, /^req_/);
  },
  gemini: (error) => {
    assert.equal(typeof error.error.code, 'number');
    assert.equal(typeof error.error.status, 'string');
  },
};

test('every key header, and ?key=, on every surface', async () => {
  const keys = [{ authorization: `Bearer ${KEY}` }, { 'x-api-key': KEY }, { 'x-goog-api-key': KEY }];
  const requests = [
    ['/v1/chat/completions', CHAT],
    ['/v1/v1/messages?beta=true', MESSAGES],
    ['/v1beta/models/gemini-2.5-flash:generateContent', GEMINI],
    ['/gemini/v1/models/gemini-2.5-flash:generateContent', GEMINI],
    ...(responses ? [['/v1/responses', RESPONSES]] : []),
  ];
  for (const [path, body] of requests) {
    for (const key of keys) assert.equal((await call('POST', path, { body, key })).status, 200, `${path} ${Object.keys(key)}`);
    const mark = path.includes('?') ? '&' : '?';
    assert.equal((await call('POST', `${path}${mark}key=${KEY}`, { body, key: {} })).status, 200, path);
    const refused = await call('POST', path, { body, key: {} });
    assert.equal(refused.status, 401, path);
    assert.equal(refused.headers.get('x-should-retry'), 'false');
    assert.equal(refused.headers.get('x-request-id'), refused.headers.get('request-id'));
  }
});

test('what is not served is refused in the shape of the surface it belongs to', async () => {
  const cases = [
    ['POST', '/v1/embeddings', {}, 404, 'openai'],
    ['POST', '/v1/files', { 'anthropic-version': '2023-06-01' }, 404, 'anthropic'],
    ['POST', '/v1/messages/batches', {}, 404, 'anthropic'],
    ['POST', '/v1/models/gemini-2.5-flash:batchEmbedContents', {}, 404, 'gemini'],
    ['POST', '/v1/interactions', {}, 404, 'gemini'],
    ['GET', '/v1beta/files', {}, 404, 'gemini'],
    ['GET', '/v1/messages', {}, 405, 'anthropic'],
    ['GET', '/v1/chat/completions', {}, 405, 'openai'],
    ['DELETE', '/v1beta/models', {}, 405, 'gemini'],
  ];
  for (const [method, path, headers, status, shape] of cases) {
    const answer = await call(method, path, { headers, body: method === 'POST' ? {} : undefined });
    assert.equal(answer.status, status, path);
    assert.match(answer.headers.get('content-type'), /application\/json/);
    SHAPES[shape](await answer.json());
    if (status === 405) assert.ok(answer.headers.get('allow'), path);
  }
});

test('a list of models in three shapes, told apart by header', async () => {
  const list = async (headers, path = '/v1/models') => (await call('GET', path, { headers })).json();
  const openai = await list({});
  assert.equal(openai.object, 'list');
  const anthropic = await list({ 'anthropic-version': '2023-06-01' }, '/v1/models?limit=1000');
  assert.equal(anthropic.has_more, false);
  assert.equal(anthropic.data[0].type, 'model');
  assert.equal(anthropic.first_id, anthropic.data[0].id);
  for (const gemini of [
    await list({ 'x-goog-api-key': KEY }),
    await list({ 'x-goog-api-client': 'genai' }),
    await list({}, '/v1beta/models'),
  ]) {
    assert.match(gemini.models[0].name, /^models\//);
    assert.ok(gemini.models[0].supportedGenerationMethods.includes('generateContent'));
  }
  assert.deepEqual(await list({}, '/v1/models?client_version=0.169.0'), { models: [] });
  const one = async (headers, path) => (await call('GET', path, { headers })).json();
  assert.equal((await one({}, '/v1/models/gemini%2Fgemini-2.5-pro')).id, 'gemini/gemini-2.5-pro');
  assert.equal((await one({ 'anthropic-version': '2023-06-01' }, '/v1/models/gemini-2.5-pro')).type, 'model');
  assert.equal((await one({}, '/v1beta/models/gemini-2.5-pro')).name, 'models/gemini-2.5-pro');
  const missing = await call('GET', '/v1/models/nobody:7b', { headers: { 'anthropic-version': '2023-06-01' } });
  assert.equal(missing.status, 404);
  SHAPES.anthropic(await missing.json());
});

test('a body for another surface says which it looks like; chat and Responses may be mixed', async () => {
  const cases = [
    ['/v1/chat/completions', { ...GEMINI, model: 'm' }, /looks like Gemini/, 'openai'],
    ['/v1/chat/completions', { ...MESSAGES, system: 'S' }, /looks like Anthropic Messages/, 'openai'],
    ['/v1/messages', RESPONSES, /looks like OpenAI Responses/, 'anthropic'],
    ['/v1/messages', { ...CHAT, stream_options: {} }, /looks like OpenAI chat/, 'anthropic'],
    ['/v1beta/models/m:generateContent', CHAT, /looks like OpenAI chat/, 'gemini'],
    ...(responses ? [['/v1/responses', { ...GEMINI, model: 'm' }, /looks like Gemini/, 'openai']] : []),
  ];
  for (const [path, body, message, shape] of cases) {
    const answer = await call('POST', path, { body });
    const error = await answer.json();
    assert.equal(answer.status, 400, path);
    assert.match(error.error.message, message);
    SHAPES[shape](error);
  }
  if (!responses) return;
  const chat = await (await call('POST', '/v1/chat/completions', { body: RESPONSES })).json();
  assert.equal(chat.choices[0].message.content, 'You said: hello');
  const response = await (await call('POST', '/v1/responses', { body: { ...CHAT, model: 'gemini-2.5-flash' } })).json();
  assert.equal(response.object, 'response');
});

test('compressed bodies, damaged ones, bombs and unknown encodings', async () => {
  const bytes = Buffer.from(JSON.stringify(CHAT));
  const send = (encoding, body) => call('POST', '/v1/chat/completions', { body, headers: { 'content-encoding': encoding } });
  const good = {
    gzip: zlib.gzipSync(bytes),
    deflate: zlib.deflateSync(bytes),
    br: zlib.brotliCompressSync(bytes),
    zstd: zlib.zstdCompressSync(bytes),
    identity: bytes,
  };
  for (const [encoding, body] of Object.entries(good)) {
    const answer = await send(encoding, body);
    assert.equal(answer.status, 200, encoding);
    assert.equal((await answer.json()).choices[0].message.content, 'You said: hello');
  }
  for (const encoding of ['gzip', 'zstd', 'br']) {
    const damaged = await send(encoding, bytes);
    assert.equal(damaged.status, 400, encoding);
    assert.match((await damaged.json()).error.message, new RegExp(`not valid ${encoding} data`));
    const cut = await send(encoding, good[encoding].subarray(0, good[encoding].length - 9));
    assert.equal(cut.status, 400, `${encoding}, cut`);
  }
  const bomb = Buffer.alloc(8 << 20, 32);
  for (const body of [
    ['gzip', zlib.gzipSync(bomb)],
    ['zstd', zlib.zstdCompressSync(bomb)],
  ])
    assert.equal((await send(...body)).status, 413, body[0]);
  const unknown = await send('lzma', bytes);
  assert.equal(unknown.status, 415);
  SHAPES.openai(await unknown.json());
});

test('tokens are counted here, for every surface that asks', async () => {
  edge.upstream.reset();
  const text = 'The quick brown fox jumps over the lazy dog near the river bank. '.repeat(20);
  const count = async (path, body) => (await call('POST', path, { body })).json();
  const anthropic = await count('/v1/messages/count_tokens?beta=true', {
    model: 'claude-sonnet-4-5',
    tools: [],
    messages: [{ role: 'user', content: text }],
  });
  assert.ok(anthropic.input_tokens > 250 && anthropic.input_tokens < 400, anthropic.input_tokens);
  const one = await count('/v1/messages/count_tokens', { model: 'claude-sonnet-4-5', messages: [{ role: 'user', content: 'foo' }] });
  assert.ok(one.input_tokens > 0 && one.input_tokens < 15, one.input_tokens);
  const contents = [{ role: 'user', parts: [{ text }] }];
  const gemini = await count('/v1beta/models/gemini-2.5-flash:countTokens', { contents });
  assert.ok(gemini.totalTokens > 250 && gemini.totalTokens < 330, gemini.totalTokens);
  assert.equal(edge.upstream.requests.length, 0, 'nobody was asked');
  const wrong = await call('POST', '/v1/messages/count_tokens', { body: { model: 'm', messages: 7 } });
  assert.equal(wrong.status, 400);
  SHAPES.anthropic(await wrong.json());
});

test('a browser sees errors too, and its headers are echoed', async () => {
  const origin = { origin: 'https://app.example' };
  const preflight = await call('OPTIONS', '/v1/messages', {
    headers: { ...origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization, anthropic-beta' },
    key: {},
  });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get('access-control-allow-headers'), 'authorization, anthropic-beta');
  for (const path of ['/v1/messages', '/v1beta/models/m:generateContent', '/v1/embeddings']) {
    const answer = await call('POST', path, { headers: origin, body: {}, key: {} });
    assert.equal(answer.headers.get('access-control-allow-origin'), 'https://app.example', path);
  }
});

test('a socket is refused at once, a HEAD has no body', async () => {
  const status = await new Promise((resolve, reject) => {
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'MDEyMzQ1Njc4OWFiY2RlZg==',
    };
    http.get(`${edge.url}/v1/responses`, { headers }, (answer) => resolve(answer.resume().statusCode)).on('error', reject);
  });
  assert.equal(status, 426);
  for (const path of ['/', '/v1/models']) {
    const head = await call('HEAD', path);
    assert.equal(head.status, 200);
    assert.equal(await head.text(), '');
  }
});
