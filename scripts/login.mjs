// npm run login -- PROVIDER: a person's login at an upstream becomes an account of a gateway, local or deployed.
// The core drives every login (src/gateway/admin_login.h); this shows what it says and brings back what the person has.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { AdminError, checkAccount, connect, EXIT, GATEWAY_HELP, gatewayOptions, nameOf } from './admin.mjs';
import { fail } from './lib.mjs';
import { listenForRedirect } from './redirect.mjs';
import { ask, progressLine } from './terminal.mjs';

const USAGE = `npm run login -- <provider> [options]

Without a provider: which ones the gateway has, and how one logs in to each.

  --method M        another way in than the first of the list
  --id ID           renew the login of this account (npm run account -- list); a new one gets this id
  --key-file F      a key, or a code to bring back, from a file; "-" = standard input, which is also read when it is no terminal
  --no-check        do not try the account afterwards
  --help            this text
  and the options of the method: --label TEXT, --project ID, --region R, ... as the list says

${GATEWAY_HELP}

Exit code: 0 logged in, 1 the login failed, 2 wrong usage, 3 no gateway or not its key, 4 stored but the account does not work,
130 stopped with Ctrl-C.`;

const own = {
  ...gatewayOptions,
  method: { type: 'string' },
  id: { type: 'string' },
  'key-file': { type: 'string' },
  'no-check': { type: 'boolean' },
  help: { type: 'boolean' },
};

/** The command line. Options that are not ours are the method's: which ones it has, the gateway knows. */
function readOptions(args = process.argv.slice(2)) {
  const options = { ...own };
  for (const [, name] of args.map((arg) => arg.match(/^--([a-z][\w-]*)/) ?? [])) if (name) options[name] ??= { type: 'string' };
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    return fail(`${error.message}\n\n${USAGE}`, EXIT.usage);
  }
}

const flag = (option) => `--${option.replaceAll('_', '-')}`;
const optionsOf = (method) => method.options.split(',').filter(Boolean);

function describe({ provider, title, status, methods }) {
  const ways = methods.map((method, index) => {
    const options = optionsOf(method)
      .map((option) => ` [${flag(option)}]`)
      .join('');
    return `    ${index ? `--method ${method.method}` : `(or --method ${method.method})`}  ${method.title}${options}`;
  });
  return `${provider}: ${title}\n  ${status}\n${ways.join('\n')}`;
}

/** The provider and the way in that the command line means, and what is given to its start. */
function chosen(providers, [name, ...rest], values) {
  if (rest.length) fail(`One provider at a time, not "${[name, ...rest].join(' ')}".\n\n${USAGE}`, EXIT.usage);
  const provider = providers.find((each) => each.provider === name || each.aliases.includes(name));
  if (!provider) fail(`The gateway has no provider "${name}". It has: ${providers.map((each) => each.provider).join(', ')}.`, EXIT.usage);
  const method = provider.methods.find((each) => each.method === (values.method ?? provider.methods[0]?.method));
  if (!method) fail(`${provider.provider} has no login "${values.method}". It has:\n\n${describe(provider)}`, EXIT.usage);
  const given = { method: method.method, ...(values.id ? { id: values.id } : {}) };
  for (const [option, value] of Object.entries(values)) {
    if (option in own) continue;
    const member = optionsOf(method).find((each) => flag(each) === `--${option}`);
    if (!member)
      fail(`The login ${method.method} of ${provider.provider} has no option --${option}. It has:\n\n${describe(provider)}`, EXIT.usage);
    given[member] = value;
  }
  return { provider, method, given };
}

/** What a person should know of the failure: what happened, whose fault it is, what next. */
function explain(error, provider) {
  if (!(error instanceof AdminError)) throw error;
  if (error.ofGateway) return fail(error.message, EXIT.gateway);
  const whose =
    error.status === 503
      ? 'That is the gateway, not your account.'
      : error.status > 503 || error.status === 502
        ? `That is ${provider.title} or the way there, not your account.`
        : 'No account was changed.';
  return fail(`Not logged in to ${provider.title}: ${error.message}\n${whose}`, EXIT.failed);
}

/** Which accounts wait for a login, so that nobody makes a second one by mistake. */
async function remindOf(call, provider) {
  const { data } = await call('GET', '/admin/accounts');
  const renewable = (account) => account.state === 'needs_login' && account.source === 'stored';
  const waiting = data.filter((account) => account.provider === provider.provider && renewable(account));
  for (const account of waiting) console.log(`${nameOf(account)} waits for a login: --id ${account.id} renews it.\n`);
}

