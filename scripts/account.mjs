// npm run account -- add|set|list|remove|check: the accounts of a gateway, local or deployed.
import { existsSync, readFileSync } from 'node:fs';
import { checkAccount, GATEWAY_HELP, readCommand } from './admin.mjs';
import { fail } from './lib.mjs';
import { ask } from './terminal.mjs';

const USAGE = `npm run account -- <command> [options]

  list                        the accounts and how they fare
  add gemini                  a Gemini API key (AI Studio)
  add anthropic               an Anthropic key; --base-url for another service that speaks Messages
  add openai                  an OpenAI-compatible key; --base-url for another service than OpenAI
  add gemini-cli --file F     a login of Google's Gemini CLI (~/.gemini/oauth_creds.json)
  add antigravity --file F    a login of Antigravity (docs/providers/antigravity.md)
  check ID                    does it work, and which models does it have?
  set ID                      changes how it is used, with the options below; "default" brings a default back
  remove ID

  --key-file F    read the key from a file, "-" = standard input   --label TEXT   a name for people
  --base-url URL  another endpoint                                 --id ID        instead of a generated one
  --models a,b    serve these models only: names, beginnings "gemini-2.5-*", exclusions "-gemini-2.5-pro"
  --wire W        openai: chat, responses or auto (the default)    --project ID   Google Cloud project (Google's logins)
  --weight N      its share of the conversations (default 1)       --priority N   the lowest number serves first (default 0)
  --max-concurrent N   requests at a time, 0 = any number          --min-interval-ms N   between two starts

${GATEWAY_HELP}

npm run login -- PROVIDER logs in, npm run import finds the logins that are on this machine.`;

// How an account is used: options, as the record names them.
const settings = { weight: 'weight', priority: 'priority', 'max-concurrent': 'max_concurrent', 'min-interval-ms': 'min_interval_ms' };
const texts = [...Object.keys(settings), 'file', 'key-file', 'label', 'base-url', 'wire', 'id', 'models', 'project'];
const { values, positionals, call } = readCommand(texts, USAGE);
const [command, subject] = positionals;

async function credential(provider) {
  if (values.file) {
    if (!existsSync(values.file)) fail(`There is no file ${values.file}.`);
    let file;
    try {
      file = JSON.parse(readFileSync(values.file, 'utf8'));
    } catch {
      fail(`${values.file} does not hold JSON, so it is no credential file.`);
    }
    // Kiro's own file says under "provider" who the login is with.
    const other = file.provider === provider ? {} : { socialProvider: file.provider };
    return { ...file, ...other, provider, label: values.label ?? file.label };
  }
  if (provider === 'gemini-cli' || provider === 'antigravity')
    fail(`A login of ${provider} is read from its file: --file F. Or log in: npm run login -- ${provider}`);
  const from = values['key-file'];
  const key =
    from && from !== '-' ? readFileSync(from, 'utf8').trim() : await ask(`API key for ${provider} (not shown): `, { hidden: true });
  if (!key) fail('No key was given.');
  return { provider, api_key: key, label: values.label };
}

/** The settings that the options name; "default" is null. */
function preferences() {
  const record = {};
  for (const [option, name] of Object.entries(settings)) {
    const text = values[option];
    if (text === undefined) continue;
    if (text !== 'default' && !/^-?\d+$/.test(text)) fail(`--${option} wants a whole number, not "${text}".`);
    record[name] = text === 'default' ? null : Number(text);
  }
  if (values.models !== undefined) record.models = values.models === 'default' ? null : values.models.split(',');
  return record;
}

async function set(id) {
  const record = { ...preferences(), ...(values.label === undefined ? {} : { label: values.label }) };
  if (!id || !Object.keys(record).length) fail(USAGE);
  await call('PATCH', `/admin/accounts/${id}`, record);
  console.log(`Changed ${id}.`);
}

async function add(provider) {
  if (!provider) fail(USAGE);
  const record = {
    ...(await credential(provider)),
    id: values.id,
    base_url: values['base-url'],
    wire: values.wire,
    project: values.project,
    ...preferences(),
  };
  for (const name of Object.keys(record)) if (record[name] === undefined) delete record[name];
  const account = await call('POST', '/admin/accounts', record);
  console.log(`Added ${account.id}. Checking it ...`);
  await checkAccount(call, account);
}

/** What differs from the defaults, in words. */
function settingsOf(account) {
  const usual = { weight: 1, priority: 0, max_concurrent: 0, min_interval_ms: 0 };
  const words = Object.keys(usual).filter((name) => (account[name] ?? usual[name]) !== usual[name]);
  const list = words.map((name) => `${name} ${account[name]}`);
  if (account.models?.length) list.push(`models ${account.models.join(',')}`);
  return list.length ? `  [${list.join('; ')}]` : '';
}

async function list() {
  const { data } = await call('GET', '/admin/accounts');
  if (!data.length) return console.log('No accounts yet. npm run login shows how to add one.');
  for (const a of data)
    console.log(
      `${a.id.padEnd(22)} ${a.provider.padEnd(12)} ${a.state.padEnd(12)} ${a.label || ''}${settingsOf(a)}${a.reason ? `  (${a.reason})` : ''}`,
    );
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

const commands = { add, set, list, check, remove };
if (!commands[command]) fail(USAGE);
await commands[command](subject);
process.exit(0); // a pipe that nobody closes would keep it waiting
