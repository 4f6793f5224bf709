// npm run import, as a child process with a home of its own, against the real Wasm: every place and format, what is broken, and
// what the gateway makes of it. No output holds a secret, and nothing is sent before somebody has picked.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { factsOf } from '../../scripts/import/facts.mjs';
import { ACCOUNT, jwt } from '../upstreams/codex.mjs';
import { GITHUB_TOKEN } from '../upstreams/copilot.mjs';
import { run, startLab } from './lab.mjs';

/** @type {Awaited<ReturnType<typeof startLab>>} */
let lab;
before(async () => (lab = await startLab()));
after(() => lab?.stop());
/** @type {string[]} */
const heard = [];
beforeEach(async () => {
  await lab.clear();
  rmSync(lab.home, { recursive: true });
  mkdirSync(lab.home);
});
afterEach(() => {
  for (const said of heard.splice(0))
    assert.doesNotMatch(said, /ghu_|sim-refresh|sim-antigravity|aoa-|aor-|eyJ[\w-]{20}|rt_|SECRET|secret-of|1\/\/0/, said);
});
async function importing(args = [], options = {}) {
  const result = await lab.run('import.mjs', args, options);
  heard.push(result.said);
  return result;
}
function put(place, content) {
  const file = path.join(lab.home, place);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}
const later = () => Date.now() + 3600_000;
const google = (refresh_token, extra = {}) => ({
  access_token: 'ya29.old-SECRET',
  refresh_token,
  scope: 'https://www.googleapis.com/auth/cloud-platform',
  token_type: 'Bearer',
  expiry_date: Date.now() - 1000,
  ...extra,
});
const plugin = (accounts) => ({ version: 4, accounts, activeIndex: 0 });
const ANTIGRAVITY = '.config/opencode/antigravity-accounts.json';
const KIRO = '.aws/sso/cache/kiro-auth-token.json';
const codexFile = (token = lab.upstream.codex().access) => ({
  OPENAI_API_KEY: null,
  tokens: { id_token: jwt('id'), access_token: token, refresh_token: 'rt_0', account_id: ACCOUNT },
});
function kiroFile(kind, extra = {}) {
  const { access, refresh } = lab.upstream.kiro().login(kind);
  return { accessToken: access, refreshToken: refresh, expiresAt: new Date(later()).toISOString(), ...extra };
}
const copilotFile = (user = 'octocat', token = GITHUB_TOKEN) => ({
  'github.com:Iv1.x': { user, oauth_token: token, githubAppId: 'Iv1.x' },
});
const hash = 'e909a0580879b06ece1aceb2b8a3f0bbd14b1a2c';

function putEverything() {
  put('.gemini/oauth_creds.json', google('sim-refresh'));
  put('.gemini/google_accounts.json', { active: 'cli@example.com', old: [] });
  put(ANTIGRAVITY, plugin([{ email: 'one@example.com', refreshToken: 'sim-antigravity-refresh|my-project', lastUsed: 1 }]));
  put(KIRO, kiroFile('builder_id', { clientIdHash: hash, authMethod: 'IdC', provider: 'BuilderId', region: 'us-east-1' }));
  put(`.aws/sso/cache/${hash}.json`, { clientId: 'client', clientSecret: 'SECRET-of-client', expiresAt: '2001-01-01T00:00:00Z' });
  put('.codex/auth.json', { ...codexFile(), base_url: `${lab.upstream.url}/codex/chatgpt/7/codex` });
  put('.config/github-copilot/apps.json', copilotFile());
}

test('nothing there; help; words that mean nothing', async () => {
  const nothing = await importing();
  assert.deepEqual([nothing.status, /No login of another tool was found/.test(nothing.said)], [0, true], nothing.said);
  assert.match((await importing(['--help'])).said, /npm run import -- \[provider \.\.\.\]/);
  const wrong = await importing(['--al']);
  assert.deepEqual([wrong.status, /--al/.test(wrong.stderr)], [2, true]);
});

