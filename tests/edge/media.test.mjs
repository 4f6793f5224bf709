// Media by URL: what is fetched for a client, and what never is.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { allWires, MODELS, start } from './harness.mjs';

let edge;
before(async () => (edge = await start()));
after(() => edge.stop());
beforeEach(() => edge.upstream.reset());

const look = (...urls) => ({
  model: 'gemini-2.5-flash',
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'look' }, ...urls.map((url) => ({ type: 'image_url', image_url: { url } }))] },
  ],
});
const file = (name) => `${edge.upstream.url}/file/${name}`;
const ask = async (...urls) => {
  const response = await edge.post(look(...urls));
  return { status: response.status, body: await response.json() };
};
const generations = () => edge.upstream.requests.filter((r) => r.method === 'POST').length;

test('pictures arrive, through redirects and from servers that do not say what they are', async () => {
  for (const name of ['pixel.png', 'untyped.png', 'octets.png', 'moved', 'moved-beside']) {
    const { body } = await ask(file(name));
    assert.equal(body.choices?.[0].message.content, 'You said: look (with image/png)', name);
  }
});

test('what cannot be loaded is the request’s fault, and says why', async () => {
  const cases = {
    missing: /HTTP 404/,
    loop: /redirects too often/,
    'moved-away': /only http, https/,
    page: /text\/html/,
    archive: /application\/zip/,
    empty: /empty/,
    'announced-big.png': /20 MB/,
    'big.png': /20 MB/,
  };
  for (const [name, why] of Object.entries(cases)) {
    const { status, body } = await ask(file(name));
    assert.deepEqual([status, body.error.code], [400, 'invalid_media_url'], name);
    assert.match(body.error.message, why);
  }
  assert.equal(generations(), 0);
});

test('the limit is for all pictures of a request together', async () => {
  assert.equal((await ask(file('half.png'))).status, 200);
  assert.match((await ask(file('half.png'), file('half.png?again'))).body.error.message, /20 MB per request/);
});

test('a URL cannot smuggle lines into the request', async () => {
  const { status, body } = await ask(`${file('pixel.png')}\nx-smuggled: 1`);
  assert.equal(status, 400);
  assert.match(body.error.message, /control characters/);
  assert.equal(edge.upstream.requests.length, 0);
});

test('private networks stay closed by default', async (t) => {
  const closed = await start({ vars: { MEDIA_FROM_PRIVATE_HOSTS: '' } });
  t.after(() => closed.stop());
  for (const url of [`${closed.upstream.url}/file/pixel.png`, 'http://localhost/x', 'http://127.0.0.1\\@example.com/x']) {
    const response = await closed.post(look(url));
    assert.equal(response.status, 400, url);
    assert.equal((await response.json()).error.code, 'invalid_media_url');
  }
  assert.equal(closed.upstream.requests.length, 0);
});

// ---- upstreams that load by themselves

const chatPart = (url) => ({ type: 'image_url', image_url: { url } });
const documentPart = (url) => ({ type: 'file', file: { file_data: url, filename: 'a.pdf' } });
async function sent(model, ...parts) {
  const body = { model, messages: [{ role: 'user', content: [{ type: 'text', text: 'look' }, ...parts] }] };
  return JSON.stringify(await (await wires.admin('POST', '/admin/explain/v1/chat/completions', body)).json());
}
let wires;
before(async () => (wires = await start({ accounts: allWires })));
after(() => wires.stop());

test('an https URL goes on where the wire has a place for it, and nothing is loaded', async () => {
  const picture = 'https://pictures.example/a';
  for (const model of [MODELS.openai, MODELS.responses, MODELS.anthropic, MODELS.codex])
    assert.ok((await sent(model, chatPart(picture))).includes(picture), model);
  const page = 'https://pages.example/a.pdf';
  for (const model of [MODELS.responses, MODELS.anthropic]) assert.ok((await sent(model, documentPart(page))).includes(page), model);
});

test('bytes are loaded for wires that want bytes, and for URLs that only a browser would trust', async () => {
  wires.upstream.reset();
  const url = `${wires.upstream.url}/file/pixel.png`;
  for (const model of [MODELS.gemini, MODELS.kiro, MODELS.copilot, MODELS.anthropic, MODELS.responses]) {
    const before = wires.upstream.requests.length;
    assert.ok(!(await sent(model, chatPart(url))).includes(url), model);
    assert.ok(wires.upstream.requests.length > before, model);
  }
});
