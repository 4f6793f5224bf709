// What a client's words must never become: a header, a host message, somebody's key in an answer or a log.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { cliAccount, KEY, openaiAccount, start } from './harness.mjs';

let edge;
before(async () => (edge = await start({ accounts: (u) => [cliAccount(u), openaiAccount(u)] })));
after(() => edge.stop());

const hello = (model) => ({ model, messages: [{ role: 'user', content: 'hello' }] });

test('a model name cannot begin another header', async () => {
  for (const model of [
    'gemini-cli/x\nx-goog-user-project: evil',
    'gemini-cli/x\r\nauthorization: Bearer evil',
    `openai/${'x'.repeat(300)}`,
  ]) {
    edge.upstream.reset();
    const response = await edge.post(hello(model));
    assert.equal(response.status, 400);
    assert.equal((await response.json()).error.param, 'model');
    assert.equal(edge.upstream.requests.length, 0);
  }
});

test('an account record cannot either, in whichever form it comes', async () => {
  for (const record of [
    { provider: 'openai', api_key: 'a\nx: y' },
    { expiry_date: 1, refresh_token: 'r', access_token: 'a\nx-evil: 1' },
    { provider: 'openai', api_key: 'a', base_url: 'http://x\n\n' },
  ])
    assert.equal((await edge.admin('POST', '/admin/accounts', record)).status, 400);
});

test('the host’s own messages are not a client’s to send', async () => {
  for (const start of ['CONFIG env', 'CRON */5', 'TRAP /v1/models', 'CONFIG /']) {
    const socket = net.connect(Number(new URL(edge.url).port), '127.0.0.1');
    socket.write(`${start} HTTP/1.1\r\nhost: x\r\nresponded: 1\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}`);
    let answer = '';
    for await (const bytes of socket) answer += bytes;
    assert.doesNotMatch(answer, /^HTTP\/1.1 2/);
  }
  assert.equal((await edge.post(hello('openai/m'))).status, 200, 'the keys are still in force');
});

test('the public health page tells liveness and nothing else', async () => {
  for (const headers of [{}, { authorization: `Bearer ${KEY}` }])
    assert.deepEqual(await (await fetch(`${edge.url}/health`, { headers })).json(), { status: 'ok' });
});

test('a key that an upstream repeats is blotted out, for the client and in the log', async () => {
  edge.upstream.reset();
  edge.upstream.scenario({ kind: 'repeats_key' });
  const response = await edge.post(hello('openai/m'));
  const text = await response.text();
  assert.equal(response.status, 503);
  assert.match(text, /\[secret\]/);
  for (const where of [text, edge.log(), JSON.stringify(await edge.health())]) assert.doesNotMatch(where, /sim-openai-key/);
});
