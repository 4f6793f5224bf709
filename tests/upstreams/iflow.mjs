// iFlow, simulated: its login, which gives a key, the platform, which makes keys for a browser's cookie, and the models, which
// want the key and a signature. Failures come as iFlow's own numbers, mostly inside a 200.
import { createHmac } from 'node:crypto';
import { checkBody } from './openai-validate.mjs';
import { next, send } from './reply.mjs';
import { play, turnFor } from './turn/turn.mjs';

export const KEY = 'sk-iflow-0';
export const COOKIE = 'BXAuth=sim-cookie';
const CLIENT = '10009311001';
const SECRET = '4Z3YjXycVsQvyGF1etiNlIBB4RsqSDtW';
const MODELS = ['glm-4.6', 'glm-5', 'deepseek-v3.2', 'minimax-m2', 'qwen3-max', 'deepseek-r1'];

/** What iFlow knows of the account. */
export class Iflow {
  key = KEY;
  refreshToken = 'iflow-refresh-0';
  access = 'iflow-access-0';
  refreshes = 0;
  derivations = 0;
  keysMade = 0;
  /** @type {undefined | 'refused' | 'no_token' | 'down' | 'no_key' | 'page'} */
  trouble = undefined;
  /** Seconds for which tokens are good. */
  life = 172800;
}

const own = (status, msg) => ({ status: 200, body: { status: String(status), msg, body: null, request_id: 'req-sim' } });
const problem = (status, message, code, headers = {}) => ({ status, body: { error: { message, type: code, param: null, code } }, headers });
const html = (status) => ({ status, html: '<!doctype html><title>blocked</title>' });
const FAILURES = {
  key: own(434, 'Invalid apiKey'),
  key_401: problem(401, 'Invalid apiKey', 'invalid_api_key'),
  blocked: own(438, 'AK blocked'),
  model: own(435, 'Model not support'),
  signature: own(406, 'Not Acceptable'),
  signature_406: problem(406, 'Not Acceptable', 'not_acceptable'),
  limited: own(449, 'You have exceeded the rate limit'),
  limited_429: problem(429, 'Too many requests', 'rate_limit_exceeded', { 'retry-after': '9' }),
  invalid: problem(400, 'temperature is out of range', 'invalid_request_error'),
  forbidden: problem(403, 'Forbidden', 'forbidden'),
  broken: problem(500, 'internal error', 'server_error'),
  full: problem(503, 'overloaded', 'server_error'),
  page: html(403),
};

function answer(response, { status, body, html, headers }) {
  const type = html ? 'text/html; charset=utf-8' : 'application/json';
  response.writeHead(status, { 'content-type': type, ...headers }).end(html ?? JSON.stringify(body));
}

function token(iflow, record, response) {
  const form = new URLSearchParams(record.text);
  const basic = `Basic ${Buffer.from(`${CLIENT}:${SECRET}`).toString('base64')}`;
  const known = form.get('client_id') === CLIENT && form.get('client_secret') === SECRET && record.headers.authorization === basic;
  if (!known) return send(response, 401, { error: 'invalid_client' });
  if (iflow.trouble === 'down') return answer(response, FAILURES.broken);
  if (iflow.trouble === 'silent') return response.writeHead(403).end();
  if (iflow.trouble === 'page') return answer(response, html(200));
  if (iflow.trouble === 'no_token') return send(response, 200, { success: false, message: 'too many logins' });
  const code = form.get('grant_type') === 'authorization_code';
  if (code && !/^http:\/\/localhost:\d+\/oauth2callback$/.test(form.get('redirect_uri') ?? ''))
    return send(response, 400, { error: 'invalid_request', error_description: 'redirect_uri does not match' });
  const right = code ? form.get('code') === 'iflow-code' : form.get('refresh_token') === iflow.refreshToken;
  if (!right || iflow.trouble === 'refused') return send(response, 400, { error: 'invalid_grant' });
  iflow.refreshes++;
  iflow.access = `iflow-access-${iflow.refreshes}`;
  iflow.refreshToken = `iflow-refresh-${iflow.refreshes}`;
  const body = { access_token: iflow.access, refresh_token: iflow.refreshToken, token_type: 'bearer', scope: 'all' };
  return send(response, 200, { ...body, expires_in: iflow.life });
}

function userInfo(iflow, url, response) {
  if (url.searchParams.get('accessToken') !== iflow.access)
    return send(response, 200, { success: false, code: '401', message: 'token is invalid' });
  iflow.derivations++;
  iflow.key = `sk-iflow-${iflow.derivations}`;
  const data = { apiKey: iflow.trouble === 'no_key' ? '' : iflow.key, email: '', phone: '13800000000' };
  return send(response, 200, { success: true, code: '200', data });
}

