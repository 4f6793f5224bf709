// OpenAI Codex, simulated: ChatGPT's OAuth with refresh tokens that work once, and the subscription's Responses endpoint, which
// refuses every member that is not on its list, and whole answers.
import { next, send } from './reply.mjs';
import { checkResponses } from './responses-validate.mjs';
import { stream } from './scenario.mjs';
import * as script from './turn/responses.mjs';
import { turnFor } from './turn/turn.mjs';

const CLIENT = 'app_EMoamEEZ73f0CkXaXp7hrann';
export const ACCOUNT = '11111111-2222-4333-8444-555555555555';

/** A token that says who its owner is. @param {number} seconds that it lasts */
export function jwt(name, seconds = 864000) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    exp: Math.floor(Date.now() / 1000) + seconds,
    email: 'user@example.com',
    name,
    'https://api.openai.com/auth': { chatgpt_account_id: ACCOUNT, chatgpt_plan_type: 'plus' },
  };
  return `${part({ alg: 'none' })}.${part(claims)}.sig`;
}

const FIRST = jwt('access-0');
/** The login as Codex CLI keeps it. */
export const file = (access_token = FIRST) => ({
  tokens: { id_token: jwt('id'), access_token, refresh_token: 'rt_0', account_id: ACCOUNT },
});

/** What OpenAI knows of the login. */
export class Codex {
  refreshToken = 'rt_0';
  refreshes = 0;
  polls = 0;
  down = false;
  /** May this account log in with a code? */
  devices = true;
  access = FIRST;
  /** Milliseconds from a trade, which counts at once, to its answer. */
  delay = 0;
  /** Seconds for which refreshed tokens are good. */
  life = 864000;
  /** Is the endpoint of usage out of reach, as behind a relay? */
  noUsage = false;
}

const failure = (status, body, headers = {}) => ({ status, body, headers });
const error = (status, type, message, more = {}, headers = {}) => failure(status, { error: { type, message, ...more } }, headers);
const inAnHour = () => String(Math.floor(Date.now() / 1000) + 3600);
const FAILURES = {
  usage_limit: error(429, 'usage_limit_reached', 'The usage limit has been reached', { plan_type: 'plus', resets_in_seconds: 3600 }),
  window: error(
    429,
    'usage_limit_reached',
    'The usage limit has been reached',
    {},
    {
      'x-codex-primary-used-percent': '100.0',
      'x-codex-primary-reset-at': inAnHour(),
      'x-codex-secondary-used-percent': '40',
    },
  ),
  not_included: error(429, 'usage_not_included', 'Your plan does not include Codex.'),
  rate_limit: error(429, 'requests', 'Rate limit reached. Please try again in 12s.', { code: 'rate_limit_exceeded' }),
  unauthorized: failure(401, { detail: 'Unauthorized' }),
  deactivated: failure(401, { error: { message: 'Your account has been deactivated.', code: 'account_deactivated' } }),
  payment: failure(402, { detail: { code: 'deactivated_workspace' } }),
  forbidden: failure(403, { detail: 'No entitlement' }),
  challenge: failure(403, '<!DOCTYPE html><title>Just a moment...</title>', { 'content-type': 'text/html', 'cf-mitigated': 'challenge' }),
  path_block: failure(404, ''),
  capacity: error(400, 'invalid_request_error', 'Selected model is at capacity. Please try a different model.'),
  country: error(403, 'request_forbidden', 'Country, region, or territory not supported', {
    code: 'unsupported_country_region_territory',
    param: null,
  }),
  image: error(400, 'invalid_request_error', 'Image inputs are not supported by this model.', { param: null, code: null }),
  plan: failure(400, { detail: "The 'gpt-5.4' model is not supported when using Codex with a ChatGPT account." }),
  overloaded: error(503, 'server_error', 'Overloaded', { code: 'server_is_overloaded' }),
  broken: error(500, 'server_error', 'The server had an error.', { code: 'server_error' }),
  no_quota: error(429, 'insufficient_quota', 'You exceeded your current quota.', { code: 'insufficient_quota' }),
  proof: error(400, 'invalid_request_error', 'The encrypted content could not be verified.', { code: 'invalid_encrypted_content' }),
  unknown_parameter: failure(400, { detail: 'Unsupported parameter: client_metadata' }),
  too_large: failure(413, { detail: 'Request body too large' }),
  previous: error(400, 'invalid_request_error', 'Previous response not found.', { code: 'previous_response_not_found' }),
  context: error(400, 'invalid_request_error', 'Your input exceeds the context window of this model.', { code: 'context_length_exceeded' }),
  policy: error(400, 'invalid_request_error', 'Flagged.', { code: 'cyber_policy' }),
};
/** Failures that come inside a 200, before any content. */
const SAID = {
  said_limit: {
    type: 'error',
    error: { type: 'usage_limit_reached', message: 'The usage limit has been reached', resets_in_seconds: 3600 },
  },
  said_overload: { type: 'error', code: 'server_is_overloaded', message: 'Overloaded', param: null },
};
const answer = (response, { status, body, headers }) =>
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(typeof body === 'string' ? body : JSON.stringify(body));