test('shows what there is, whose it is and until when, and sends nothing', async () => {
  putEverything();
  const before = lab.upstream.requests.length;
  const { status, said } = await importing(['--dry-run']);
  assert.equal(status, 0, said);
  assert.match(said, /1 {2}antigravity {5}one@example\.com +~\/\.config\/opencode\/antigravity-accounts\.json/);
  assert.match(said, /2 {2}gemini-cli {6}cli@example\.com +~\/\.gemini\/oauth_creds\.json\n +token is due for renewal/);
  assert.match(said, /3 {2}kiro +BuilderId +~\/\.aws\/sso\/cache\/kiro-auth-token\.json\n +token good until 20\d\d-/);
  assert.match(said, /4 {2}codex +user@example\.com/);
  assert.match(said, /5 {2}github-copilot {2}octocat/);
  assert.match(said, /codex: refresh tokens work once.*npm run login -- codex/);
  assert.match(said, /gemini-cli: Since 2026-06-18.*terms forbid/, 'the terms are said before anything is picked');
  assert.deepEqual([(await lab.accounts()).length, lab.upstream.requests.length], [0, before]);
  const away = await importing(['--dry-run', 'codex', '--url', 'http://127.0.0.1:1']);
  assert.deepEqual([away.status, /No gateway answers[\s\S]*1 {2}codex/.test(away.said)], [0, true], away.said);
  assert.doesNotMatch(away.said, /github-copilot/, 'only the provider that was named');
  assert.equal((await importing([], { env: { ISTHMUS_URL: 'http://127.0.0.1:1' } })).status, 3);
});

test('all of it is imported, works, and is not imported twice', async () => {
  putEverything();
  const { status, said } = await importing(['--all']);
  assert.equal(status, 0, said);
  const accounts = await lab.accounts();
  assert.deepEqual(accounts.map(({ provider, state }) => `${provider} ${state}`).sort(), [
    'antigravity ready',
    'codex ready',
    'gemini-cli ready',
    'github-copilot ready',
    'kiro ready',
  ]);
  assert.equal(said.match(/ works\. Models: /g)?.length, 5, said);
  const label = (provider) => accounts.find((each) => each.provider === provider).label;
  assert.deepEqual(['antigravity', 'codex', 'gemini-cli', 'github-copilot'].map(label), [
    'one@example.com',
    'user@example.com',
    'cli@example.com',
    'octocat',
  ]);
  const again = await importing(['--all']);
  assert.match(again.said, /codex[\s\S]*the gateway has it as codex-\w+ \(ready\), which this would replace/);
  assert.match(again.said, /Nothing was picked, and nothing was sent/);
  const codex = accounts.find(({ provider }) => provider === 'codex');
  await lab.admin('PATCH', `/admin/accounts/${codex.id}`, { label: 'work', max_concurrent: 1 });
  const replaced = await importing(['--pick', '4', '--no-check']);
  assert.equal(replaced.status, 0, replaced.said);
  const after = await lab.accounts();
  assert.deepEqual(after.map(({ id }) => id).sort(), accounts.map(({ id }) => id).sort());
  const { base_url, label: name, max_concurrent } = after.find(({ id }) => id === codex.id);
  assert.match(base_url, /\/7\/codex/);
  assert.deepEqual([name, max_concurrent], ['work', 1], 'what people have set stays');
});

test('the workspaces of one person are accounts of their own', () => {
  const idOf = (account_id, refresh_token) => {
    const file = codexFile();
    return factsOf('codex', 'auth.json', { ...file, tokens: { ...file.tokens, account_id, refresh_token } }).id;
  };
  assert.notEqual(idOf('personal', 'rt_a'), idOf('team', 'rt_b'));
  assert.equal(idOf('team', 'rt_c'), idOf('team', 'rt_b'), 'a newer token is the same login');
});

test('a person picks numbers; a pipe may; nobody may not', async () => {
  putEverything();
  const some = await importing(['--no-check'], { input: '3, 5\n' });
  assert.equal(some.status, 0, some.said);
  assert.deepEqual((await lab.accounts()).map(({ provider }) => provider).sort(), ['github-copilot', 'kiro']);
  const none = await importing([], { input: '\n' });
  assert.deepEqual([none.status, /nothing was sent/.test(none.said)], [2, true]);
  const nobody = await importing([], { input: '' });
  assert.deepEqual([nobody.status, /say --all or --pick/.test(nobody.stderr)], [2, true]);
  const wrong = await importing(['--pick', '1,9']);
  assert.deepEqual([wrong.status, /"9" is none of the numbers 1, 2, 3, 4, 5/.test(wrong.stderr)], [2, true]);
  assert.equal((await lab.accounts()).length, 2);
});

