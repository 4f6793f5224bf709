// npm run deploy [-- --dry-run]: builds, deploys, and on the first time sets generated secrets.

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { buildWasm } from './build.mjs';
import { at, fail, modernNode, run, say, wrangler } from './lib.mjs';
import { setUp } from './setup.mjs';

const dryRun = process.argv.includes('--dry-run');
const file = at('.isthmus', 'deployed.json');
const env = { WRANGLER_SEND_METRICS: 'false' };

await setUp('run');
await buildWasm('wasi');
if (dryRun) {
  await run(modernNode(), [wrangler, 'deploy', '--dry-run', '--outdir', at('dist')], { loud: true, env });
  process.exit(0);
}
const login = await run(modernNode(), [wrangler, 'whoami'], { env, allowFailure: true });
if (login.code || /not authenticated/i.test(login.output))
  fail('Not logged in to Cloudflare. Run: npx wrangler login (or set CLOUDFLARE_API_TOKEN).');
say('deploying');
const { output } = await run(modernNode(), [wrangler, 'deploy'], { env, loud: true });
const url = output.match(/https:\/\/[\w.-]+\.workers\.dev/)?.[0];

// A later deploy keeps the secrets: a new SEAL_KEY could not open what the old one sealed.
let known = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
if (!known) {
  const secret = (prefix) => prefix + randomBytes(24).toString('base64url');
  known = { url, apiKey: secret('isk-'), adminKey: secret('isa-') };
  const secrets = { API_KEY: known.apiKey, ADMIN_KEY: known.adminKey, SEAL_KEY: secret('') };
  mkdirSync(at('.isthmus'), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...known, sealKey: secrets.SEAL_KEY }, null, 2), { mode: 0o600 });
  const put = spawnSync(modernNode(), [wrangler, 'secret', 'bulk'], {
    cwd: at(),
    env: { ...process.env, ...env },
    input: JSON.stringify(secrets),
    encoding: 'utf8',
  });
  if (put.status !== 0)
    fail(`The secrets could not be set: ${put.stderr}\nThey are in .isthmus/deployed.json; set them with: npx wrangler secret bulk`);
}
console.log(`
Isthmus is deployed on ${known.url ?? url}
  client key   ${known.apiKey}
  admin key    in .isthmus/deployed.json (keep this file: it also holds the key that sealed your accounts)

Add an account:  npm run account -- add gemini --url ${known.url ?? url}
`);