function tokens(codex, response) {
  codex.refreshes++;
  codex.refreshToken = `rt_${codex.refreshes}`;
  codex.access = jwt(`access-${codex.refreshes}`, codex.life);
  const given = {
    id_token: jwt('id'),
    access_token: codex.access,
    refresh_token: codex.refreshToken,
    token_type: 'Bearer',
    expires_in: codex.life,
  };
  setTimeout(() => send(response, 200, given), codex.delay);
}

function oauth({ codex }, record, path, response) {
  if (codex.down) return send(response, 503, { error: 'unavailable' });
  const form = record.body ?? Object.fromEntries(new URLSearchParams(record.text));
  if (path.startsWith('api/accounts/deviceauth/') && !codex.devices) return send(response, 404, { detail: 'Not Found' });
  if (path === 'api/accounts/deviceauth/usercode')
    return send(response, 200, { device_auth_id: 'da-1', user_code: 'ABCD-EFGH', interval: '1' });
  if (path === 'api/accounts/deviceauth/token') {
    if (form.device_auth_id !== 'da-1' || form.user_code !== 'ABCD-EFGH') return send(response, 400, { error: 'bad' });
    if (codex.polls++ < 1) return send(response, 403, { error: 'pending' });
    return send(response, 200, { authorization_code: 'code-device', code_challenge: 'c', code_verifier: 'server-verifier' });
  }
  if (path !== 'oauth/token' || form.client_id !== CLIENT) return send(response, 400, { error: 'invalid_client' });
  if (form.grant_type === 'refresh_token') {
    if (form.refresh_token !== codex.refreshToken) return send(response, 401, { error: { code: 'refresh_token_reused', message: 'used' } });
    return tokens(codex, response);
  }
  const device =
    form.code === 'code-device' && form.code_verifier === 'server-verifier' && form.redirect_uri.endsWith('/deviceauth/callback');
  const browser =
    form.code === 'code-browser' && form.code_verifier?.length >= 43 && form.redirect_uri === 'http://localhost:1455/auth/callback';
  return device || browser ? tokens(codex, response) : send(response, 400, { error: 'invalid_grant' });
}

const ALLOWED = [
  'model',
  'instructions',
  'input',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'reasoning',
  'store',
  'stream',
  'include',
  'prompt_cache_key',
  'text',
  'service_tier',
  'client_metadata',
];
const detail = (message) => failure(400, { detail: message });

/** What is wrong with a request of a subscription. */
function refused({ headers, body }) {
  if (headers['chatgpt-account-id'] !== ACCOUNT) return failure(403, { detail: 'Missing account.' });
  if (!/^codex_cli_rs\/\d/.test(headers['user-agent'] ?? '') || headers.originator !== 'codex_cli_rs') return FAILURES.challenge;
  if (!/^[0-9a-f-]{36}$/.test(headers['session-id'] ?? '') || headers['session-id'] !== body?.prompt_cache_key)
    return detail('Bad session.');
  for (const name of Object.keys(body)) if (!ALLOWED.includes(name)) return detail(`Unsupported parameter: ${name}`);
  if (body.service_tier !== undefined && body.service_tier !== 'priority') return detail(`Unsupported service_tier: ${body.service_tier}`);
  const bare = body.tools?.find(({ parameters }) => parameters?.type === 'object' && !parameters.properties);
  if (bare) return detail(`Invalid schema for function '${bare.name}': object schema missing properties.`);
  if (body.parallel_tool_calls !== undefined && !body.tools?.length) return detail('parallel_tool_calls needs tools');
  if (typeof body.instructions !== 'string') return detail('Instructions are required');
  if (body.stream !== true) return detail('Stream must be set to true');
  if (body.store !== false) return detail('Store must be set to false');
  if (body.input.some?.((item) => item.role === 'system')) return detail('System messages are not allowed');
  return null;
}