test('files that are broken are named, and stop nothing', async () => {
  put('.gemini/oauth_creds.json', '{"access_token": "SECRET-cut');
  put('.codex/auth.json', '[]');
  put(ANTIGRAVITY, plugin([{ email: 'off@example.com', refreshToken: '1//0x', enabled: false }]));
  put('.config/github-copilot/apps.json', {});
  mkdirSync(path.join(lab.home, '.config/github-copilot/hosts.json'));
  put('.config/gcloud/application_default_credentials.json', { type: 'service_account', private_key: 'SECRET' });
  put('.antigravity/oauth_creds.json', 'x'.repeat(2 << 20));
  put('.iflow/oauth_creds.json', { access_token: 7, expiry_date: 1e30, accounts: 'none', tokens: [null] });
  put(KIRO, { accessToken: 'aoa-x', refreshToken: 'aor-short...', authMethod: 'social' });
  const env = { KIRO_OAUTH_CREDS_FILE_PATH: '/nowhere/kiro.json', GEMINI_OAUTH_CREDS_BASE64: 'not base64' };
  const { status, said, stderr } = await importing(['--all'], { env });
  for (const [place, why] of [
    ['~/.gemini/oauth_creds.json', 'it is not JSON'],
    ['GEMINI_OAUTH_CREDS_BASE64', 'it is not JSON'],
    ['~/.codex/auth.json', 'it holds no JSON object'],
    [`~/${ANTIGRAVITY}`, 'it holds no account that is in use'],
    ['~/.config/gcloud/application_default_credentials.json', 'it is a service account'],
    ['~/.antigravity/oauth_creds.json', 'it is too large'],
    ['~/.config/github-copilot/apps.json', 'it holds no token'],
    ['~/.config/github-copilot/hosts.json', 'it is no file'],
    ['~/.iflow/oauth_creds.json', 'it holds no token'],
    ['/nowhere/kiro.json', 'there is no such file'],
  ])
    assert.ok(said.includes(`${place}\n${' '.repeat(22)}${why}`), `${place}: ${why}\n${said}`);
  assert.equal(status, 1, 'the one that looked good is refused by the gateway');
  assert.match(stderr, /kiro-auth-token\.json: not imported\. 'refresh_token' is cut short/);
  assert.deepEqual(await lab.accounts(), []);
});

test('one file, several accounts; several files, one account', async () => {
  lab.upstream.codeAssist().refreshTokens.set('1//0second', lab.upstream.codeAssist().refreshTokens.get('sim-antigravity-refresh') ?? '');
  const one = { email: 'one@example.com', refreshToken: 'sim-antigravity-refresh' };
  put(ANTIGRAVITY, plugin([one, { email: 'two@example.com', refreshToken: '1//0second' }]));
  const configured = put('mine.json', plugin([one]));
  put('.config/github-copilot/apps.json', { ...copilotFile(), 'corp.ghe.com': { user: 'octocat-corp', oauth_token: 'ghu_corp' } });
  put('.config/github-copilot/hosts.json', copilotFile());
  const env = { ANTIGRAVITY_OAUTH_CREDS_FILE_PATH: configured };
  const { status, said } = await importing(['--all', '--no-check'], { env });
  assert.equal(status, 0, said);
  assert.match(said, /1 {2}antigravity {5}one@example\.com +~\/mine\.json/, 'a file that is named comes first');
  assert.match(said, /- {2}antigravity {5}one@example\.com .*\n +the same account as 1/);
  assert.match(said, /- {2}github-copilot {2}octocat .*hosts\.json\n +the same account as 3/);
  const labels = (await lab.accounts()).map(({ label }) => label).sort();
  assert.deepEqual(labels, ['octocat', 'octocat-corp', 'one@example.com', 'two@example.com']);
});

test("a variable's base64, other places by variable, and an API key of Codex", async () => {
  const env = {
    KIRO_OAUTH_CREDS_BASE64: Buffer.from(JSON.stringify(kiroFile('social', { provider: 'Github', authMethod: 'social' }))).toString(
      'base64',
    ),
    XDG_CONFIG_HOME: path.join(lab.home, 'xdg'),
    CODEX_HOME: path.join(lab.home, 'cx'),
    GOOGLE_APPLICATION_CREDENTIALS: put('adc.json', {
      type: 'authorized_user',
      client_id: 'gcloud',
      client_secret: 'SECRET',
      refresh_token: '1//0adc',
    }),
  };
  put('cx/auth.json', { OPENAI_API_KEY: 'sk-SECRET', base_url: `${lab.upstream.url}/codex/key/1` });
  put('xdg/github-copilot/hosts.json', { 'github.com': { user: 'octocat', oauth_token: GITHUB_TOKEN } });
  const { status, said } = await importing(['--all', '--no-check'], { env });
  assert.equal(status, 0, said);
  assert.match(said, /antigravity +~\/adc\.json\n/);
  assert.match(said, /kiro +Github +KIRO_OAUTH_CREDS_BASE64\n +token good until/);
  assert.match(said, /codex +~\/cx\/auth\.json\n/);
  assert.equal((await lab.accounts()).length, 4);
});

