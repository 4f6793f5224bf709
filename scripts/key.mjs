// npm run key -- add|list|change|rotate|remove: the client keys of a gateway, local or deployed.
import { GATEWAY_HELP, readCommand } from './admin.mjs';
import { fail } from './lib.mjs';

const USAGE = `npm run key -- <command> [options]

  add [NAME]          a new key; it is shown once
  list                the keys, what they may do and what they have used today
  change ID           with any of the settings below
  rotate ID           a new key with the same settings; the old one stops at once, or after --grace SECONDS
  remove ID           the key stops working

  --name TEXT         for people
  --expires WHEN      a day or a moment in UTC, such as 2027-01-31 or 2027-01-31T12:00:00Z
  --providers a,b     may use these providers only        --models a,b    these models only; 'gemini-3*' means all that begin so
  --rpm N             requests a minute                   --tpd N         tokens a day (UTC), input and output
  none                takes one of these back, such as --rpm none

${GATEWAY_HELP}`;

const list = (text) => text.split(',').map((word) => word.trim());
const number = (text) => (/^\d+$/.test(text) ? Number(text) : text); // the gateway says what is wrong with any other
/** Options, the settings that they mean, and how their text is read. @type {Record<string, [string, (text: string) => unknown]>} */
const SETTINGS = {
  name: ['name', String],
  expires: ['expires', String],
  providers: ['providers', list],
  models: ['models', list],
  rpm: ['requests_per_minute', number],
  tpd: ['tokens_per_day', number],
};

const texts = [...Object.keys(SETTINGS), 'grace'];
const { values, positionals, call } = readCommand(texts, USAGE);
const [command, subject, ...more] = positionals;
const path = (id, action = '') => `/admin/keys/${encodeURIComponent(id)}${action}`;

function settings() {
  const out = {};
  for (const [option, [member, read]] of Object.entries(SETTINGS)) {
    const text = values[option];
    if (text !== undefined) out[member] = text === 'none' ? null : read(text);
  }
  return out;
}

const limitsOf = (key) =>
  [
    key.expires && `until ${key.expires}`,
    key.providers?.length && `providers ${key.providers.join(', ')}`,
    key.models?.length && `models ${key.models.join(', ')}`,
    key.requests_per_minute && `${key.requests_per_minute} requests a minute`,
    key.tokens_per_day && `${key.tokens_per_day} tokens a day`,
  ]
    .filter(Boolean)
    .join('; ') || 'no limits';

function show(key) {
  console.log(`${key.id}  ${key.name}: ${limitsOf(key)}`);
  console.log(`\n  ${key.key}\n\nThis is the only time it is shown.`);
}

const commands = {
  async add(name) {
    show(await call('POST', '/admin/keys', { ...(name ? { name } : {}), ...settings() }));
  },
  async list() {
    const { data } = await call('GET', '/admin/keys');
    if (!data.length) return console.log('No client keys are stored. npm run key -- add NAME makes one.');
    for (const key of data) {
      const today = key.today ? `  today: ${key.today.requests} requests, ${key.today.tokens} tokens` : '';
      console.log(`${key.id}  ${key.name.padEnd(20)} ${key.expired ? 'expired' : limitsOf(key)}${today}`);
    }
  },
  async change(id) {
    const wanted = settings();
    if (!id || !Object.keys(wanted).length) fail(USAGE);
    const key = await call('PATCH', path(id), wanted);
    console.log(`${key.id}  ${key.name}: ${limitsOf(key)}\n${key.note}`);
  },
  async rotate(id) {
    if (!id) fail(USAGE);
    show(await call('POST', path(id, '/rotate'), { ...settings(), ...(values.grace ? { grace_seconds: number(values.grace) } : {}) }));
  },
  async remove(id) {
    if (!id) fail(USAGE);
    const { note } = await call('DELETE', path(id));
    console.log(`Removed ${id}. ${note}`);
  },
};
if (!Object.hasOwn(commands, command ?? '') || more.length) fail(USAGE);
await commands[command](subject);