/** What a model does not take of a request that is else right. */
function unfit({ model, temperature, text }) {
  const refuse = (param, message, code = null) => error(400, 'invalid_request_error', message, { param, code });
  if (temperature !== undefined) return refuse('temperature', "Unsupported parameter: 'temperature' is not supported with this model.");
  const verbosity = text?.verbosity ?? 'medium';
  if (model === 'gpt-5-codex' && verbosity !== 'medium')
    return refuse(
      'text.verbosity',
      `Unsupported value: '${verbosity}' is not supported with the 'gpt-5-codex' model. Supported values are: 'medium'.`,
      'unsupported_value',
    );
  return null;
}

function respond(state, record, response, isKey) {
  const scenario = next(state, 'codex');
  if (FAILURES[scenario.kind]) return answer(response, FAILURES[scenario.kind]);
  if (SAID[scenario.kind]) return stream(response, [{ event: 'error', data: SAID[scenario.kind] }]);
  const { body } = record;
  const wrong = (isKey ? null : refused(record)) ?? unfit(body);
  if (wrong) return answer(response, wrong);
  const found = checkResponses(body, 'codex');
  if (found) return answer(response, error(found.status ?? 400, 'invalid_request_error', found.message, { code: found.code }));
  const headers = scenario.headers ?? {};
  const turn = turnFor('responses', scenario, body) ?? { text: 'You said it.' };
  if (turn.fault === 'refuse') return send(response, ...script.failure);
  // The last event repeats no items.
  let events = script.events(turn, { body, model: body.model, key: 'codex' }).map(({ event, data }) => ({
    event,
    data: event === 'response.completed' ? { ...data, response: { ...data.response, output: [] } } : data,
  }));
  if (turn.fault) events = events.slice(0, script.middle(events));
  if (turn.fault === 'error') events.push(script.error);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  return stream(response, events, { cutAfter: turn.fault === 'cut' ? events.length : undefined });
}

/** A conversation made short: what is left of it. */
function compact(state, record, response, isKey) {
  if (next(state, 'compact').kind) return answer(response, failure(404, { detail: 'Not Found' }));
  const { stream: streams, store, ...rest } = record.body;
  const wrong = isKey ? null : refused({ headers: record.headers, body: { ...rest, stream: true, store: false } });
  if (wrong || streams !== undefined || store !== undefined) return answer(response, wrong ?? detail('Unsupported parameter: stream'));
  send(response, 200, { id: 'resp_c', output: [{ type: 'compaction', encrypted_content: 'gAAAAA-sim-compaction' }], usage: null });
}

const MODELS = [
  { slug: 'gpt-5.2', visibility: 'list' },
  { slug: 'gpt-secret', visibility: 'hide' },
];

/** @param {any} state @param {any} record @param {string[]} rest path after the mount */
export function codex(state, record, [door, ...more], response) {
  const path = more.join('/').replace(/^\d+\//, ''); // a number in front tells accounts apart
  if (door === 'auth') return oauth(state, record, path, response);
  const isKey = door === 'key';
  const token = isKey ? 'sk-sim-codex' : state.codex.access;
  if (record.headers.authorization !== `Bearer ${token}`) return answer(response, FAILURES.unauthorized);
  if (path === 'codex/responses') return respond(state, record, response, isKey);
  if (path === 'codex/responses/compact') return compact(state, record, response, isKey);
  if (path === 'wham/usage' && state.codex.noUsage) return answer(response, failure(404, { detail: 'Not Found' }));
  if (path === 'codex/models') return send(response, 200, { models: MODELS });
  if (path === 'wham/usage')
    return send(response, 200, {
      plan_type: 'plus',
      rate_limit: {
        primary_window: { used_percent: 12, reset_at: 1900000000 },
        secondary_window: { used_percent: 55, reset_at: 1900000001 },
      },
    });
  return answer(response, failure(404, { detail: 'Not Found' }));
}
