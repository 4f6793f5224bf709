// A gateway in front of Antigravity's simulator, and what its tests ask of it. Importing it starts both for the file.
import assert from 'node:assert/strict';
import { after, before, beforeEach } from 'node:test';
import { antigravityAccount, start } from './harness.mjs';

/** @type {Awaited<ReturnType<typeof start>>} */
export let edge;

/** Sends a gateway to its simulator instead of Google. */
async function point({ admin, upstream }, provider, values) {
  const oauth = {
    authorize_url: `${upstream.url}/oauth/authorize`,
    token_url: `${upstream.url}/oauth/token`,
    userinfo_url: `${upstream.url}/oauth/userinfo`,
  };
  const put = await admin('PUT', `/admin/descriptors/${provider}`, { values: { ...oauth, ...values } });
  assert.equal(put.status, 204, await put.text());
}

before(async () => {
  edge = await start({ accounts: () => [] });
  const at = (path) => `${edge.upstream.url}/${path}`;
  await point(edge, 'antigravity', { daily_url: at('antigravity/daily'), prod_url: at('antigravity/prod') });
  await point(edge, 'gemini-cli', { base_url: at('code-assist') });
});
after(() => edge?.stop());
beforeEach(async () => {
  for (const { id } of (await edge.health()).accounts) await edge.admin('DELETE', `/admin/accounts/${id}`);
  edge.upstream.reset();
});

export async function add(record) {
  const added = await edge.admin('POST', '/admin/accounts', record);
  const text = await added.text();
  assert.equal(added.status, 201, text);
  return JSON.parse(text);
}
let logins = 0;
/** A login whose id no earlier test has used: what is remembered of an account goes by its id. */
export async function login(extra = {}) {
  const id = `ag${++logins}`;
  const { base_url, ...record } = antigravityAccount(edge.upstream, { id, ...extra });
  await add(extra.base_url ? { ...record, base_url } : record);
  return id;
}
export const account = async (id) => (await edge.health()).accounts.find((each) => each.id === id);
export const count = (path) => edge.upstream.requests.filter((request) => request.path.includes(path)).length;
export const generations = () => edge.upstream.requests.filter((request) => request.path.includes(':streamGenerateContent'));
export const hostOf = (request) => request.path.split('/')[2];

export const HELLO = { model: 'antigravity/gemini-3-flash', messages: [{ role: 'user', content: 'hello' }] };
export const CLAUDE = { ...HELLO, model: 'antigravity/claude-sonnet-4-6' };
export async function ask(body = HELLO) {
  const response = await edge.post(body);
  const { choices, error } = await response.json();
  return { status: response.status, text: choices?.[0].message.content, error };
}
