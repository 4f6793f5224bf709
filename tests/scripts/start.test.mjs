// npm start as a newcomer meets it: the printed command works word for word, Ctrl-C leaves nothing behind.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { at, has } from '../../scripts/lib.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'isthmus-start-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const START = at('scripts/start.mjs');
const env = { ...process.env, ISTHMUS_STATE: folder };
const start = (...args) => spawnSync(process.execPath, [START, ...args], { env, encoding: 'utf8' });

test('rubbish on the command line is answered with what there is', () => {
  for (const args of [['--rubbish'], ['now'], ['--port']]) {
    const { status, stderr } = start(...args);
    assert.equal(status, 1);
    assert.match(stderr, /npm start -- \[options\]/);
    assert.doesNotMatch(stderr, /at .*\.mjs:\d+/, 'no stack trace');
  }
  assert.match(start('--port', '0').stderr, /--port must be a number from 1 to 65535, not "0"/);
  assert.equal(start('--help').status, 0);
});

test('a port in use is named before anything is built', async () => {
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  assert.match(start('--port', String(port)).stderr, new RegExp(`Port ${port} is taken`));
  await new Promise((resolve) => server.close(resolve));
});

test('the printed curl works word for word, and Ctrl-C ends everything', { skip: !has('curl') && 'no curl here' }, async () => {
  const port = await new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = /** @type {net.AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
  const child = spawn(process.execPath, [START, '--port', String(port)], { env });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (said += bytes));
  const ended = new Promise((resolve) => child.on('exit', resolve));
  for (let i = 0; i < 500 && !said.includes('Ctrl-C') && child.exitCode === null; i++) await new Promise((r) => setTimeout(r, 100));
  const curl = said.slice(said.indexOf('curl'), said.indexOf("}'") + 2);
  const { stdout } = spawnSync('sh', ['-c', curl], { encoding: 'utf8' });
  const words = [...stdout.matchAll(/"content":"([^"]*)"/g)].map((m) => m[1]).join('');
  assert.match(words, /^This is the simulated upstream of Isthmus.*npm run account -- add gemini.*You said: Hello!$/, said + stdout);
  assert.match(stdout, /data: \[DONE\]\n\n$/);
  child.kill('SIGINT');
  assert.equal(await ended, 0);
  await assert.rejects(fetch(`http://127.0.0.1:${port}/health`));
});
