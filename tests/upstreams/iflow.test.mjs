// The simulated iFlow must refuse what the real one refused, or the edge tests prove nothing.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { COOKIE, KEY } from './iflow.mjs';
import { startUpstreams } from './server.mjs';

/** @type {Awaited<ReturnType<typeof startUpstreams>>} */
let upstream;
before(async () => {
  upstream = await startUpstreams({});
});
after(() => upstream.close());
beforeEach(() => upstream.reset());

const SESSION = 'session-00000000-0000-4000-8000-000000000000';
function signed(change = {}) {
  const time = change.time ?? String(Date.now());
  const signature = createHmac('sha256', KEY).update(`iFlow-Cli:${SESSION}:${time}`).digest('hex');
  return {
    'content-type': 'application/json',
    authorization: `Bearer ${KEY}`,
    'user-agent': change.agent ?? 'iFlow-Cli',
    'session-id': SESSION,
    'x-iflow-timestamp': time,
    'x-iflow-signature': change.signature ?? signature,
  };
}
async function ask(body, headers = signed()) {
  const whole = { model: 'glm-4.6', messages: [{ role: 'user', content: 'hi' }], stream: true, ...body };
  const response = await fetch(`${upstream.url}/iflow/api/v1/chat/completions`, { method: 'POST', headers, body: JSON.stringify(whole) });
  return { status: response.status, text: await response.text() };
}
const statusIn = ({ text }) => JSON.parse(text).status;

test('takes what is signed', async () => {
  const { status, text } = await ask({ chat_template_kwargs: { enable_thinking: true, clear_thinking: false } });
  assert.equal(status, 200);
  assert.match(text, /\[DONE\]/);
});

test('refuses keys and signatures in its own numbers, inside a 200', async () => {
  assert.equal(statusIn(await ask({}, { ...signed(), authorization: 'Bearer sk-other' })), '434');
  assert.equal(statusIn(await ask({}, signed({ signature: 'x' }))), '406');
  assert.equal(statusIn(await ask({}, signed({ agent: 'another' }))), '406', 'the agent is part of what is signed');
  assert.equal(statusIn(await ask({}, signed({ time: '1760000000000' }))), '406', 'an old signature');
  assert.equal(statusIn(await ask({ model: 'gone' })), '435');
});

const REFUSED = {
  'an effort': { reasoning_effort: 'low' },
  'no tools in a list': { tools: [] },
  'a template’s words for another model': { model: 'qwen3-max', chat_template_kwargs: { enable_thinking: true } },
  'thoughts that GLM is not told to keep': { chat_template_kwargs: { enable_thinking: true } },
  'GLM’s words for DeepSeek': { model: 'deepseek-v3.2', chat_template_kwargs: { enable_thinking: true, clear_thinking: false } },
  'MiniMax’s words for GLM': { reasoning_split: true },
};
for (const [what, change] of Object.entries(REFUSED)) {
  test(`refuses ${what}`, async () => assert.equal((await ask(change)).status, 400));
}

test('the platform makes keys for its cookie and a browser only', async () => {
  const origin = 'https://platform.iflow.cn';
  const browser = { cookie: `${COOKIE};`, 'user-agent': 'Mozilla/5.0', 'sec-fetch-mode': 'cors', origin, referer: `${origin}/` };
  const make = async (headers, name = 'my-key') => {
    const url = `${upstream.url}/iflow/platform/api/openapi/apikey`;
    const body = JSON.stringify({ name });
    return (await (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })).json()).success;
  };
  assert.equal(await make(browser), true);
  for (const wrong of [{ cookie: 'a=b' }, { 'user-agent': 'curl' }, { origin: '' }])
    assert.equal(await make({ ...browser, ...wrong }), false);
  assert.equal(await make(browser, 'other'), false);
});