const clock = (ms) => `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}`;
const TRIES_OUT_OF_REACH = 5;

/** Waits until the person has allowed access on the page. A gateway or an upstream that is out of reach for a moment ends nothing. */
async function waitForPerson(step, next) {
  const line = progressLine();
  const until = step.expires_ms || Date.now() + 15 * 60_000;
  let failures = 0;
  try {
    for (;;) {
      const due = Date.now() + step.pause_ms;
      for (let left = step.pause_ms; left > 0; left = due - Date.now()) {
        const note = failures ? 'no answer, trying again' : 'waiting for you to allow access';
        line.show(`  ${note} (the code is good for another ${clock(Math.max(0, until - Date.now()))}; Ctrl-C stops) `);
        await new Promise((resolve) => setTimeout(resolve, Math.min(left, 1000)));
      }
      try {
        step = await next(step);
        failures = 0;
      } catch (error) {
        if (!error.passes || ++failures >= TRIES_OUT_OF_REACH) throw error;
        continue;
      }
      if (step.done) return step;
    }
  } finally {
    line.clear();
  }
}

/** What the person writes, or where the browser was sent, whichever comes first. */
async function hear(question, hidden, redirect) {
  const enough = new AbortController();
  const asked = ask(question, { hidden, signal: enough.signal });
  if (!redirect) return asked;
  const first = await Promise.race([asked, redirect.arrived.then((address) => ({ address }))]);
  enough.abort();
  if (typeof first !== 'object' || first === null) return first;
  console.log('(it has arrived)');
  return first.address;
}

/** Asks for the key or the code. What is refused may be given again, while there is somebody to ask. */
async function bring(step, next, file) {
  const hidden = step.kind === 'key';
  const question = hidden ? 'Key (not shown): ' : 'Code or address: ';
  if (file && file !== '-') return next(step, readFileSync(file, 'utf8').trim());
  const redirect = step.url ? await listenForRedirect(step.url) : null;
  if (redirect) console.log(`With a browser on this machine nothing needs to be pasted: this listens at ${redirect.at}\n`);
  let refused;
  try {
    for (let tries = 0; tries < 3; tries++) {
      const input = await hear(question, hidden, tries ? null : redirect);
      if (input === null) break;
      try {
        return await next(step, input);
      } catch (error) {
        if (error.ofGateway) throw error;
        refused = error;
        if (process.stdin.isTTY) console.error(error.message);
      }
    }
  } finally {
    redirect?.close();
  }
  throw refused ?? new AdminError('The standard input ended before anything was given.', 400);
}

async function logIn(call, { provider, given }, file) {
  const at = `/admin/login/${provider.provider}`;
  let step = await call('POST', `${at}/start`, given);
  if (step.done) return step;
  const next = ({ login }, input = '') => call('POST', `${at}/continue`, { login, input });
  console.log(step.message);
  if (step.url) console.log(`\n  page  ${step.url}`);
  if (step.code) console.log(`  code  ${step.code}`);
  if (step.url) console.log('');
  step = step.kind === 'device' ? await waitForPerson(step, next) : await bring(step, next, file);
  return step;
}

const { values, positionals } = readOptions();
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const file = values['key-file'];
if (file && file !== '-')
  try {
    readFileSync(file);
  } catch (error) {
    fail(`--key-file ${file} cannot be read: ${error.code}.`, EXIT.usage);
  }
process.on('SIGINT', () => {
  console.error('\nStopped before the login was done. Nothing was stored; the same command starts a new one.');
  process.exit(EXIT.stopped);
});

const gateway = connect(values);
const providers = await gateway.call('GET', '/admin/login').then(
  ({ data }) => data,
  (error) =>
    fail(
      error.ofGateway ? error.message : `${gateway.url} cannot list its providers (${error.message}). Is it an older version?`,
      EXIT.gateway,
    ),
);
if (!positionals.length) {
  console.log(`${providers.map(describe).join('\n\n')}\n\nnpm run login -- ${providers[0]?.provider}    (--help: all options)`);
  process.exit(0);
}
const choice = chosen(providers, positionals, values);
console.log(`${choice.provider.title}, ${choice.method.title}. ${choice.provider.status}\n`);
let done;
try {
  if (!values.id) await remindOf(gateway.call, choice.provider);
  done = await logIn(gateway.call, choice, file);
} catch (error) {
  explain(error, choice.provider);
}
console.log(`${done.renewed ? 'Renewed the login of' : 'Logged in: account'} ${nameOf(done.account)}.`);
const works = values['no-check'] || (await checkAccount(gateway.call, done.account));
process.exit(works ? 0 : EXIT.unchecked);
