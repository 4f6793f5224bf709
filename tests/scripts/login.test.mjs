// npm run login, as a child process, against the real Wasm and the simulated services: every kind of login, and what is said when
// it cannot be. No output holds a secret.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { has } from '../../scripts/lib.mjs';
import { ADMIN, KEY } from '../edge/harness.mjs';
import { GITHUB_TOKEN } from '../upstreams/copilot.mjs';
import { KEY as KIRO_KEY } from '../upstreams/kiro.mjs';
import { run, startLab } from './lab.mjs';

/** @type {Awaited<ReturnType<typeof startLab>>} */
let lab;
before(async () => (lab = await startLab()));
after(() => lab?.stop());
beforeEach(() => lab.clear());

const SECRETS = [
  GITHUB_TOKEN,
  KIRO_KEY,
  'sim-gemini-key',
  'sk-sim-codex',
  ADMIN,
  KEY,
  /ya29\.|1\/\/sim|eyJ[\w-]{20}|rt_\d|aoa-|aor-|tid=|secret-client|device-[0-9a-f]{10}|dev-1|da-1/,
];
/** @type {string[]} */
const heard = [];
afterEach(() => {
  for (const said of heard.splice(0))
    for (const secret of SECRETS) assert.doesNotMatch(said, secret instanceof RegExp ? secret : new RegExp(secret));
});
async function login(args, options) {
  const result = await lab.run('login.mjs', args, options);
  heard.push(result.said);
  return result;
}
const codex = () => ['--base-url', `${lab.upstream.url}/codex/chatgpt/0/codex`];

test('without a provider: which there are, how one logs in, and what their terms mean', async () => {
  const { status, said } = await login([]);
  assert.equal(status, 0, said);
  for (const id of ['gemini', 'gemini-cli', 'antigravity', 'anthropic', 'kiro', 'codex', 'github-copilot', 'openai'])
    assert.match(said, new RegExp(`^${id}: `, 'm'));
  assert.match(said, /--method identity-center {2}IAM Identity Center.*\[--start-url\] \[--region\] \[--label\]/);
  assert.match(said, /terms forbid third-party software/);
  const help = await login(['--help']);
  assert.equal(help.status, 0);
  assert.match(help.said, /npm run login -- <provider>/);
});

