// npm run deploy [-- --dry-run]: builds and deploys. Secrets that the Worker does not have yet are generated and go
// along with the deploy; those that it has are never touched: a new SEAL_KEY could not open what the old one sealed.

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildWasm } from './build.mjs';
import { at, fail, modernNode, run, say, stateFolder, wrangler } from './lib.mjs';
import { setUp } from './setup.mjs';

const FILE = path.join(stateFolder, 'deployed.json'); // what only this machine knows
const env = { WRANGLER_SEND_METRICS: 'false' };
const ask = (...args) => run(modernNode(), [wrangler, ...args], { env, allowFailure: true });
const NAMES = { apiKey: 'API_KEY', adminKey: 'ADMIN_KEY', sealKey: 'SEAL_KEY' };
const PREFIXES = { apiKey: 'isk-', adminKey: 'isa-', sealKey: '' };

function readOptions() {
  try {
    return parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } }).values;
  } catch (error) {
    return fail(`${error.message}\n\nnpm run deploy [-- --dry-run]`);
  }
}

async function checkLogin() {
  const { code, output } = await ask('whoami');
  if (/not authenticated/i.test(output))
    fail(
      'Not logged in to Cloudflare. Run: npx wrangler login\nWithout a browser, set CLOUDFLARE_API_TOKEN (template "Edit Cloudflare Workers").',
    );
  if (code)
    fail(`${output.slice(-1500)}\n\nCloudflare did not answer. Is there a network, and is the login still good (npx wrangler login)?`);
}

/** The names of the secrets that the Worker has; none before the first deploy. */
async function secretsThere() {
  const { code, output } = await ask('secret', 'list', '--format', 'json');
  if (code) {
    if (/10007|not found|does not exist/i.test(output)) return new Set();
    fail(`${output.slice(-1500)}\n\nWhich secrets the Worker has could not be read, so nothing was deployed.`);
  }
  const list = JSON.parse(output.slice(output.indexOf('['), output.lastIndexOf(']') + 1));
  return new Set(list.map((secret) => secret.name));
}

function remember(known) {
  mkdirSync(stateFolder, { recursive: true });
  writeFileSync(FILE, JSON.stringify(known, null, 2), { mode: 0o600 });
}

/** Deploys, with `secrets` (by name) if there are any. @returns {Promise<string | undefined>} the address */
async function deploy(secrets) {
  const file = path.join(stateFolder, 'new-secrets.json');
  const args = [wrangler, 'deploy'];
  if (Object.keys(secrets).length) {
    writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
    args.push('--secrets-file', file);
  }
  try {
    const { code, output } = await run(modernNode(), args, { env, loud: true, allowFailure: true });
    if (code) fail(`The deploy failed; Wrangler says why above. Nothing is lost: run npm run deploy again.`);
    return output.match(/https:\/\/[\w.-]+\.workers\.dev/)?.[0];
  } finally {
    rmSync(file, { force: true });
  }
}

const options = readOptions();
await setUp('run');
await buildWasm('wasi');
if (options['dry-run']) {
  await run(modernNode(), [wrangler, 'deploy', '--dry-run', '--outdir', at('dist')], { loud: true, env });
  process.exit(0);
}
await checkLogin();
const there = await secretsThere();
const known = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {};
const missing = {};
for (const [member, name] of Object.entries(NAMES)) {
  if (there.has(name)) continue;
  known[member] ??= PREFIXES[member] + randomBytes(24).toString('base64url');
  missing[name] = known[member];
}
remember(known); // before they are used: a key that nobody knows is a door without one
say('deploying');
const url = (await deploy(missing)) ?? known.url;
remember({ ...known, url });

const elsewhere = 'set earlier, and not known on this machine';
console.log(`
Isthmus is deployed${url ? ` on ${url}` : ''}
  client key   ${known.apiKey ?? elsewhere}
  admin key    ${known.adminKey ? `in ${path.relative(at(), FILE)} (keep this file: it also holds the key that sealed your accounts)` : elsewhere}

Add an account:  npm run login -- gemini --deployed      (npm run login: every provider; npm run import: what this machine has)
`);
