// npm start: installs what is missing, builds, and runs the gateway on http://localhost:8787 (or --port N).
// While no account is configured, a simulated upstream stands in, so that the first request works at once.
import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { parseArgs } from 'node:util';
import { buildWasm } from './build.mjs';
import { startGateway } from './gateway.mjs';
import { at, fail, readVars, say } from './lib.mjs';
import { setUp } from './setup.mjs';

const { values } = parseArgs({ options: { port: { type: 'string', default: process.env.PORT ?? '8787' } } });
const port = Number(values.port);
if (!Number.isInteger(port) || port < 1 || port > 65535) fail(`--port must be a number from 1 to 65535, not "${values.port}".`);

function portIsFree() {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Made once, kept for good: a new SEAL_KEY could not open what the old one sealed. */
function localSecrets() {
  if (!existsSync(at('.dev.vars'))) {
    const secret = (prefix) => prefix + randomBytes(24).toString('base64url');
    writeFileSync(at('.dev.vars'), `API_KEY=${secret('isk-')}\nADMIN_KEY=${secret('isa-')}\nSEAL_KEY=${secret('')}\n`, { mode: 0o600 });
    say('made .dev.vars with new local keys');
  }
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
const upstream = await startUpstreams({});
const demo = [
  {
    id: 'simulated',
    provider: 'gemini',
    label: 'simulated upstream',
    base_url: `${upstream.url}/gemini/v1beta`,
    api_key: 'sim-gemini-key',
  },
];

let vars = secrets.ACCOUNTS ? {} : { ACCOUNTS: JSON.stringify(demo) };
const persist = at('.wrangler', 'state');
const onLine = (line) => {
  if (/error|warn/i.test(line) && !/cf` object|workers.cloudflare.com|dns/.test(line)) console.error(line);
};
say('starting the gateway');
let gateway = await startGateway({ port, vars, persist, onLine });
const accounts = await accountsOf(gateway.url, secrets.ADMIN_KEY);
const own = accounts.filter((account) => account.id !== 'simulated');
if (own.length && vars.ACCOUNTS) {
  // The person has accounts of their own by now: the simulated one steps aside.
  await gateway.stop();
  vars = {};
  gateway = await startGateway({ port, vars, persist, onLine });
}

const url = `http://localhost:${port}`;
const model = 'gemini-2.5-flash';
say('ready');
console.log(`
Isthmus is running on ${url}
  client key   ${secrets.API_KEY}
  upstream     ${own.length ? own.map((a) => `${a.provider} (${a.label || a.id})`).join(', ') : 'simulated: answers are canned until you add an account'}

Try it:
  curl -N ${url}/v1/chat/completions \\
    -H "authorization: Bearer ${secrets.API_KEY}" -H "content-type: application/json" \\
    -d '{"model": "${model}", "stream": true, "messages": [{"role": "user", "content": "Hello!"}]}'

Add an account:   npm run account -- add gemini
Stop:             Ctrl-C
`);

const stop = async () => {
  await gateway.stop();
  await upstream.close();
  process.exit(0);
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
