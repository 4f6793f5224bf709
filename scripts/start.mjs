// npm start: installs what is missing, builds, and runs the gateway on http://localhost:8787 (or --port N).
// While no account is configured, a simulated upstream stands in, so that the first request works at once.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildWasm } from './build.mjs';
import { startGateway } from './gateway.mjs';
import { addVars, at, fail, readVars, say, stateFolder } from './lib.mjs';
import { setUp } from './setup.mjs';

const USAGE = `npm start -- [options]

  --port N     listen on this port of localhost (default 8787, or the variable PORT)
  --no-demo    without the simulated upstream, even while there is no account
  --help       this text`;

/** The command line, or a sentence about what is wrong with it. */
function readOptions() {
  const options = {
    port: { type: 'string', default: process.env.PORT || '8787' },
    'no-demo': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  };
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return fail(`${error.message}\n\n${USAGE}`);
  }
}

const values = readOptions();
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const port = Number(values.port);
if (!Number.isInteger(port) || port < 1 || port > 65535) fail(`--port must be a number from 1 to 65535, not "${values.port}".`);

function portIsFree() {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Made once, kept for good: a new SEAL_KEY could not open what the old one sealed. What a person has set stays. */
function localSecrets() {
  const secret = (prefix) => () => prefix + randomBytes(24).toString('base64url');
  if (!existsSync(at('.dev.vars'))) say('made .dev.vars with new local keys');
  addVars({ API_KEY: secret('isk-'), ADMIN_KEY: secret('isa-'), SEAL_KEY: secret('') });
  return readVars();
}

async function accountsOf(url, adminKey) {
  const response = await fetch(`${url}/admin/accounts`, { headers: { authorization: `Bearer ${adminKey}` } });
  return response.ok ? (await response.json()).data : [];
}

if (!(await portIsFree())) fail(`Port ${port} is taken. Stop what listens there, or choose another: npm start -- --port 8788`);
await setUp('run');
await buildWasm('wasi');
const secrets = localSecrets();
const { startUpstreams } = await import('../tests/upstreams/server.mjs');
const upstream = await startUpstreams({
  greeting: 'This is the simulated upstream of Isthmus: its answers are canned until you add an account (npm run account -- add gemini). ',
});
const demo = [
  {
    id: 'simulated',
    provider: 'gemini',
    label: 'simulated upstream',
    base_url: `${upstream.url}/gemini/v1beta`,
    api_key: 'sim-gemini-key',
  },
];

let vars = secrets.ACCOUNTS || values['no-demo'] ? {} : { ACCOUNTS: JSON.stringify(demo) };
const persist = process.env.ISTHMUS_STATE ? path.join(stateFolder, 'kv') : at('.wrangler', 'state');
const onLine = (line) => {
  if (/error|warn/i.test(line) && !/cf` object|workers.cloudflare.com|dns|Scheduled Workers/.test(line)) console.error(line);
};
let gateway;
let stopping = false;
const stop = async () => {
  stopping = true;
  await gateway?.stop();
  await upstream.close();
  process.exit(0);
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);

/** Starts it, or says in a sentence why not. */
async function begin() {
  try {
    return await startGateway({ port, vars, persist, onLine });
  } catch (error) {
    await upstream.close();
    return fail(error.message);
  }
}

say('starting the gateway');
gateway = await begin();
const accounts = await accountsOf(gateway.url, secrets.ADMIN_KEY);
const own = accounts.filter((account) => account.id !== 'simulated');
if (own.length && vars.ACCOUNTS) {
  // The person has accounts of their own by now: the simulated one steps aside.
  await gateway.stop();
  vars = {};
  gateway = await begin();
}

// From here on its end is an accident; before, it made room for itself.
gateway.ended.then(async () => {
  if (stopping) return;
  await upstream.close();
  fail(`The gateway has stopped by itself. Its last words:\n${gateway.log().slice(-2000)}`);
});

const url = `http://localhost:${port}`;
const key = secrets.API_KEY.split(',')[0].trim();

/** A model that the accounts serve, for the example to work as it stands. */
async function exampleModel() {
  const response = await fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } }).catch(() => null);
  const ids = response?.ok ? (await response.json()).data.map((m) => m.id) : [];
  return ids.find((id) => id === 'gemini-2.5-flash') ?? ids[0] ?? 'gemini-2.5-flash';
}

/** Who answers. */
function upstreams() {
  if (own.length) return own.map((a) => `${a.provider} (${a.label || a.id})`).join(', ');
  return vars.ACCOUNTS ? 'simulated: answers are canned until you add an account' : 'none yet: add an account';
}

const model = await exampleModel();
say('ready');
console.log(`
Isthmus is running on ${url}
  client key   ${key}
  upstream     ${upstreams()}

Try it:
  curl -N ${url}/v1/chat/completions \\
    -H "authorization: Bearer ${key}" -H "content-type: application/json" \\
    -d '{"model": "${model}", "stream": true, "messages": [{"role": "user", "content": "Hello!"}]}'

Add an account:   npm run login          shows how, for every provider
                  npm run import         finds the logins that are on this machine
Stop:             Ctrl-C
`);
