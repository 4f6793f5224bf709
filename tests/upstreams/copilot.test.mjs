// The simulated Copilot must refuse what the real one refuses, or the edge tests prove nothing.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { FINE_GRAINED, GITHUB_TOKEN } from './copilot.mjs';
import { startUpstreams } from './server.mjs';

/** @type {Awaited<ReturnType<typeof startUpstreams>>} */
let upstream;
before(async () => {
  upstream = await startUpstreams({});
});
after(() => upstream.close());
beforeEach(() => upstream.reset());

const HEADERS = {
  'content-type': 'application/json',
  'user-agent': 'GitHubCopilotChat/0.35.0',
  'editor-version': 'vscode/1.107.0',
  'editor-plugin-version': 'copilot-chat/0.35.0',
  'copilot-integration-id': 'vscode-chat',
  'openai-intent': 'conversation-edits',
  'x-github-api-version': '2026-06-01',
  'x-request-id': 'r1',
  'x-initiator': 'user',
};
const HI = { role: 'user', content: 'hi' };
const PICTURE = { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] };
const CHAT = { model: 'claude-sonnet-4.5', messages: [HI], stream: true };
const OTHER = { model: 'gpt-5.1-codex', input: 'hi', store: false, stream: true };

async function ask(path, body, headers = {}) {
  const response = await fetch(`${upstream.url}/copilot/${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { ...HEADERS, authorization: `Bearer ${FINE_GRAINED}`, ...headers },
    body: body && JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}
const chat = (change = {}, headers = {}) => ask('api/chat/completions', { ...CHAT, ...change }, headers);
const other = (change = {}, headers = {}) => ask('api/responses', { ...OTHER, ...change }, headers);

test('takes what is right on both endpoints', async () => {
  assert.match((await chat()).text, /^data: \{"choices":\[\],.*prompt_filter_results/);
  assert.equal((await chat({ messages: [PICTURE] }, { 'copilot-vision-request': 'true' })).status, 200);
  const { text } = await other();
  const ids = [...text.matchAll(/"item_id":"([^"]+)"/g)].map(([, id]) => id);
  assert.ok(ids.length > 1 && new Set(ids).size === ids.length && ids[0].length > 64, 'every event names its item anew');
});

const REFUSED = {
  'a token of nobody’s': [chat, {}, { authorization: 'Bearer x' }, 401, /unauthorized/],
  'a client without a version': [chat, {}, { 'editor-version': '' }, 400, /editor-version/],
  'no initiator': [chat, {}, { 'x-initiator': 'robot' }, 400, /X-Initiator/],
  'an image without its header': [chat, { messages: [PICTURE] }, {}, 400, /Copilot-Vision-Request/],
  'the header without an image': [chat, {}, { 'copilot-vision-request': 'true' }, 400, /vision/],
  max_tokens: [chat, { max_tokens: 5 }, {}, 400, /max_tokens/],
  'an assistant’s content in parts': [
    chat,
    { messages: [HI, { role: 'assistant', content: [{ type: 'text', text: 'so' }] }, HI] },
    {},
    400,
    /must be a string/,
  ],
  'a tier on chat': [chat, { service_tier: 'default' }, {}, 400, /service_tier/],
  'a tier on responses': [other, { service_tier: 'default' }, {}, 400, /Unsupported/],
  'an answer to keep': [other, { store: true }, {}, 400, /Unsupported/],
  'a model on the other endpoint': [chat, { model: 'gpt-5.1-codex' }, {}, 400, /unsupported_api_for_model/],
  'Claude on responses': [other, { model: 'claude-sonnet-4.5' }, {}, 400, /unsupported_api_for_model/],
};
for (const [what, [door, change, headers, status, says]] of Object.entries(REFUSED)) {
  test(`refuses ${what}`, async () => {
    const answer = await door(change, headers);
    assert.equal(answer.status, status, answer.text);
    assert.match(answer.text, says);
  });
}

test('GitHub wants a client with a name, and a login', async () => {
  const exchange = (headers) => ask('github/copilot_internal/v2/token', undefined, headers);
  assert.equal((await exchange({ 'user-agent': 'curl' })).status, 403);
  assert.equal((await exchange({ authorization: 'token ghu_other' })).status, 401);
  const { status, text } = await exchange({ authorization: `token ${GITHUB_TOKEN}` });
  assert.equal(status, 200);
  assert.equal((await chat({}, { authorization: `Bearer ${JSON.parse(text).token}` })).status, 200);
});