function platform(iflow, record, response) {
  const { headers } = record;
  if (headers.cookie !== `${COOKIE};` || !/Mozilla/.test(headers['user-agent'] ?? '') || !headers['sec-fetch-mode'])
    return send(response, 200, { success: false, code: '401', message: 'please log in', data: null });
  const data = { hasExpired: false, expireTime: '2099-03-01 12:00', name: 'my-key', apiKey: '', apiKeyMask: 'sk-***' };
  if (record.method === 'GET') return send(response, 200, { success: true, code: '200', message: '', data });
  const from = headers.origin && headers.referer === `${headers.origin}/`;
  if (!from || record.body?.name !== 'my-key')
    return send(response, 200, { success: false, code: '400', message: 'bad request', data: null });
  iflow.keysMade++;
  iflow.key = `sk-iflow-made-${iflow.keysMade}`;
  return send(response, 200, { success: true, code: '200', message: '', data: { ...data, apiKey: iflow.key } });
}

function isSigned({ headers }, key) {
  const { 'session-id': session, 'x-iflow-timestamp': time, 'x-iflow-signature': signature, 'user-agent': agent } = headers;
  if (!/^session-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(session ?? '')) return false;
  if (!/^\d{13}$/.test(time ?? '') || Math.abs(Date.now() - Number(time)) > 300_000) return false;
  return signature === createHmac('sha256', key).update(`${agent}:${session}:${time}`).digest('hex');
}

function checkThinking(body) {
  const kwargs = body.chat_template_kwargs;
  const glm = body.model.startsWith('glm');
  for (const name of ['reasoning_effort', 'thinking', 'reasoning', 'max_completion_tokens'])
    if (body[name] !== undefined) return `${name} is not supported`;
  if (kwargs && !glm && body.model !== 'deepseek-v3.2') return 'chat_template_kwargs is not supported';
  if (kwargs && typeof kwargs.enable_thinking !== 'boolean') return 'enable_thinking must be a boolean';
  if (kwargs && ('clear_thinking' in kwargs ? kwargs.clear_thinking : undefined) !== (glm && kwargs.enable_thinking ? false : undefined))
    return 'clear_thinking is wrong for this model';
  if (body.reasoning_split !== undefined && !body.model.startsWith('minimax')) return 'reasoning_split is not supported';
  return null;
}

function complete(state, record, response) {
  const scenario = next(state, 'iflow');
  if (FAILURES[scenario.kind]) return answer(response, FAILURES[scenario.kind]);
  const { body, headers } = record;
  if (headers.authorization !== `Bearer ${state.iflow.key}`) return answer(response, FAILURES.key);
  if (!scenario.unsigned && !isSigned(record, state.iflow.key)) return answer(response, FAILURES.signature);
  const found = checkBody(body)?.message ?? (MODELS.includes(body.model) ? checkThinking(body) : undefined);
  if (found) return answer(response, problem(400, found, 'invalid_request_error'));
  if (found === undefined) return answer(response, FAILURES.model);
  let turn = turnFor('openai', scenario, body) ?? { text: 'You said it.' };
  const thinks = body.chat_template_kwargs?.enable_thinking || body.reasoning_split || body.model === 'deepseek-r1';
  if (!thinks) turn = { ...turn, thinking: undefined };
  return play('openai', turn, response, { body, model: body.model, streamed: body.stream });
}

/** @param {any} state @param {any} record @param {URL} url @param {string[]} rest path after the mount */
export function iflow(state, record, url, rest, response) {
  const [door, ...more] = rest;
  // A number in front tells accounts apart.
  if (/^\d+$/.test(more[0])) more.shift();
  const path = more.join('/');
  if (door === 'site' && path === 'oauth/token') return token(state.iflow, record, response);
  if (door === 'site' && path === 'api/oauth/getUserInfo') return userInfo(state.iflow, url, response);
  if (door === 'platform' && path === 'api/openapi/apikey') return platform(state.iflow, record, response);
  if (door === 'api' && path === 'v1/chat/completions') return complete(state, record, response);
  if (door !== 'api' || path !== 'v1/models') return answer(response, problem(404, 'Not Found', 'not_found'));
  if (record.headers.authorization !== `Bearer ${state.iflow.key}`) return answer(response, FAILURES.key);
  return send(response, 200, { object: 'list', data: [...MODELS, 'new-model'].map((id) => ({ id, object: 'model' })) });
}
