// GitHub Copilot, simulated: GitHub's device login, the exchange for a Copilot token, the models, and both endpoints. It
// refuses what the real one refuses: unknown clients, images without their header, a model on the other endpoint.
import { checkBody as checkMessages } from './anthropic-validate.mjs';
import { checkBody } from './openai-validate.mjs';
import { next, send } from './reply.mjs';
import { checkResponses } from './responses-validate.mjs';
import { stream } from './scenario.mjs';
import { opaque, split } from './turn/copilot.mjs';
import * as script from './turn/responses.mjs';
import { play, turnFor } from './turn/turn.mjs';

export const GITHUB_TOKEN = 'ghu_simulated';
/** A token that is sent as it is. */
export const FINE_GRAINED = 'github_pat_simulated';
const CLIENT = 'Iv1.b507a08c87ecfe98';

/** What GitHub knows of the account. */
export class Copilot {
  token = 'tid=sim;exp=0;chat=1:token-1';
  exchanges = 0;
  /** What a device is told before it gets the token: an error of the device flow, or a status. @type {(string | number)[]} */
  answers = ['authorization_pending', 'slow_down'];
  /** @type {undefined | 'spammy' | 'no_access' | 'limited' | 'down' | 'revoked'} */
  trouble = undefined;
}

const problem = (status, message, code = '', headers = {}) => ({ status, body: { error: { message, code } }, headers });
const FAILURES = {
  unauthorized: problem(401, 'unauthorized: token expired', 'unauthorized'),
  quota: problem(402, 'You have exceeded your premium request allowance.', 'quota_exceeded', { 'retry-after': '3600' }),
  rate_limited: problem(429, 'Rate limit exceeded.', 'rate_limited', { 'retry-after': '30' }),
  model_limited: problem(429, 'Sorry, this model is limited.', 'user_model_rate_limited', { 'retry-after': '30' }),
  blocked: problem(429, 'Your extension is blocked.', 'extension_blocked'),
  unsupported_model: problem(400, 'The requested model is not supported.', 'model_not_supported'),
  too_long: problem(400, 'prompt token count of 210000 exceeds the limit of 128000', 'model_max_prompt_tokens_exceeded'),
  proof: problem(400, 'reasoning_opaque could not be verified', 'invalid_encrypted_content'),
  too_large: problem(413, 'request entity too large'),
  missing: problem(404, 'model not found', 'model_not_found'),
  filtered: problem(422, 'The answer was filtered.', 'content_filter'),
  dependency: problem(424, 'failed dependency'),
  outdated: problem(466, 'client not supported'),
  broken: problem(502, 'bad gateway'),
  full: problem(503, 'upstream provider is limited', 'upstream_provider_rate_limit'),
};
FAILURES.spent = problem(402, 'You have no premium requests left.', 'free_quota_exceeded', {
  'x-quota-snapshot-premium_interactions': `ent=300&ov=0.0&ovPerm=false&rem=0.0&rst=${new Date(Date.now() + 7200_000).toISOString().replace(/\.\d+/, '')}`,
});
const answer = (response, { status, body, headers }) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

const denied = (id, message) => ({
  message,
  error_details: { notification_id: id, message, title: 'No', url: 'https://github.com/settings/copilot' },
});
const EXCHANGES = {
  spammy: [403, denied('spammy_user', 'Your access to Copilot has been suspended.')],
  no_access: [403, denied('no_copilot_access', 'You have no access to Copilot.')],
  limited: [403, { message: 'API rate limit exceeded for user', documentation_url: 'https://docs.github.com' }],
  down: [503, { message: 'unavailable' }],
  revoked: [401, { message: 'Bad credentials' }],
};

