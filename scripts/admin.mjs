// The admin API of a gateway, as the scripts call it: which gateway, with which key, and what a failure means in words.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fail, readVars, stateFolder } from './lib.mjs';

/** Exit codes of npm run login and npm run import. */
export const EXIT = { failed: 1, usage: 2, gateway: 3, unchecked: 4, stopped: 130 };

export const gatewayOptions = { url: { type: 'string' }, deployed: { type: 'boolean' }, 'admin-key': { type: 'string' } };
export const GATEWAY_HELP = `  --url URL         the gateway (default http://localhost:8787, or the variable ISTHMUS_URL)
  --deployed        the gateway that npm run deploy made from this machine
  --admin-key K     its admin key (default: the one that npm start or npm run deploy made, or ISTHMUS_ADMIN_KEY)`;

/** What went wrong with a call. `status` is HTTP's; 0: there was no answer. */
export class AdminError extends Error {
  constructor(message, status = 0, code = '') {
    super(message);
    this.status = status;
    this.code = code;
  }
  /** May the same call succeed later? */
  get passes() {
    return this.status === 0 || this.status >= 500;
  }
  /** Is it about the gateway itself, and not about what was asked of it? */
  get ofGateway() {
    return this.status === 0 || this.status === 401;
  }
}

const isLocal = (url) => /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])([:/]|$)/.test(url);

/** The gateway that the options mean. A key is only sent to the gateway that it was made for. */
function target(values) {
  const file = path.join(stateFolder, 'deployed.json');
  const deployed = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  if (values.deployed && !deployed.url) fail('No deploy is known on this machine: name the gateway with --url.', EXIT.usage);
  const named = values.deployed ? deployed.url : (values.url ?? process.env.ISTHMUS_URL ?? 'http://localhost:8787');
  if (!/^https?:\/\/[^/]/.test(named)) fail(`--url must begin with https:// or http://, not "${named}".`, EXIT.usage);
  const url = named.replace(/\/+$/, '');
  const known = url === deployed.url ? deployed.adminKey : isLocal(url) ? readVars().ADMIN_KEY : undefined;
  const key = values['admin-key'] ?? process.env.ISTHMUS_ADMIN_KEY ?? known;
  if (!isLocal(url) && url.startsWith('http://')) console.error(`${url} is not encrypted: keys and logins can be read on the way.`);
  return { url, key };
}

/**
 * @param {{ url?: string, deployed?: boolean, 'admin-key'?: string }} values of `gatewayOptions`
 * @returns {{ url: string, call: (method: string, path: string, body?: object) => Promise<any> }} `call` throws AdminError
 */
export function connect(values) {
  const { url, key } = target(values);
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  async function call(method, path, body) {
    if (!key) throw new AdminError(`No admin key is known for ${url}: run npm start once, or give --admin-key or ISTHMUS_ADMIN_KEY.`);
    let response;
    try {
      response = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
    } catch {
      throw new AdminError(`No gateway answers at ${url}. Start one with npm start, or name another with --url.`);
    }
    const answer = await response.json().catch(() => null);
    if (!answer) throw new AdminError(`${url} did not answer with JSON: is it an Isthmus gateway, and a current one?`, response.status);
    if (response.ok) return answer;
    const said = answer.error?.message ?? `HTTP ${response.status}`;
    throw new AdminError(
      response.status === 401 ? `The gateway at ${url} refuses the admin key. ${said}` : said,
      response.status,
      answer.error?.code,
    );
  }
  return { url, call };
}

/**
 * The command line of a script that calls the admin API. What is wrong with it, or with a call, ends the script.
 * @param {string[]} texts the options that take a text @param {string} usage
 */
export function readCommand(texts, usage) {
  const own = Object.fromEntries(texts.map((name) => [name, { type: /** @type {const} */ ('string') }]));
  let parsed;
  try {
    parsed = parseArgs({ options: { ...gatewayOptions, ...own }, allowPositionals: true });
  } catch (error) {
    fail(`${error.message}\n\n${usage}`);
  }
  const { values, positionals } = parsed;
  const call = (method, path, body) =>
    connect(values)
      .call(method, path, body)
      .catch((error) => fail(error.message));
  return { values, positionals, call };
}

/** Who an account belongs to, as far as anybody said. */
export const nameOf = (account) => `${account.id}${account.label ? ` (${account.label})` : ''}`;

/** Asks the upstream whether a new account works, and says so. @returns {Promise<boolean>} */
export async function checkAccount(call, account) {
  let check;
  try {
    check = await call('POST', `/admin/accounts/${account.id}/check`);
  } catch (error) {
    check = { ok: false, message: error.message };
  }
  const whose = nameOf(check.account ?? account);
  if (!check.ok) {
    console.error(`${whose} is stored, but cannot be used yet: ${check.message}`);
    return false;
  }
  const more = check.models.length > 8 ? `, and ${check.models.length - 8} more` : '';
  console.log(`${whose} works. Models: ${check.models.slice(0, 8).join(', ')}${more}`);
  return true;
}
