// npm run account -- add|list|remove|check: the accounts of a gateway, local or deployed.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { parseArgs } from 'node:util';
import { fail, readVars, stateFolder } from './lib.mjs';

const USAGE = `npm run account -- <command> [options]

  list                        the accounts and how they fare
  add gemini                  a Gemini API key (AI Studio)
  add anthropic               an Anthropic key; --base-url for another service that speaks Messages
  add openai                  an OpenAI-compatible key; --base-url for another service than OpenAI
  add gemini-cli --file F     a login of Google's Gemini CLI (~/.gemini/oauth_creds.json)
  add antigravity --file F    a login of Antigravity (docs/providers/antigravity.md)
  check ID                    does it work, and which models does it have?
  remove ID

  --key-file F    read the key from a file, "-" = standard input   --label TEXT   a name for people
  --base-url URL  another endpoint                                 --id ID        instead of a generated one
  --models a,b    serve these models only                          --project ID   Google Cloud project (Google's logins)
  --wire W        openai: chat, responses or auto (the default)
  --url URL       the gateway (default http://localhost:8787)      --admin-key K  (default: of .dev.vars)`;

const options = Object.fromEntries(
  ['file', 'key-file', 'label', 'base-url', 'wire', 'id', 'models', 'project', 'url', 'admin-key'].map((name) => [
    name,
    { type: 'string' },
  ]),
);
let parsed;
try {
  parsed = parseArgs({ options, allowPositionals: true });
} catch (error) {
  fail(`${error.message}\n\n${USAGE}`);
}
const { values, positionals } = parsed;
const [command, subject] = positionals;

function target() {
  const file = path.join(stateFolder, 'deployed.json');
  const deployed = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const url = (values.url ?? process.env.ISTHMUS_URL ?? 'http://localhost:8787').replace(/\/$/, '');
  const known = url === deployed.url ? deployed.adminKey : readVars().ADMIN_KEY;
  const key = values['admin-key'] ?? process.env.ISTHMUS_ADMIN_KEY ?? known;
  if (!key) fail('No admin key: run npm start once, or give --admin-key or ISTHMUS_ADMIN_KEY.');
  return { url, key };
}

async function call(method, path, body) {
  const { url, key } = target();
  let response;
  try {
    response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
  } catch {
    fail(`No gateway answers at ${url}. Start one with npm start, or name another with --url.`);
  }
  const answer = await response.json().catch(() => ({ error: { message: `${url} did not answer with JSON: is it an Isthmus gateway?` } }));
  if (!response.ok) fail(answer.error?.message ?? `HTTP ${response.status}`);
  return answer;
}

async function standardInput() {
  let text = '';
  for await (const chunk of process.stdin) text += chunk;
  return text.trim();
}

/** Asks at the terminal; what is typed is not shown. */
function askHidden(question) {
  if (!process.stdin.isTTY) return standardInput();
  const terminal = readline.createInterface({ input: process.stdin, output: process.stdout });
  return new Promise((resolve) => {
    terminal.question(question, (answer) => {
      terminal.close();
      console.log();
      resolve(answer.trim());
    });
    terminal._writeToOutput = () => {};
  });
}

async function credential(provider) {
  if (values.file) {
    if (!existsSync(values.file)) fail(`There is no file ${values.file}.`);
    let file;
    try {
      file = JSON.parse(readFileSync(values.file, 'utf8'));
    } catch {
      fail(`${values.file} does not hold JSON, so it is no credential file.`);
    }
    return { ...file, provider, label: values.label ?? file.label };
  }
  if (provider === 'gemini-cli' || provider === 'antigravity')
    fail(`A login of ${provider} is read from its file: --file F. Or log in at /admin/login/${provider}/start.`);
  const from = values['key-file'];
  const key =
    from === '-'
      ? await standardInput()
      : from
        ? readFileSync(from, 'utf8').trim()
        : await askHidden(`API key for ${provider} (not shown): `);
  if (!key) fail('No key was given.');
  return { provider, api_key: key, label: values.label };
}

async function add(provider) {
  if (!provider) fail(USAGE);
  const record = {
    ...(await credential(provider)),
    id: values.id,
    base_url: values['base-url'],
    wire: values.wire,
    project: values.project,
    models: values.models?.split(','),
  };
  for (const name of Object.keys(record)) if (record[name] === undefined) delete record[name];
  const account = await call('POST', '/admin/accounts', record);
  console.log(`Added ${account.id}. Checking it ...`);
  const check = await call('POST', `/admin/accounts/${account.id}/check`);
  console.log(
    check.ok
      ? `${check.message} Models: ${check.models.slice(0, 8).join(', ')}${check.models.length > 8 ? ', ...' : ''}`
      : `It is stored, but does not work yet: ${check.message}`,
  );
}

async function list() {
  const { data } = await call('GET', '/admin/accounts');
  if (!data.length) return console.log('No accounts yet. Add one: npm run account -- add gemini');
  for (const a of data)
    console.log(`${a.id.padEnd(22)} ${a.provider.padEnd(12)} ${a.state.padEnd(12)} ${a.label || ''}${a.reason ? `  (${a.reason})` : ''}`);
}

async function check(id) {
  if (!id) fail(USAGE);
  const answer = await call('POST', `/admin/accounts/${id}/check`);
  if (!answer.ok) fail(answer.message);
  console.log(`${answer.message} Models: ${answer.models.join(', ')}`);
}

async function remove(id) {
  if (!id) fail(USAGE);
  await call('DELETE', `/admin/accounts/${id}`);
  console.log(`Removed ${id}.`);
}

const commands = { add, list, check, remove };
if (!commands[command]) fail(USAGE);
await commands[command](subject);
