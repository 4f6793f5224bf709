// What may be said of a login that was found: whose it is and until when its token is good. Never a secret.
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';

/** @typedef {import('./places.mjs').Login} Login */

/** What a JSON Web Token says of its owner. Nothing is verified: it is only shown. */
function claims(token) {
  try {
    return JSON.parse(Buffer.from(String(token).split('.')[1], 'base64url').toString('utf8')) ?? {};
  } catch {
    return {};
  }
}

const digest = (...words) => createHash('sha256').update(words.join('\n')).digest('hex');
const text = (value) => (typeof value === 'string' ? value : '');

/** The object that holds the tokens, wherever the tool puts it. @param {Login} login @returns {Login} */
function holder(login) {
  if (login.tokens && typeof login.tokens === 'object') return login.tokens;
  if (login.token && typeof login.token === 'object') return login.token;
  if (Array.isArray(login.accounts)) return login.accounts[0];
  return Object.values(login).find((entry) => entry?.oauth_token) ?? login;
}

/** What the login is worth something for: the secret that would be lost. */
function secretOf(login, at) {
  const tokens = [at.refresh_token, at.refreshToken, login.refresh, at.oauth_token, at.access_token, at.accessToken, login.token];
  const keys = [login.OPENAI_API_KEY, login.apiKey, login.api_key, login.kiroApiKey, login.github_token];
  return [...tokens, ...keys].map(text).find(Boolean) ?? '';
}

function ownerOf(login, at) {
  const said = claims(at.id_token);
  const person = claims(at.access_token)['https://api.openai.com/profile']?.email;
  return [login.email, at.email, said.email, person, at.user, login.username, login.account].map(text).find(Boolean) ?? '';
}

/** The date, or null: the login does not say, or nothing that is one. */
function expiryOf(login, at) {
  const said = [login.expiry_date, at.expiry_date, login.expires, login.expiresAt, login.expires_at, login.expired, at.expiry];
  const stands = said.find(Boolean) ?? claims(at.access_token).exp;
  if (stands === undefined) return null;
  const number = Number(stands);
  const date = new Date(Number.isNaN(number) ? stands : number < 1e11 ? number * 1000 : number); // seconds or milliseconds
  return Number.isNaN(date.getTime()) ? null : date;
}

/**
 * @param {string} provider @param {string} place @param {Login} login
 * @returns {{ owner: string, who: string, expires: string, id: string, same: string, problem?: string }}
 *   `owner`: the person, if the login says; `who`: that, or else with whom the login is; `id`: the account's, the same again whenever
 *   the same login is imported; `same`: equal for two copies of one login
 */
export function factsOf(provider, place, login) {
  const at = holder(login);
  const secret = secretOf(login, at);
  const owner = ownerOf(login, at);
  // One person may have several workspaces of Codex, each an account.
  const whose = [owner || `${hostname()}:${place}`, text(at.account_id)].filter(Boolean);
  const id = `${provider}-${digest(provider, ...whose).slice(0, 8)}`;
  const facts = { owner, who: owner || text(login.socialProvider), expires: '', id, same: digest(secret) };
  if (login.type === 'service_account') return { ...facts, problem: 'it is a service account, which these services do not take' };
  if (!secret) return { ...facts, problem: 'it holds no token; the tool may keep its login in the keyring of the system' };
  const expires = expiryOf(login, at);
  const renews = Boolean(at.refresh_token || at.refreshToken || login.refresh);
  if (expires && expires.getTime() < Date.now()) facts.expires = renews ? 'token is due for renewal' : 'expired';
  else if (expires) facts.expires = `token good until ${expires.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return facts;
}
