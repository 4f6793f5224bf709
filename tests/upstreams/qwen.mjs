// Qwen, simulated: the device login of chat.qwen.ai, the portal that its tokens are for, and DashScope, which takes keys. It
// refuses what the real ones refuse: a conversation with any other system message than one, in parts and first; fields of
// other services; what a thinking model cannot do. A coder model that is declared no tool babbles.
import { createHash } from 'node:crypto';
import { checkBody } from './openai-validate.mjs';
import { next, send } from './reply.mjs';
import { play, turnFor } from './turn/turn.mjs';

export const KEY = 'sk-sim-qwen';
export const TOKENS = { access_token: 'qwen-access-0', refresh_token: 'qwen-refresh-0' };
const CLIENT = 'f0304373b74a44d2b584a3fb70ca9e56';
const LIMITS = { 'coder-model': 65536, 'qwen3-coder-plus': 65536, 'qwen3.7-max': 1e6, 'qwen3.8-max': 1e6, 'glm-5': 16384 };

/** What Qwen knows of the login. */
export class Qwen {
  access = TOKENS.access_token;
  refreshToken = TOKENS.refresh_token;
  refreshes = 0;
  polls = 0;
  challenge = '';
  /** Seconds for which refreshed tokens are good. */
  life = 21600;
  /** Where the login's models live, as the token endpoint says. */
  resource = 'portal.qwen.ai';
  /** The token endpoint's trouble. @type {undefined | 'page' | 'down'} */
  trouble = undefined;
  /** The login itself is good, and yet no model may be asked. */
  retired = false;
}

const problem = (status, message, code, headers = {}) => ({
  status,
  body: { error: { message, type: code, param: null, code }, request_id: 'req-sim' },
  headers,
});
const PAGE = '<!doctypehtml><html><title>405</title>Sorry, your request has been blocked as it may cause potential threats.</html>';
const EXPIRED = problem(401, 'invalid access token or token expired', 'invalid_api_key');
const FAILURES = {
  unauthorized: EXPIRED,
  forbidden: problem(403, 'invalid access token or token expired', 'access_denied'),
  quota: problem(429, 'You exceeded your current quota, please check your plan and billing details.', 'insufficient_quota'),
  free_quota: problem(403, 'Free allocated quota exceeded.', 'AllocationQuota.FreeTierOnly'),
  week_quota: problem(429, 'week allocated quota exceeded.', 'Throttling.AllocationQuota'),
  minute_quota: problem(429, 'Allocated quota exceeded, please increase your quota limit.', 'Throttling.AllocationQuota'),
  concurrency: problem(429, 'concurrency allocated quota exceeded.', 'Throttling.AllocationQuota'),
  overdue: problem(429, 'The postpaid bill is overdue.', 'PostpaidBillOverdue'),
  unpurchased: problem(403, 'Access to model denied. Please make sure you are eligible for using the model.', 'AccessDenied.Unpurchased'),
  throttled: problem(429, 'Requests rate limit exceeded, please try again later.', 'Throttling.RateQuota', { 'retry-after': '7' }),
  unpaid: problem(400, 'Access denied, please make sure your account is in good standing.', 'Arrearage'),
  invalid: problem(400, '<400> InternalError.Algo.InvalidParameter: Range of max_tokens should be [1, 65536]', 'invalid_parameter_error'),
  too_long: problem(400, 'Range of input length should be [1, 258048]', 'invalid_parameter_error'),
  missing: problem(404, 'The model `x` does not exist or you do not have access to it.', 'model_not_found'),
  native: { status: 429, body: { code: 'Throttling', message: 'Too many requests.', request_id: 'req-sim' } },
  timeout: problem(504, 'upstream request timeout', 'timeout'),
  broken: problem(500, 'An internal error has occured.', 'internal_error'),
  page: { status: 405, html: PAGE },
  page_200: { status: 200, html: PAGE },
};

function answer(response, { status, body, html, headers }) {
  const type = html ? 'text/html; charset=utf-8' : 'application/json';
  response.writeHead(status, { 'content-type': type, ...headers }).end(html ?? JSON.stringify(body));
}
const oauthError = (status, error, error_description = error) => ({ status, body: { error, error_description } });

