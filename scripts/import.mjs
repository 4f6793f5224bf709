// npm run import: finds the logins that other tools keep on this machine, and brings those that a person picks to a gateway.
// Until somebody has picked, nothing but the question which providers there are is sent anywhere.
import { homedir } from 'node:os';
import { parseArgs } from 'node:util';
import { checkAccount, connect, EXIT, GATEWAY_HELP, gatewayOptions, nameOf } from './admin.mjs';
import { factsOf } from './import/facts.mjs';
import { look } from './import/places.mjs';
import { fail } from './lib.mjs';
import { ask } from './terminal.mjs';

const USAGE = `npm run import -- [provider ...] [options]

Looks where official tools and their friends keep a login: ~/.config/opencode, gcloud's application default credentials, ~/.gemini,
~/.antigravity, ~/.aws/sso/cache, ~/.codex, ~/.config/github-copilot, ~/.qwen, ~/.iflow, and the variables
*_OAUTH_CREDS_FILE_PATH and *_OAUTH_CREDS_BASE64 (ANTIGRAVITY, GEMINI, KIRO, CODEX, COPILOT, QWEN, IFLOW). Shows what it found,
without secrets, and asks which of it the gateway gets.

  --all         all that the gateway does not have yet, without asking
  --pick 1,3    these numbers, without asking
  --dry-run     only show what there is
  --no-check    do not try the accounts afterwards
  --help        this text

${GATEWAY_HELP}

Exit code: 0 all that was picked is there, 1 something was refused, 2 wrong usage or nothing picked, 3 no gateway or not its key,
4 stored but something does not work.`;

const options = {
  ...gatewayOptions,
  all: { type: /** @type {const} */ ('boolean') },
  pick: { type: /** @type {const} */ ('string') },
  'dry-run': { type: /** @type {const} */ ('boolean') },
  'no-check': { type: /** @type {const} */ ('boolean') },
  help: { type: /** @type {const} */ ('boolean') },
};

function readOptions() {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    return fail(`${error.message}\n\n${USAGE}`, EXIT.usage);
  }
}

// Their refresh tokens are good for one use.
const ROTATING = ['kiro', 'codex', 'qwen', 'iflow'];

const isSame = (account, { provider, owner, id }) =>
  account.id === id || (account.provider === provider && owner !== '' && account.label === owner);

/** What was found, with what there is to say about it. `number`: it may be picked; `there`: the gateway has this account. */
function survey(found, gateway) {
  const firsts = new Map();
  let count = 0;
  return found.map(({ provider, place, part, login, problem }) => {
    const facts = login ? factsOf(provider, `${place}#${part}`, login) : { owner: '', who: '', expires: '', id: '', same: '' };
    const entry = { provider, place, login, ...facts, problem: problem ?? facts.problem, number: 0, there: null };
    if (entry.problem) return entry;
    const known = gateway.providers?.find((each) => each.provider === provider);
    const first = firsts.get(`${provider} ${facts.same}`) ?? firsts.get(facts.id);
    if (gateway.providers && !known) entry.problem = `this gateway has no provider ${provider}; a newer version may have`;
    else if (first) entry.problem = `the same account as ${first}`;
    if (entry.problem) return entry;
    entry.there = gateway.accounts.find((account) => isSame(account, entry)) ?? null;
    if (entry.there && entry.there.source !== 'stored') entry.problem = `a variable of the gateway holds it, as ${entry.there.id}`;
    if (entry.problem) return entry;
    entry.number = ++count;
    for (const key of [`${provider} ${facts.same}`, facts.id]) firsts.set(key, entry.number);
    return entry;
  });
}

function show(entries) {
  for (const { number, provider, who, place, expires, problem, there } of entries) {
    const head = `${String(number || '-').padStart(4)}  ${provider.padEnd(15)} ${(who || '').padEnd(24)} ${place}`;
    const notes = [
      problem ?? expires,
      number && there && `the gateway has it as ${there.id} (${there.state}), which this would replace`,
    ].filter(Boolean);
    console.log(notes.length ? `${head}\n${' '.repeat(22)}${notes.join('; ')}` : head);
  }
}

