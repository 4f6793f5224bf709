// A gateway in front of Kiro's simulator, and what its tests ask of it. Importing it starts both for the file.
import assert from 'node:assert/strict';
import { after, before, beforeEach } from 'node:test';
import { KEY } from '../upstreams/kiro.mjs';
import { start } from './harness.mjs';

/** @type {Awaited<ReturnType<typeof start>>} */
export let edge;

/** Sends a gateway to its simulator instead of Amazon. */
export async function point({ admin, upstream }) {
  const at = (path) => `${upstream.url}/kiro/${path}`;
  const put = await admin('PUT', '/admin/descriptors/kiro', {
    values: {
      runtime_url: at('runtime/{region}'),
      q_url: at('q/{{region}}'),
      management_url: at('management/{region}'),
      oidc_url: at('oidc/{region}'),
      refresh_idc_url: at('oidc/{region}/token'),
      refresh_url: at('social/refreshToken'),
      device_url: at('social/device'),
      idp_hosts: new URL(upstream.url).host,
    },
  });
  assert.equal(put.status, 204, await put.text());
}
export const at = (path) => `${edge.upstream.url}/kiro/${path}`;
before(async () => {
  edge = await start({ accounts: () => [] });
  await point(edge);
});
after(() => edge?.stop());

export const sim = () => edge.upstream.kiro();
const accounts = async () => (await edge.health()).accounts;
export const account = async (id = 'k1') => (await accounts()).find((each) => each.id === id);
export const isGeneration = (request) => /generateAssistantResponse$/i.test(request.headers['x-amz-target'] ?? request.path);
export const generations = () => edge.upstream.requests.filter(isGeneration);
export const state = (request) => request.body.conversationState;

export async function add(record) {
  const added = await edge.admin('POST', '/admin/accounts', record);
  const text = await added.text();
  assert.equal(added.status, 201, text);
  return JSON.parse(text);
}
beforeEach(async () => {
  for (const { id } of await accounts()) await edge.admin('DELETE', `/admin/accounts/${id}`);
  edge.upstream.reset();
});
export const withKey = (extra = {}) => add({ id: 'k1', provider: 'kiro', api_key: KEY, ...extra });
/** A login as the IDE keeps it. */
export const withLogin = (kind, extra = {}) => {
  const { access, refresh } = sim().login(kind);
  return add({
    id: 'k1',
    provider: 'kiro',
    accessToken: access,
    refreshToken: refresh,
    expiresAt: new Date(Date.now() + 3600_000).toISOString(),
    ...extra,
  });
};
/** What goes with a login of AWS. */
export const client = { clientId: 'c', clientSecret: 's' };
export const weather = {
  type: 'object',
  properties: { city: { type: 'string', minLength: 1 } },
  required: ['city'],
  additionalProperties: false,
};
export const HELLO = { model: 'kiro/claude-sonnet-4.6', messages: [{ role: 'user', content: 'hello' }] };
export async function ask(body = HELLO) {
  const response = await edge.post(body);
  const { choices, error } = await response.json();
  return { status: response.status, text: choices?.[0].message.content, finish: choices?.[0].finish_reason, error };
}
