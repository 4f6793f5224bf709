// Where the upstreams' own tools, and friends of theirs, keep a login. Sources: docs/providers/*.md, and for the order of
// Antigravity's places: a file that is named, the accounts of opencode's plugin, gcloud's application default credentials.
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';

const MAX_BYTES = 1 << 20; // no login is larger; whatever is, is something else

/**
 * @typedef {Record<string, any>} Login what one account's login is uploaded as, but for its provider's name
 * @typedef {{ provider: string, place: string, part: number, login?: Login, problem?: string }} Found a login, or why there is none;
 *   `part` counts those of one file
 */

/** What a tool's file holds. Throws a sentence. @returns {Login} */
function parse(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('it is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('it holds no JSON object');
  return value;
}

function readLogin(file) {
  let text;
  try {
    const stat = statSync(file);
    if (!stat.isFile()) throw new Error('it is no file');
    if (stat.size > MAX_BYTES) throw new Error('it is too large for a login');
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw error.code ? new Error(error.code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${error.code})`) : error;
  }
  return parse(text);
}

/** One login of a file that holds several. @type {Record<string, (file: Login) => Login[]>} */
const SPLITS = {
  // opencode's plugin
  antigravity: (file) =>
    Array.isArray(file.accounts)
      ? file.accounts
          .filter((account) => account?.refreshToken && account.enabled !== false)
          .map((account) => ({ version: file.version ?? 1, accounts: [account], activeIndex: 0 }))
      : [file],
  // the editors: one entry for each host, "github.com" or "github.com:Iv1.x"
  'github-copilot': (file) => {
    const entries = Object.entries(file).filter(([, entry]) => typeof entry?.oauth_token === 'string');
    return entries.length ? entries.map(([host, entry]) => ({ [host]: entry })) : [file];
  },
};

/** The client that AWS gave the login stands in a file of its own, whose name the token's file holds a digest for. */
function withKiroClient(login, file) {
  // What the file calls its provider is who the login is with; an account's provider is ours.
  const { provider, ...rest } = login;
  const named = provider && !rest.socialProvider ? { socialProvider: provider } : {};
  if (!file || !/^[0-9a-f]+$/i.test(rest.clientIdHash ?? '') || rest.clientId) return { ...rest, ...named };
  try {
    const { clientId, clientSecret } = readLogin(path.join(path.dirname(file), `${rest.clientIdHash}.json`));
    return { ...rest, ...named, clientId, clientSecret };
  } catch {
    return { ...rest, ...named }; // the gateway says what is missing
  }
}

/** The files of AWS's cache that are logins of Kiro. Those of other AWS tools open more than models, and are nobody's business here. */
function kiroFiles(folder) {
  let names;
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
  const isKiro = (name) => {
    if (name.startsWith('kiro-auth-token')) return true;
    try {
      const file = readLogin(path.join(folder, name));
      return Boolean(file.accessToken) && /codewhisperer/.test(JSON.stringify(file.scopes ?? ''));
    } catch {
      return false;
    }
  };
  return names
    .filter(isKiro)
    .sort((a, b) => Number(b.startsWith('kiro-auth-token')) - Number(a.startsWith('kiro-auth-token')))
    .map((name) => path.join(folder, name));
}

/** The e-mail address of the login that the Gemini CLI uses, which stands beside its tokens. */
function withGoogleAccount(login, file) {
  if (login.email || !file) return login;
  try {
    const { active } = readLogin(path.join(path.dirname(file), 'google_accounts.json'));
    return typeof active === 'string' ? { ...login, email: active } : login;
  } catch {
    return login;
  }
}

/** @type {Record<string, (login: Login, file: string) => Login>} */
const BESIDES = { kiro: withKiroClient, 'gemini-cli': withGoogleAccount };

/**
 * Every provider with the stem of its variables (KIRO_OAUTH_CREDS_FILE_PATH, KIRO_OAUTH_CREDS_BASE64) and its files, in order.
 * `named`: a variable names the file, which therefore should be there.
 */
function places(env, home) {
  const config = env.XDG_CONFIG_HOME || path.join(home, '.config');
  const opencode = env.OPENCODE_CONFIG_DIR || path.join(config, 'opencode');
  const gcloud = env.CLOUDSDK_CONFIG || path.join(config, 'gcloud');
  const copilot = path.join(config, 'github-copilot');
  return [
    {
      provider: 'antigravity',
      stem: 'ANTIGRAVITY',
      files: [
        path.join(opencode, 'antigravity-accounts.json'),
        env.GOOGLE_APPLICATION_CREDENTIALS || path.join(gcloud, 'application_default_credentials.json'),
        path.join(home, '.antigravity', 'oauth_creds.json'),
      ],
      named: env.GOOGLE_APPLICATION_CREDENTIALS,
    },
    { provider: 'gemini-cli', stem: 'GEMINI', files: [path.join(home, '.gemini', 'oauth_creds.json')] },
    { provider: 'kiro', stem: 'KIRO', files: kiroFiles(path.join(home, '.aws', 'sso', 'cache')) },
    { provider: 'codex', stem: 'CODEX', files: [path.join(env.CODEX_HOME || path.join(home, '.codex'), 'auth.json')] },
    { provider: 'github-copilot', stem: 'COPILOT', files: [path.join(copilot, 'apps.json'), path.join(copilot, 'hosts.json')] },
    { provider: 'qwen', stem: 'QWEN', files: [path.join(home, '.qwen', 'oauth_creds.json')] },
    { provider: 'iflow', stem: 'IFLOW', files: [path.join(home, '.iflow', 'oauth_creds.json')] },
  ];
}

const real = (file) => {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
};

/** Looks everywhere. Nothing is sent anywhere. @param {Record<string, string | undefined>} env @returns {Found[]} */
export function look(env, home) {
  /** @type {Found[]} */
  const found = [];
  const add = (provider, place, read, file = '') => {
    try {
      const logins = (SPLITS[provider] ?? ((login) => [login]))(read());
      for (const [part, login] of logins.entries()) found.push({ provider, place, part, login: BESIDES[provider]?.(login, file) ?? login });
      if (!logins.length) found.push({ provider, place, part: 0, problem: 'it holds no account that is in use' });
    } catch (error) {
      found.push({ provider, place, part: 0, problem: error.message });
    }
  };
  for (const { provider, stem, files, named } of places(env, home)) {
    const short = (file) => (file.startsWith(home + path.sep) ? `~${file.slice(home.length)}` : file);
    const configured = env[`${stem}_OAUTH_CREDS_FILE_PATH`]?.replace(/^~(?=\/)/, home);
    const seen = new Set();
    for (const file of [configured, ...files]) {
      if (!file || seen.has(real(file))) continue;
      seen.add(real(file));
      const expected = file === configured || file === named;
      if (expected || existsSync(file)) add(provider, short(file), () => readLogin(file), file);
    }
    const base64 = env[`${stem}_OAUTH_CREDS_BASE64`];
    if (base64) add(provider, `${stem}_OAUTH_CREDS_BASE64`, () => parse(Buffer.from(base64, 'base64').toString('utf8')), '');
  }
  return found;
}