function grant(qwen, response) {
  qwen.access = `qwen-access-${qwen.refreshes}`;
  qwen.refreshToken = `qwen-refresh-${qwen.refreshes}`;
  const body = { status: 'success', access_token: qwen.access, refresh_token: qwen.refreshToken, token_type: 'Bearer' };
  return send(response, 200, { ...body, resource_url: qwen.resource, expires_in: qwen.life });
}

function poll(qwen, form, response) {
  if (form.get('device_code') !== 'dev-qwen') return answer(response, oauthError(401, 'invalid_grant', 'device code expired'));
  const challenge = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url');
  if (challenge !== qwen.challenge) return answer(response, oauthError(400, 'invalid_grant', 'code_verifier is wrong'));
  const said = [
    oauthError(400, 'authorization_pending', 'The authorization request is still pending'),
    oauthError(429, 'slow_down'),
    { status: 200, html: PAGE },
  ][qwen.polls++];
  return said ? answer(response, said) : grant(qwen, response);
}

function auth(state, record, path, response) {
  const { qwen } = state;
  if (qwen.trouble === 'page') return answer(response, FAILURES.page_200);
  if (qwen.trouble === 'down') return answer(response, FAILURES.broken);
  const form = new URLSearchParams(record.text);
  const isForm = /^application\/x-www-form-urlencoded/.test(record.headers['content-type'] ?? '');
  if (record.method !== 'POST' || !isForm) return answer(response, oauthError(400, 'invalid_request'));
  if (form.get('client_id') !== CLIENT) return answer(response, oauthError(401, 'invalid_client'));
  if (path === 'device/code') {
    if (!record.headers['x-request-id'] || form.get('code_challenge_method') !== 'S256' || !form.get('scope')?.includes('model.completion'))
      return answer(response, oauthError(400, 'invalid_request'));
    qwen.challenge = form.get('code_challenge') ?? '';
    const verification_uri = 'https://chat.qwen.ai/authorize';
    const verification_uri_complete = `${verification_uri}?user_code=QWEN-1234&client=qwen-code`;
    return send(response, 200, {
      device_code: 'dev-qwen',
      user_code: 'QWEN-1234',
      verification_uri,
      verification_uri_complete,
      expires_in: 900,
    });
  }
  if (path !== 'token') return answer(response, problem(404, 'Not Found', 'not_found'));
  if (form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:device_code') return poll(qwen, form, response);
  if (form.get('refresh_token') !== qwen.refreshToken)
    return answer(response, oauthError(400, 'invalid_grant', 'refresh token is invalid'));
  qwen.refreshes++;
  return grant(qwen, response);
}

function checkHead({ headers }, door) {
  if (headers['user-agent'] === 'google-api-nodejs-client/9.15.1')
    return headers['x-goog-api-client'] ? null : 'x-goog-api-client is missing';
  if (!/^QwenCode\/\S+ \(\w+; \w+\)$/.test(headers['user-agent'] ?? '')) return 'unknown client';
  if (headers['x-dashscope-useragent'] !== headers['user-agent']) return 'x-dashscope-useragent is not the user agent';
  if (headers['x-dashscope-cachecontrol'] !== 'enable') return 'x-dashscope-cachecontrol is missing';
  return headers['x-dashscope-authtype'] === (door === 'portal' ? 'qwen-oauth' : 'openai') ? null : 'x-dashscope-authtype is wrong';
}

function checkSystem(messages, door) {
  const at = messages.flatMap(({ role }, index) => (role === 'system' || role === 'developer' ? [index] : []));
  if (at.some((index) => index > 0) || at.length > 1) return 'System message must be at the beginning.';
  if (door !== 'portal') return null;
  const [first] = Array.isArray(messages[0].content) ? messages[0].content : [];
  const right = at.length && first?.type === 'text' && first.text === '' && first.cache_control?.type === 'ephemeral';
  return right ? null : 'System message content must begin with the part of the client.';
}

function checkOthers(body) {
  for (const name of ['max_completion_tokens', 'metadata', 'service_tier', 'store'])
    if (body[name] !== undefined) return `unknown parameter: ${name}`;
  if (body.max_tokens > LIMITS[body.model]) return `Range of max_tokens should be [1, ${LIMITS[body.model]}]`;
  const leveled = body.model.startsWith('qwen3.8');
  if (body.reasoning_effort !== undefined && !(leveled && ['low', 'medium', 'xhigh'].includes(body.reasoning_effort)))
    return 'reasoning_effort is invalid for this model';
  if (body.reasoning_effort !== undefined && body.enable_thinking !== undefined) return 'set one of reasoning_effort and enable_thinking';
  if (body.thinking_budget !== undefined && body.enable_thinking !== true) return 'thinking_budget needs enable_thinking';
  if (body.enable_thinking && body.tool_choice && !['auto', 'none'].includes(body.tool_choice))
    return 'tool_choice required or object is not supported in thinking mode';
  return null;
}

/** What is wrong with a request at `door`; undefined if nothing is. */
function refusal(qwen, record, door) {
  const { authorization } = record.headers;
  if (door === 'portal' && (authorization !== `Bearer ${qwen.access}` || qwen.retired)) return EXPIRED;
  if (door !== 'portal' && authorization !== `Bearer ${KEY}`) return problem(401, 'Incorrect API key provided.', 'invalid_api_key');
  const { body } = record;
  const found = checkBody(body)?.message ?? checkHead(record, door);
  if (found) return problem(400, found, 'invalid_parameter_error');
  if (!LIMITS[body.model] || (door === 'portal' && body.model !== 'coder-model')) return FAILURES.missing;
  const wrong = checkSystem(body.messages, door) ?? checkOthers(body);
  return wrong ? problem(400, wrong, 'invalid_parameter_error') : undefined;
}

/** Chunks whose deltas a test gives, each with its reason to finish. */
function playDeltas(deltas, body, response) {
  const chunk = (choices, extra = {}) =>
    `data: ${JSON.stringify({ id: 'chatcmpl-sim', object: 'chat.completion.chunk', created: 1, model: body.model, choices, ...extra })}\n\n`;
  const all = deltas.map(([delta, finish_reason = null]) => chunk([{ index: 0, delta, finish_reason }]));
  const usage = { prompt_tokens: 20, completion_tokens: 12, total_tokens: 32, cached_tokens: 5 };
  response.writeHead(200, { 'content-type': 'text/event-stream' }).end([...all, chunk([], { usage }), 'data: [DONE]\n\n'].join(''));
}

function complete(state, record, door, response) {
  const scenario = next(state, 'qwen');
  if (FAILURES[scenario.kind]) return answer(response, FAILURES[scenario.kind]);
  const wrong = refusal(state.qwen, record, door);
  if (wrong) return answer(response, wrong);
  const { body } = record;
  if (scenario.deltas) return playDeltas(scenario.deltas, body, response);
  let turn = turnFor('openai', scenario, body) ?? { text: 'You said it.' };
  if (body.model.includes('coder') && !body.tools?.length && turn.text) turn = { ...turn, text: `${turn.text}<tool_call>\u0000$$%` };
  if (body.enable_thinking !== true && !body.reasoning_effort) turn = { ...turn, thinking: undefined };
  return play('openai', turn, response, { body, model: body.model, streamed: body.stream });
}

/** @param {any} state @param {any} record @param {string[]} rest path after the mount */
export function qwen(state, record, rest, response) {
  const [door, ...more] = rest;
  // A number in front tells accounts apart.
  if (/^\d+$/.test(more[0])) more.shift();
  const path = more.join('/');
  if (door === 'auth') return auth(state, record, path, response);
  if (path === 'v1/chat/completions' && record.method === 'POST') return complete(state, record, door, response);
  if (path !== 'v1/models' || door === 'portal') return answer(response, problem(404, 'Not Found', 'not_found'));
  if (record.headers.authorization !== `Bearer ${KEY}`)
    return answer(response, problem(401, 'Incorrect API key provided.', 'invalid_api_key'));
  const data = ['qwen3.7-max', 'qwen-sim-new'].map((id) => ({ id, object: 'model', owned_by: 'system' }));
  return send(response, 200, { object: 'list', data });
}