/** What the terms of those providers mean for the person, and what becomes of the tool whose login is shared. */
function warn(entries, providers) {
  const named = [...new Set(entries.filter((entry) => entry.number).map((entry) => entry.provider))];
  console.log('');
  for (const name of named) {
    const known = providers?.find((each) => each.provider === name);
    if (known) console.log(`${name}: ${known.status}`);
    if (ROTATING.includes(name))
      console.log(
        `${name}: refresh tokens work once, so that the tool and the gateway will log each other out: npm run login -- ${name} makes a login of the gateway's own.`,
      );
  }
}

/** The entries that the words mean. Throws a sentence. */
function pick(entries, words) {
  const there = entries.filter((entry) => entry.number);
  if (/^a(ll)?$/i.test(words.trim())) return there.filter((entry) => !entry.there || entry.there.state === 'needs_login');
  const numbers = words.split(/[\s,]+/).filter(Boolean);
  return [...new Set(numbers)].map((word) => {
    const entry = there.find(({ number }) => String(number) === word);
    if (!entry) throw new Error(`"${word}" is none of the numbers ${there.map(({ number }) => number).join(', ')}.`);
    return entry;
  });
}

async function picked(entries, values) {
  try {
    if (values.all) return pick(entries, 'all');
    if (values.pick !== undefined) return pick(entries, values.pick);
    const answer = await ask('\nWhich ones does the gateway get? (numbers such as 1 3, or all; nothing = none): ');
    if (answer === null) fail('Nobody is there to ask: say --all or --pick 1,3.', EXIT.usage);
    return pick(entries, answer ?? '');
  } catch (error) {
    return fail(error.message, EXIT.usage);
  }
}

const SETTINGS = ['label', 'base_url', 'wire', 'models', 'weight', 'priority', 'max_concurrent', 'min_interval_ms'];

/** What people have set of an account that is replaced: it stays. */
function settingsOf(account) {
  const own = account.project && !account.project_found ? { project: account.project } : {};
  const given = ([name, value]) => SETTINGS.includes(name) && value !== '' && value.length !== 0;
  return { ...own, ...Object.fromEntries(Object.entries(account).filter(given)) };
}

/** @returns {Promise<number>} the exit code */
async function upload(call, chosen, check) {
  let refused = 0;
  let failing = 0;
  for (const { provider, place, login, owner, id, there } of chosen) {
    const record = { ...login, ...(owner && { label: owner }), ...settingsOf(there ?? {}), provider, id: there?.id ?? id };
    try {
      const account = await call('POST', '/admin/accounts', record);
      console.log(`${place}: stored as ${nameOf(account)}`);
      if (check && !(await checkAccount(call, account))) failing++;
    } catch (error) {
      if (error.ofGateway) return fail(error.message, EXIT.gateway);
      console.error(`${place}: not imported. ${error.message}`);
      refused++;
    }
  }
  return refused ? EXIT.failed : failing ? EXIT.unchecked : 0;
}

/** What the gateway has. With `optional` it need not be there. */
async function askGateway(values, optional) {
  const gateway = connect(values);
  try {
    const [providers, accounts] = await Promise.all(['/admin/login', '/admin/accounts'].map((at) => gateway.call('GET', at)));
    return { call: gateway.call, url: gateway.url, providers: providers.data, accounts: accounts.data };
  } catch (error) {
    if (!optional) return fail(error.message, EXIT.gateway);
    console.error(`${error.message} So nothing is known of what it would take.`);
    return { call: gateway.call, url: gateway.url, providers: null, accounts: [] };
  }
}

const { values, positionals } = readOptions();
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
process.on('SIGINT', () => fail('Stopped.', EXIT.stopped));
const gateway = await askGateway(values, values['dry-run']);
const found = look(process.env, homedir()).filter(({ provider }) => !positionals.length || positionals.includes(provider));
if (!found.length) {
  console.log(
    'No login of another tool was found on this machine. npm run login makes one; npm run import -- --help says where this looks.',
  );
  process.exit(0);
}
const entries = survey(found, gateway);
console.log(`Found on this machine, for ${gateway.url}:\n`);
show(entries);
warn(entries, gateway.providers);
if (values['dry-run'] || !entries.some((entry) => entry.number)) process.exit(0);
const chosen = await picked(entries, values);
if (!chosen.length) {
  console.log('\nNothing was picked, and nothing was sent.');
  process.exit(values.all ? 0 : EXIT.usage);
}
console.log('');
process.exit(await upload(gateway.call, chosen, !values['no-check']));