test('device: github-copilot waits, slows down when told, and says who logged in', async () => {
  const { status, said } = await login(['copilot', '--label', ''], { input: null });
  assert.equal(status, 0, said);
  assert.match(said, /GitHub warns|warns and suspends/, 'the terms come first');
  assert.match(said, /page {2}https:\/\/github\.com\/login\/device\n {2}code {2}ABCD-1234/);
  assert.match(said, /waiting for you to allow access \(the code is good for another 14:5/);
  const [account] = await lab.accounts();
  assert.equal(account.provider, 'github-copilot');
  assert.match(said, new RegExp(`Logged in: account ${account.id}\\.\n${account.id} \\(octocat\\) works\\. Models: claude-sonnet-4\\.5`));
  assert.equal(account.label, 'octocat', 'and that is kept');
});

test('device: kiro with each of its ways', async () => {
  for (const args of [
    ['--method', 'builder-id'],
    ['--method', 'identity-center', '--start-url', 'https://d-1.awsapps.com/start', '--region', 'eu-central-1'],
    ['--method=google', '--label=mine'],
  ]) {
    const { status, said } = await login(['kiro', ...args], { input: null });
    assert.equal(status, 0, said);
    const [account] = await lab.accounts();
    assert.match(said, new RegExp(`${account.id} \\(${args.at(-1) === '--label=mine' ? 'mine' : 'person@example.com'}\\) works`));
    await lab.clear();
  }
});

test('device: codex, and an account that is not allowed to', async () => {
  const { status, said } = await login(['codex', '--method', 'device', ...codex()], { input: null });
  assert.equal(status, 0, said);
  assert.match(said, /Logged in: account codex-\w+ \(user@example\.com\)/);
  lab.upstream.codex().devices = false;
  const refused = await login(['codex', '--method', 'device'], { input: null });
  assert.equal(refused.status, 1, refused.said);
  assert.match(refused.stderr, /Not logged in to .*: This account may not log in with a code: use the method 'browser'\./);
});

test('device: refused on the page, expired, and an upstream out of order for a moment', async () => {
  lab.upstream.kiro().approved = 'denied';
  const denied = await login(['kiro', '--method', 'builder-id'], { input: null });
  assert.equal(denied.status, 1, denied.said);
  assert.match(denied.stderr, /refused on the page\. Start again if that was a mistake\.\nNo account was changed\./);
  for (const said of ['access_denied', 'expired_token']) {
    lab.upstream.copilot().answers = [said];
    const refused = await login(['github-copilot'], { input: null });
    assert.equal(refused.status, 1, refused.said);
    assert.match(refused.stderr, new RegExp(`The login at GitHub failed \\(HTTP 200\\): ${said}\\. Start again\\.`));
  }
  lab.upstream.copilot().answers = [503, 'authorization_pending', 503];
  const late = await login(['github-copilot'], { input: null });
  assert.equal(late.status, 0, late.said);
  lab.upstream.kiro().down = true;
  const down = await login(['kiro', '--method', 'google'], { input: null });
  assert.equal(down.status, 1);
  assert.match(down.stderr, /failed \(HTTP 503\).*try again in a while\.\nThat is Kiro.* or the way there, not your account\./);
  assert.equal((await lab.accounts()).length, 1);
});

test('Ctrl-C while it waits: nothing is stored', async () => {
  lab.upstream.kiro().approved = false;
  const { status, said } = await login(['kiro', '--method', 'builder-id'], {
    input: null,
    onOutput: (said, child) => said.includes('waiting for you') && child.kill('SIGINT'),
  });
  assert.equal(status, 130, said);
  assert.match(said, /Stopped before the login was done\. Nothing was stored/);
  assert.deepEqual(await lab.accounts(), []);
});

/** Does what a person does with the page that the script names: allows access, and writes what comes back. */
const consent = (answer) => {
  let asked = false;
  return async (said, child) => {
    const url = said.match(/page {2}(\S+)\n/)?.[1];
    if (asked || !url) return;
    asked = true;
    child.stdin.write(`${await answer(new URL(url))}\n`);
  };
};
const google = async (url) => {
  const { code } = await (await fetch(url)).json();
  return code;
};
/** The address of the page that a person lands on. */
const landing = (code) => async (url) =>
  `${url.searchParams.get('redirect_uri')}?code=${encodeURIComponent(typeof code === 'string' ? code : await code(url))}&state=${url.searchParams.get('state')}`;

for (const provider of ['gemini-cli', 'antigravity']) {
  test(`paste: ${provider} with a code, and with the address of a page`, async () => {
    const pasted = await login([provider], { input: null, onOutput: consent(google) });
    assert.equal(pasted.status, 0, pasted.said);
    assert.match(pasted.said, /forbid third-party software[\s\S]*\(person@example\.com\) works\. Models: /);
    const args = [provider, '--method', 'loopback', '--label', 'second'];
    const address = await login(args, { input: null, onOutput: consent(landing(google)) });
    assert.equal(address.status, 0, address.said);
    assert.match(address.said, /\(second\) works/);
    assert.equal((await lab.accounts()).length, 2);
  });
}

test('paste: a browser on this machine is heard, and only with what belongs to this login', async () => {
  const port = await new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = /** @type {net.AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
  const at = `http://localhost:${port}/oauth2callback`;
  const oauth = `${lab.upstream.url}/oauth`;
  const values = {
    redirect_local_url: at,
    authorize_url: `${oauth}/authorize`,
    token_url: `${oauth}/token`,
    base_url: `${lab.upstream.url}/code-assist`,
  };
  await lab.admin('PUT', '/admin/descriptors/gemini-cli', { values: { ...values, userinfo_url: `${oauth}/userinfo` } });
  const pages = [];
  let asked = false;
  const { status, said } = await login(['gemini-cli', '--method', 'loopback'], {
    input: null,
    async onOutput(said) {
      const url = said.match(/page {2}(\S+)\n/)?.[1];
      if (asked || !url || !said.includes(`this listens at ${at}`)) return;
      asked = true;
      const landed = new URL(await landing(google)(new URL(url)));
      landed.hostname = '127.0.0.1';
      for (const address of [`${landed.origin}/oauth2callback?code=x&state=other`, `${landed.origin}//`, landed.href]) {
        const page = await fetch(address);
        pages.push(`${page.status} ${await page.text()}`);
      }
    },
  });
  assert.equal(status, 0, said);
  assert.match(said, /\(it has arrived\)\nLogged in: account gemini-cli-\w+ \(person@example\.com\)/);
  assert.deepEqual(pages, [
    '404 Nothing is expected here.\n',
    '404 Nothing is expected here.\n',
    '200 This has arrived. Go back to the terminal.\n',
  ]);
});

test('paste: codex; what belongs to another login is refused, and may be given again', async () => {
  const { status, said } = await login(['codex', ...codex()], {
    input: null,
    onOutput: consent(async (url) => `http://localhost:1455/auth/callback?code=x&state=other\n${await landing('code-browser')(url)}`),
  });
  assert.equal(status, 0, said);
  assert.match(said, /user@example\.com\) works\. Models: gpt-5\.2/);
  const foreign = await login(['codex'], { input: 'http://localhost:1455/auth/callback?code=x&state=other\n' });
  assert.equal(foreign.status, 1);
  assert.match(foreign.stderr, /belongs to another login/);
  const spent = await login(['antigravity'], { input: '4/0Aspent\n' });
  assert.equal(spent.status, 1);
  assert.match(spent.stderr, /Google did not take the code \(Malformed auth code\.\).*start again\.\nNo account was changed\./);
  const denied = await login(['gemini-cli', '--method', 'loopback'], { input: 'http://localhost:8085/?error=access_denied\n' });
  assert.match(denied.stderr, /The login was refused: access_denied\./);
  const callback = 'http://localhost:1455/auth/callback?error=access_denied&error_description=missing_codex_entitlement\n';
  const barred = await login(['codex'], { input: callback });
  assert.match(barred.stderr, /The login was refused: access_denied \(missing_codex_entitlement\)\./);
  const nothing = await login(['gemini-cli'], { input: '' });
  assert.deepEqual([nothing.status, /standard input ended before anything was given/.test(nothing.stderr)], [1, true]);
});

test('key: from a pipe, from a file, and one that the service refuses', async () => {
  const base = ['--base-url', `${lab.upstream.url}/gemini/v1beta`];
  const piped = await login(['gemini', ...base], { input: 'sim-gemini-key' });
  assert.equal(piped.status, 0, piped.said);
  assert.match(piped.said, /allow gateways like this one[\s\S]*Logged in: account (gemini-\w+)\.\n\1 works/);
  const file = path.join(lab.home, 'key');
  writeFileSync(file, ` ${KIRO_KEY}\n`);
  assert.equal((await login(['kiro', '--method', 'api-key', '--key-file', file])).status, 0);
  const wrong = await login(['gemini', ...base], { input: 'not-a-key\n' });
  assert.equal(wrong.status, 4, wrong.said);
  assert.match(wrong.stderr, /is stored, but cannot be used yet: /);
  assert.doesNotMatch(wrong.said, /not-a-key/);
  const unasked = await login(['gemini', ...base, '--no-check'], { input: 'not-a-key-either\n' });
  assert.deepEqual([unasked.status, /works|cannot be used/.test(unasked.said)], [0, false]);
  const empty = await login(['gemini', ...base], { input: '\n' });
  assert.deepEqual([empty.status, /needs 'api_key'/.test(empty.stderr)], [1, true]);
  const missing = await login(['gemini', '--key-file', path.join(lab.home, 'nothing')]);
  assert.deepEqual([missing.status, /cannot be read: ENOENT/.test(missing.stderr)], [2, true]);
});

test('a terminal: the key is asked for and not shown, what is refused may be given again', { skip: !has('script') }, async () => {
  const typed = ['', 'sim-gemini-key'];
  let asked = 0;
  const { status, said } = await login(['gemini', '--base-url', `${lab.upstream.url}/gemini/v1beta`], {
    input: null,
    terminal: true,
    onOutput(said, child) {
      if (said.split('Key (not shown): ').length - 1 > asked) child.stdin?.write(`${typed[asked++]}\n`);
    },
  });
  assert.equal(status, 0, said);
  assert.match(said, /Key \(not shown\): \r\n.*needs 'api_key'[\s\S]*works\. Models: /);
  const stopped = await login(['gemini'], {
    input: null,
    terminal: true,
    onOutput: (said, child) => said.includes('Key (not shown)') && child.stdin?.write('\x03'),
  });
  assert.deepEqual([stopped.status, /Stopped before the login was done/.test(stopped.said)], [130, true]);
});

test('the same account again: renewed, with what was set before', async () => {
  const first = await login(['codex', '--id', 'work', '--label', 'my name', ...codex()], {
    input: null,
    onOutput: consent(landing('code-browser')),
  });
  assert.match(first.said, /Logged in: account work \(my name\)/);
  // Somebody else has used its refresh token up.
  lab.upstream.codex().refreshToken = 'elsewhere';
  lab.upstream.codex().access = 'elsewhere';
  await fetch(`${lab.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'codex/gpt-5.2', messages: [{ role: 'user', content: 'hello' }] }),
  });
  assert.equal((await lab.accounts())[0].state, 'needs_login');
  const hint = await login(['codex'], { input: '' });
  assert.match(hint.said, /work \(my name\) waits for a login: --id work renews it\./);
  const again = await login(['codex', '--id', 'work'], { input: null, onOutput: consent(landing('code-browser')) });
  assert.equal(again.status, 0, again.said);
  assert.match(again.said, /Renewed the login of work \(my name\)\.\nwork \(my name\) works/);
  const accounts = await lab.accounts();
  assert.deepEqual([accounts.length, accounts[0].state, accounts[0].label], [1, 'ready', 'my name']);
  assert.match(accounts[0].base_url, /codex\/chatgpt/);
  const foreign = await login(['gemini', '--id', 'work'], { input: 'sim-gemini-key' });
  assert.match(foreign.stderr, /The account 'work' is one of codex/);
  const ill = await login(['gemini', '--id', 'My Work'], { input: 'sim-gemini-key' });
  assert.match(ill.stderr, /'id' may hold lower-case letters/);
});

test('wrong usage, and a gateway that is not there or does not know us', async () => {
  const usage = async (args, pattern) => {
    const { status, stderr } = await login(args);
    assert.equal(status, 2, stderr);
    assert.match(stderr, pattern);
    assert.doesNotMatch(stderr, /at .*\.mjs:\d+/, 'no stack trace');
  };
  await usage(['nobody'], /no provider "nobody"\. It has: gemini, .*gemini-cli/);
  await usage(['gemini', 'kiro'], /One provider at a time/);
  await usage(['kiro', '--method', 'magic'], /kiro has no login "magic"\. It has:[\s\S]*builder-id/);
  await usage(['gemini', '--color', 'blue'], /api-key of gemini has no option --color/);
  await usage(['gemini', '--label'], /--label/);
  await usage(['--url', 'localhost'], /--url must begin with https/);
  await usage(['--deployed'], /No deploy is known/);
  const nobody = await login(['gemini', '--url', 'http://127.0.0.1:1']);
  assert.deepEqual(
    [nobody.status, /No gateway answers at http:\/\/127\.0\.0\.1:1\. Start one with npm start/.test(nobody.stderr)],
    [3, true],
  );
  const stranger = await login(['gemini', '--admin-key', 'wrong-key']);
  assert.deepEqual([stranger.status, /refuses the admin key/.test(stranger.stderr)], [3, true]);
  assert.doesNotMatch(stranger.said, /wrong-key/);
  const keyless = await run('login.mjs', ['--url', 'https://gateway.example'], { env: { HOME: lab.home, ISTHMUS_STATE: lab.home } });
  assert.deepEqual([keyless.status, /No admin key is known for https:\/\/gateway\.example/.test(keyless.stderr)], [3, true]);
  const other = await login(['gemini', '--url', lab.upstream.url]);
  assert.equal(other.status, 3, other.said);
});

test('a deployed gateway: its address and key are those of the deploy', async () => {
  const known = { url: lab.url, adminKey: ADMIN };
  writeFileSync(path.join(lab.home, 'deployed.json'), JSON.stringify(known));
  const args = ['gemini', '--deployed', '--base-url', `${lab.upstream.url}/gemini/v1beta`];
  const { status, said } = await run('login.mjs', args, { input: 'sim-gemini-key', env: { HOME: lab.home, ISTHMUS_STATE: lab.home } });
  assert.equal(status, 0, said);
});