function github(state, record, path, response) {
  const { copilot } = state;
  const { headers } = record;
  if (!/^GitHubCopilotChat\//.test(headers['user-agent'] ?? ''))
    return send(response, 403, { message: 'Request forbidden by administrative rules.' });
  if (path === 'login/device/code' || path === 'login/oauth/access_token') {
    const form = new URLSearchParams(record.text);
    if (form.get('client_id') !== CLIENT) return send(response, 200, { error: 'incorrect_client_credentials' });
    if (path === 'login/device/code')
      return send(response, 200, {
        device_code: 'dev-1',
        user_code: 'ABCD-1234',
        verification_uri: 'https://github.com/login/device',
        expires_in: 899,
        interval: 1,
      });
    if (form.get('device_code') !== 'dev-1')
      return send(response, 200, { error: 'incorrect_device_code', error_description: 'The device code is wrong' });
    const said = copilot.answers.shift();
    if (typeof said === 'number') return send(response, said, { message: 'unavailable' });
    return send(response, 200, said ? { error: said, interval: 6 } : { access_token: GITHUB_TOKEN, token_type: 'bearer', scope: '' });
  }
  if (!String(headers.authorization).endsWith(GITHUB_TOKEN)) return send(response, ...EXCHANGES.revoked);
  if (path === 'copilot_internal/user')
    return send(response, 200, {
      login: 'octocat',
      copilot_plan: 'individual',
      quota_reset_date: '2030-02-01',
      quota_snapshots: { chat: { unlimited: true }, premium_interactions: { entitlement: 300, remaining: 250, unlimited: false } },
    });
  if (path !== 'copilot_internal/v2/token') return send(response, 404, { message: 'Not Found' });
  copilot.exchanges++;
  if (copilot.trouble === 'cut') return response.writeHead(200, { 'content-type': 'application/json' }).end('{"token":"tid=sim;exp=1');
  if (copilot.trouble) return send(response, ...EXCHANGES[copilot.trouble]);
  copilot.token = `tid=sim;exp=0;chat=1:token-${copilot.exchanges}`;
  const expires_at = Math.floor(Date.now() / 1000) + 1800;
  return send(response, 200, { token: copilot.token, expires_at, refresh_in: 1500, endpoints: { api: 'https://evil.example' } });
}

const NEEDED = [
  'editor-version',
  'editor-plugin-version',
  'copilot-integration-id',
  'openai-intent',
  'x-github-api-version',
  'x-request-id',
];

function checkHead({ headers, body }) {
  for (const name of NEEDED) if (!headers[name]) return problem(400, `bad request: missing ${name} header`);
  if (!['user', 'agent'].includes(headers['x-initiator'])) return problem(400, 'bad request: invalid X-Initiator');
  const image = /"(image_url|input_image)"|"type":"image"/.test(JSON.stringify(body.messages ?? body.input));
  if (image && headers['copilot-vision-request'] !== 'true')
    return problem(400, 'missing required Copilot-Vision-Request header for vision requests');
  if (!image && headers['copilot-vision-request']) return problem(400, 'too many concurrent vision requests');
  return null;
}

const only = (wire, model) => problem(400, `model ${model} is not accessible via the ${wire} endpoint`, 'unsupported_api_for_model');

/** The efforts of a model, by its name. */
const EFFORTS = [
  [/^claude-|^gpt-5(-mini|-codex)?$/, ['low', 'medium', 'high']],
  [/^gpt-5\.1(-codex(-mini)?)?$/, ['none', 'low', 'medium', 'high']],
  [/^gpt-5\./, ['none', 'low', 'medium', 'high', 'xhigh']],
];
function checkEffort({ model, reasoning_effort, reasoning }) {
  const effort = reasoning_effort ?? reasoning?.effort;
  const known = EFFORTS.find(([name]) => name.test(model))?.[1] ?? [];
  if (effort === undefined || known.includes(effort)) return null;
  return problem(400, `reasoning_effort "${effort}" was provided, but model ${model} does not support it`, 'invalid_reasoning_effort');
}

function checkChat(body) {
  if (body.max_tokens !== undefined) return problem(400, "Unsupported parameter: 'max_tokens'", 'invalid_request_body');
  if (body.service_tier !== undefined) return problem(400, "Unsupported parameter: 'service_tier'", 'invalid_request_body');
  const array = body.messages?.some((message) => message.role === 'assistant' && Array.isArray(message.content));
  if (array) return problem(400, 'assistant content must be a string', 'invalid_request_body');
  for (const { reasoning_opaque: blob, reasoning_text: text } of body.messages ?? [])
    if (blob !== undefined && (!opaque.has(blob) || (text !== undefined && opaque.get(blob) !== text)))
      return problem(400, 'reasoning_opaque could not be verified', 'invalid_encrypted_content');
  const found = checkBody(body);
  return found && problem(400, found.message, 'invalid_request_body');
}

const BETAS = ['interleaved-thinking-2025-05-14', 'context-management-2025-06-27', 'advanced-tool-use-2025-11-20'];
// Anthropic's own rules, for a model that thinks in the way that is asked for, and Copilot's.
function checkOwn({ body, headers }) {
  const betas = (headers['anthropic-beta'] ?? '').split(',').filter(Boolean);
  const strange = betas.find((beta) => !BETAS.includes(beta));
  if (strange) return problem(400, `unsupported beta header(s): ${strange}`, 'invalid_request_body');
  if (body.betas || body.service_tier) return problem(400, 'Extra inputs are not permitted', 'invalid_request_body');
  if (body.messages?.at(-1)?.role === 'assistant')
    return problem(400, 'This model does not support assistant message prefill.', 'invalid_request_body');
  const model = body.thinking?.type === 'adaptive' || body.output_config ? 'claude-haiku-5-5' : 'claude-haiku-4-5';
  const names = betas.map((beta) => beta.replace(/-\d{4}-\d\d-\d\d$/, ''));
  const found = checkMessages({ ...body, model }, { betas: names, version: '2023-06-01', key: 'copilot' });
  return found && problem(400, found, 'invalid_request_body');
}

function checkOther(body, key) {
  if (body.service_tier !== undefined || body.store !== false) return problem(400, 'Unsupported parameter', 'invalid_request_body');
  const found = checkResponses(body, key);
  return found && problem(found.status ?? 400, found.message, found.code ?? 'invalid_request_body');
}

/** As Copilot streams Responses: every event names its item by another id, and the newest models' arguments are ciphertext until they are done. */
function asCopilot(events, { model }) {
  let count = 0;
  const renamed = (value) => (value ? `${value}_${'x'.repeat(300)}${count++}` : value);
  return events.map(({ event, data }) => {
    const copy = structuredClone(data);
    if (copy.item_id) copy.item_id = renamed(copy.item_id);
    if (copy.item?.id && copy.item.type !== 'reasoning') copy.item.id = renamed(copy.item.id);
    if (/gpt-5\.4/.test(model) && /(arguments|call_input)\.delta$/.test(event))
      Object.assign(copy, { delta: 'gAAAAABk3c1pher', obfuscation: 'x9' });
    if (copy.response) Object.assign(copy.response, { id: renamed('resp'), output: [] });
    return { event, data: copy };
  });
}

function respond(wire, state, record, response) {
  const { body } = record;
  const scenario = next(state, 'copilot');
  if (FAILURES[scenario.kind]) return answer(response, FAILURES[scenario.kind]);
  const codex = /codex|gpt-5\.4/.test(body?.model);
  if (wire === 'chat' && codex) return answer(response, only('/chat/completions', body.model));
  if (wire === 'responses' && !/^gpt-5/.test(body?.model)) return answer(response, only('/responses', body.model));
  const elsewhere = scenario.kind === 'no_messages' || !/^claude-/.test(body?.model);
  if (wire === 'messages' && elsewhere) return answer(response, only('/v1/messages', body?.model));
  const check = { chat: () => checkChat(body), responses: () => checkOther(body, 'copilot'), messages: () => checkOwn(record) };
  const found = checkHead(record) ?? checkEffort(body) ?? check[wire]();
  if (found) return answer(response, found);
  if (wire === 'messages') {
    const turn = turnFor('anthropic', scenario, body) ?? { text: 'You said it.' };
    return play('anthropic', turn, response, { body, model: body.model, streamed: body.stream });
  }
  if (wire === 'chat') {
    const turn = turnFor('openai', scenario, body) ?? { text: 'You said it.' };
    if (scenario.kind === 'split') return send(response, 200, split(turn, { body, model: body.model }));
    if (scenario.kind === 'model_error') return send(response, 200, { choices: [{ index: 0, message: {}, finish_reason: 'error' }] });
    return play('copilot', turn, response, { body, model: body.model, streamed: body.stream });
  }
  const turn = turnFor('responses', scenario, body) ?? { text: 'You said it.' };
  if (turn.fault === 'refuse') return send(response, ...script.failure);
  let events = asCopilot(script.events(turn, { body, model: body.model, key: 'copilot' }), body);
  if (turn.fault) events = events.slice(0, script.middle(events));
  if (turn.fault === 'error') events.push(script.error);
  return stream(response, events, { ...scenario, cutAfter: turn.fault === 'cut' ? events.length : undefined });
}

const MODELS = [
  { id: 'claude-sonnet-4.5', endpoints: ['/chat/completions', '/v1/messages'], picker: true },
  { id: 'gpt-5.1-codex', endpoints: ['/responses'], picker: true },
  { id: 'gpt-off', endpoints: ['/chat/completions'], picker: true, state: 'disabled' },
  { id: 'text-embedding-3', endpoints: [], picker: false, type: 'embeddings' },
];
const listed = ({ id, endpoints, picker, state = 'enabled', type = 'chat' }) => ({
  id,
  object: 'model',
  model_picker_enabled: picker,
  policy: { state },
  supported_endpoints: endpoints,
  capabilities: { type, limits: { max_prompt_tokens: 128000, max_output_tokens: 16000 }, supports: { tool_calls: true, streaming: true } },
});

/** @param {any} state @param {any} record @param {string[]} rest path after the mount */
export function copilot(state, record, rest, response) {
  const [door, ...more] = rest;
  // A number in front tells accounts apart.
  if (/^\d+$/.test(more[0])) more.shift();
  const path = more.join('/');
  if (door === 'github') return github(state, record, path, response);
  const bearer = record.headers.authorization;
  if (bearer !== `Bearer ${state.copilot.token}` && bearer !== `Bearer ${FINE_GRAINED}`) return answer(response, FAILURES.unauthorized);
  if (path === 'models' && record.method === 'GET') return send(response, 200, { data: MODELS.map(listed) });
  if (path === 'chat/completions') return respond('chat', state, record, response);
  if (path === 'v1/messages') return respond('messages', state, record, response);
  if (path === 'responses') return respond('responses', state, record, response);
  return answer(response, problem(404, 'page not found'));
}