test("Kiro: who the login is with is kept; other tools' logins at AWS are left alone", async () => {
  const { clientIdHash: _, ...client } = { clientIdHash: hash, clientId: 'client', clientSecret: 'SECRET-of-client' };
  put(`.aws/sso/cache/${hash}.json`, client);
  put(KIRO, kiroFile('idc', { clientIdHash: hash, authMethod: 'IdC', provider: 'Enterprise', region: 'eu-central-1' }));
  put('.aws/sso/cache/0a1b.json', {
    startUrl: 'https://d-1.awsapps.com/start',
    accessToken: 'SECRET-of-aws',
    expiresAt: '2030-01-01T00:00:00Z',
  });
  put('.aws/sso/cache/broken.json', '{');
  const { status, said } = await importing(['--all']);
  assert.equal(status, 0, said);
  assert.match(said, /1 {2}kiro +Enterprise/);
  assert.doesNotMatch(said, /0a1b|broken/);
  assert.match(
    said,
    /stored as kiro-\w+\nkiro-\w+ \(person@example\.com\) works\. Models: /,
    'an organisation has a profile to be found, which a Builder ID has not',
  );
});

test('an account that does not work is said to be so', async () => {
  put('.gemini/oauth_creds.json', google('revoked-SECRET'));
  const { status, stderr } = await importing(['--all']);
  assert.equal(status, 4, stderr);
  assert.match(stderr, /gemini-cli-\w+ is stored, but cannot be used yet: .*Log in again/);
  put('.gemini/oauth_creds.json', google('sim-refresh'));
  const again = await importing(['--all']);
  assert.equal(again.status, 0, again.said);
  assert.match(again.said, /the gateway has it as gemini-cli-\w+ \(needs_login\), which this would replace[\s\S]*works\. Models: /);
  assert.equal((await lab.accounts()).length, 1);
});

test('a gateway that lacks a provider says so; one that has it gets it', async (t) => {
  put('.qwen/oauth_creds.json', google('qwen-SECRET', { resource_url: 'portal.qwen.ai' }));
  put('.config/github-copilot/apps.json', copilotFile());
  put('.iflow/oauth_creds.json', google('iflow-SECRET', { apiKey: 'sk-SECRET', expiry_date: 1e30 }));
  const older = http.createServer((request, response) => {
    const data =
      request.url === '/admin/login'
        ? ['iflow', 'github-copilot'].map((provider) => ({ provider, title: provider, status: 'Ended.', aliases: [], methods: [] }))
        : [{ id: 'fixed', provider: 'github-copilot', label: 'octocat', state: 'ready', source: 'ACCOUNTS' }];
    const body = request.method === 'GET' ? { data } : { id: 'iflow-1', provider: 'iflow', label: 'sim' };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
  await new Promise((resolve) => older.listen(0, '127.0.0.1', () => resolve(undefined)));
  t.after(() => older.close());
  const { port } = /** @type {import('node:net').AddressInfo} */ (older.address());
  const env = { HOME: lab.home, ISTHMUS_STATE: lab.home, ISTHMUS_ADMIN_KEY: 'isa-x', ISTHMUS_URL: `http://127.0.0.1:${port}` };
  const { status, said } = await run('import.mjs', ['--all', '--no-check'], { env });
  heard.push(said);
  assert.equal(status, 0, said);
  assert.match(said, /- {2}qwen .*\n +this gateway has no provider qwen; a newer version may have/);
  assert.match(said, /- {2}github-copilot .*\n +a variable of the gateway holds it, as fixed/);
  assert.match(said, /iflow: Ended\.[\s\S]*~\/\.iflow\/oauth_creds\.json: stored as iflow-1 \(sim\)/);
});
