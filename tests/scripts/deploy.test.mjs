// npm run deploy, with a Wrangler that only pretends: what it does to secrets, and what it says when it cannot.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { at } from '../../scripts/lib.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'isthmus-deploy-'));
after(() => rmSync(folder, { recursive: true }));
const FAKE_WORKER = path.join(folder, 'worker.json');

function deploy({ state = 'fine', machine = 'one', args = [] } = {}) {
  const env = {
    ...process.env,
    ISTHMUS_WRANGLER: at('tests/scripts/fake-wrangler.mjs'),
    ISTHMUS_STATE: path.join(folder, machine),
    FAKE_WORKER,
    FAKE_STATE: state,
  };
  const { status, stdout, stderr } = spawnSync(process.execPath, [at('scripts/deploy.mjs'), ...args], { env, encoding: 'utf8' });
  return { status, said: stdout + stderr };
}
const worker = () => JSON.parse(readFileSync(FAKE_WORKER, 'utf8'));
const known = (machine = 'one') => JSON.parse(readFileSync(path.join(folder, machine, 'deployed.json'), 'utf8'));

test('what stands in the way is said in a sentence, and nothing is deployed', () => {
  assert.match(deploy({ state: 'logged-out' }).said, /Run: npx wrangler login/);
  assert.match(deploy({ state: 'offline' }).said, /Is there a network/);
  assert.match(deploy({ args: ['--colour'] }).said, /npm run deploy \[-- --dry-run\]/);
  assert.equal(existsSync(FAKE_WORKER), false);
});

test('a deploy that fails keeps its keys for the next', () => {
  const { status, said } = deploy({ state: 'broken' });
  assert.equal(status, 1);
  assert.match(said, /run npm run deploy again/);
  const { apiKey } = known();
  assert.equal(deploy().status, 0);
  assert.equal(worker().secrets.API_KEY, apiKey);
});

test('the first deploy sets three secrets; the file that holds them is nobody else’s to read', () => {
  const { API_KEY, ADMIN_KEY, SEAL_KEY } = worker().secrets;
  assert.equal(new Set([API_KEY, ADMIN_KEY, SEAL_KEY]).size, 3);
  assert.deepEqual(known(), { apiKey: API_KEY, adminKey: ADMIN_KEY, sealKey: SEAL_KEY, url: 'https://isthmus.someone.workers.dev' });
  assert.equal(statSync(path.join(folder, 'one', 'deployed.json')).mode & 0o077, 0);
  assert.deepEqual(readdirSync(path.join(folder, 'one')), ['deployed.json']);
});

test('a later deploy changes no secret, not even from another machine', () => {
  const before = worker();
  assert.match(deploy().said, new RegExp(`client key +${before.secrets.API_KEY}`));
  const other = deploy({ machine: 'two' });
  assert.match(other.said, /not known on this machine/);
  assert.deepEqual(worker(), { deploys: before.deploys + 2, secrets: before.secrets });
});
