// Kiro simulated: inference, control plane, and the doors where its logins come in.
import { randomBytes } from 'node:crypto';
import { FAILURES, STREAMS } from './kiro-failures.mjs';
import { check, Improper } from './kiro-validate.mjs';
import { next, send } from './reply.mjs';
import { failure, fault, frames } from './turn/kiro.mjs';
import { turnFor } from './turn/turn.mjs';

/** The real profile of every Builder ID, whatever it looks like. */
export const BUILDER_ARN = 'arn:aws:codewhisperer:us-east-1:638616132270:profile/AAAACCCCXXXX';
export const ORG_ARN = 'arn:aws:codewhisperer:eu-central-1:111122223333:profile/ORGPROFILE';
export const SOCIAL_ARN = 'arn:aws:codewhisperer:us-east-1:699475941385:profile/EHGA3GRVQMUK';
export const KEY = 'ksk_sim_0123456789';
export const START_URL = 'https://view.awsapps.com/start';
const MODELS = [
  'auto',
  'claude-sonnet-4',
  'claude-sonnet-4.5',
  'claude-sonnet-4.6',
  'claude-haiku-4.5',
  'claude-opus-4.5',
  'claude-opus-4.6',
  'claude-opus-5',
  'claude-3.7-sonnet',
  'gpt-5.6-sol',
];

const long = (stem) => `${stem}-${randomBytes(60).toString('hex')}`;

export class Kiro {
  /** access token -> class of its account: 'social', 'builder_id', 'idc', 'external_idp' */
  access = new Map();
  /** refresh token -> class, good for one use */
  refresh = new Map();
  clients = new Map();
  devices = new Map();
  /** Which ways serve: [host, profile] of each class. */
  ways = {
    api_key: [
      ['runtime', 'none'],
      ['q', 'none'],
    ],
    social: [['runtime', 'own']],
    builder_id: [['runtime', 'builder']],
    idc: [['runtime', 'own']],
    external_idp: [['runtime', 'own']],
  };
  usage = {}; // members of a GetUsageLimits answer that are not as usual
  profiles = { 'eu-central-1': [{ arn: ORG_ARN, profileName: 'Org' }], 'us-east-1': [] };
  /** Does a person say yes at once? */
  approved = true;
  down = false;

  /** Tokens of a login that is there already. @param {string} kind */
  login(kind) {
    const pair = { access: long(`aoa-${kind}`), refresh: long(`aor-${kind}`) };
    this.access.set(pair.access, kind);
    this.refresh.set(pair.refresh, kind);
    return pair;
  }
  /** The refresh token is used up; the answer brings the next. */
  rotate(token, kinds) {
    const kind = this.refresh.get(token);
    if (!kind || !kinds.includes(kind)) return undefined;
    this.refresh.delete(token);
    const { access, refresh } = this.login(kind);
    return { accessToken: access, refreshToken: refresh, expiresIn: 3600, ...(kind === 'social' ? { profileArn: SOCIAL_ARN } : {}) };
  }
  classOf(headers) {
    const token = String(headers.authorization ?? '').replace(/^Bearer /, '');
    const type = headers.tokentype;
    if (token === KEY && type === 'API_KEY') return 'api_key';
    const kind = this.access.get(token);
    const fits = kind === 'external_idp' ? type === 'EXTERNAL_IDP' : type === undefined;
    return kind && fits ? kind : undefined;
  }
}

const invalidBearer = { message: 'The bearer token included in the request is invalid.', reason: null };
const json = (response, code, body, headers = {}) =>
  response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

/** @param {any} state @param {any} record @param {string[]} path @param {import('node:http').ServerResponse} response */
export function kiro(state, record, path, response) {
  const [part, ...rest] = path;
  if (part === 'oidc') return oidc(state.kiro, record, rest.at(-1), response);
  if (part === 'social') return social(state.kiro, record, rest.join('/'), response);
  if (part === 'entra') return entra(state.kiro, record, response);
  if (path.at(-1) === 'mcp') return mcp(state, record, response);
  const host = part === 'q' || path.at(-1) === 'generateAssistantResponse' ? 'q' : 'runtime';
  const region = rest.find((each) => /^\w\w-\w+-\d$/.test(each));
  const [service, operation] = String(record.headers['x-amz-target'] ?? '').split('.');
  if (operation && operation !== 'GenerateAssistantResponse')
    return control(state.kiro, record, { service, operation, region, host: part }, response);
  return generate(state, record, { host, region, operation }, response);
}

function profileOf(kind, arn) {
  if (arn === undefined) return 'none';
  if (kind === 'builder_id') return arn === BUILDER_ARN ? 'builder' : 'foreign';
  const own = { social: SOCIAL_ARN, idc: ORG_ARN, external_idp: ORG_ARN }[kind];
  return arn === own ? 'own' : 'foreign';
}

function generate(state, record, { host, region, operation }, response) {
  const type = record.headers['content-type'];
  const style = host === 'q' ? type === 'application/json' && !operation : type === 'application/x-amz-json-1.0' && operation;
  if (record.method !== 'POST' || !style) return json(response, 404, { __type: 'UnknownOperationException' });
  if (!record.headers['user-agent']?.startsWith('aws-sdk-')) return json(response, 403, { message: 'No.', reason: null });
  const kind = state.kiro.classOf(record.headers);
  const { profileArn } = record.body ?? {};
  const profile = profileOf(kind, profileArn);
  if (!kind || profile === 'foreign') return json(response, 403, invalidBearer);
  if (!state.kiro.ways[kind].some(([h, p]) => h === host && p === profile)) {
    const message = profile === 'none' ? 'profileArn is required for this request.' : 'User is not authorized to make this call.';
    return json(response, profile === 'none' ? 400 : 403, { message, reason: null });
  }
  if (region && profileArn && !profileArn.includes(`:${region}:`))
    return json(response, 400, { message: 'Improperly formed request.', reason: null });
  const scenario = next(state, 'kiro');
  if (FAILURES[scenario.kind]) return fail(response, FAILURES[scenario.kind]);
  try {
    check(record.body, record.text, MODELS);
  } catch (error) {
    if (error instanceof Improper) return json(response, 400, error.body, { 'x-amzn-errortype': 'ValidationException:http://internal' });
    throw error;
  }
  answer(scenario, record.body, response);
}

const MCP_ID = /^web_search_tooluse_\w{22}_\d{13}_\w{8}$/;

/** The tools of Kiro itself: a search of the web. */
function mcp(state, record, response) {
  const kind = state.kiro.classOf(record.headers);
  const profile = profileOf(kind, record.headers['x-amzn-kiro-profile-arn']);
  if (!kind || profile === 'foreign') return json(response, 403, invalidBearer);
  const { id, jsonrpc, method, params } = record.body ?? {};
  const query = params?.arguments?.query;
  const right = MCP_ID.test(id) && jsonrpc === '2.0' && method === 'tools/call' && params.name === 'web_search' && query;
  if (!right) return json(response, 200, { id, jsonrpc: '2.0', error: { code: -32600, message: 'Invalid Request' } });
  if (next(state, 'mcp').kind) return json(response, 200, { id, jsonrpc: '2.0', error: { code: -32000, message: 'The search is down.' } });
  const results = [
    { title: `About “${query}”`, url: 'https://example.com/a', snippet: 'It rains.', publishedDate: 1, id: 'r1', domain: 'example.com' },
  ];
  const text = JSON.stringify({ results, totalResults: 1, query, error: null });
  json(response, 200, { id, jsonrpc: '2.0', result: { content: [{ type: 'text', text }], isError: false } });
}

function fail(response, { code, body, html, headers }) {
  if (html) return response.writeHead(code, { 'content-type': 'text/html' }).end(html);
  json(response, code, body, headers);
}

function answer(scenario, body, response) {
  const turn = turnFor('kiro', scenario, body) ?? {
    text: `You said: ${body.conversationState.currentMessage.userInputMessage.content.split('\n').at(-1)}`,
  };
  if (turn.fault === 'refuse') return json(response, ...failure);
  let all = STREAMS[scenario.kind] ? STREAMS[scenario.kind]() : frames(turn, body);
  if (turn.fault) all = all.slice(0, 1);
  if (turn.fault === 'error') all.push(fault);
  response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream', 'x-amzn-requestid': 'sim' });
  const bytes = Buffer.concat(all);
  if (turn.fault === 'cut') return response.write(bytes, () => setTimeout(() => response.destroy(), 20));
  const size = scenario.chunkBytes ?? bytes.length;
  for (let at = 0; at < bytes.length; at += size) response.write(bytes.subarray(at, at + size));
  response.end();
}

const USAGE = {
  nextDateReset: 1.782864e9,
  usageBreakdownList: [
    {
      resourceType: 'CREDIT',
      displayName: 'Credit',
      currentUsage: 120,
      currentUsageWithPrecision: 120.4,
      usageLimit: 1000,
      usageLimitWithPrecision: 1000,
      unit: 'INVOCATIONS',
      freeTrialInfo: { freeTrialStatus: 'ACTIVE', currentUsage: 7, usageLimit: 500, freeTrialExpiry: 1.79e9 },
      bonuses: [
        { status: 'ACTIVE', currentUsage: 1, usageLimit: 50, expiresAt: 1.79e9 },
        { status: 'EXPIRED', currentUsage: 50, usageLimit: 50 },
      ],
    },
  ],
  subscriptionInfo: { type: 'Q_DEVELOPER_STANDALONE_PRO', subscriptionTitle: 'KIRO PRO' },
  userInfo: { email: 'person@example.com', userId: 'u' },
};

function control(kiro, record, { service, operation, region, host }, response) {
  const kind = kiro.classOf(record.headers);
  if (!kind) return json(response, 400, { __type: 'AccessDeniedException', message: 'Invalid token' });
  if (host === 'runtime') return json(response, 404, { __type: 'UnknownOperationException' });
  const right = host === 'q' ? 'AmazonCodeWhispererService' : 'KiroControlPlaneBearerService';
  if (service !== right) return json(response, 404, { __type: 'UnknownOperationException' });
  if (operation === 'ListAvailableProfiles') {
    if (kind === 'builder_id' || kind === 'api_key')
      return json(response, 403, { message: 'AWS Builder ID is not supported for this operation.' });
    const profiles = region ? (kiro.profiles[region] ?? []) : Object.values(kiro.profiles).flat();
    return json(response, 200, { profiles: kind === 'social' ? [] : profiles, nextToken: null });
  }
  if (operation === 'ListAvailableModels')
    return json(response, 200, {
      models: MODELS.map((modelId) => ({ modelId, tokenLimits: { maxInputTokens: 200_000, maxOutputTokens: 64_000 } })),
      defaultModel: { modelId: 'auto' },
    });
  if (operation === 'GetUsageLimits') return json(response, 200, { ...USAGE, ...kiro.usage });
  json(response, 404, { __type: 'UnknownOperationException' });
}

const oauthError = (response, code, error, type) =>
  json(response, code, { error, error_description: error }, { 'x-amzn-errortype': `${type}:` });

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

// AWS SSO OIDC.
function oidc(kiro, record, operation, response) {
  const body = record.body ?? {};
  if (kiro.down) return json(response, 503, { message: 'Service Unavailable' });
  if (record.headers['content-type'] !== 'application/json') return oauthError(response, 400, 'invalid_request', 'InvalidRequestException');
  if (operation === 'register') {
    if (!body.clientName || body.clientType !== 'public' || !body.scopes?.includes('codewhisperer:conversations'))
      return oauthError(response, 400, 'invalid_client_metadata', 'InvalidClientMetadataException');
    const clientId = long('client').slice(0, 20);
    kiro.clients.set(clientId, `secret-${clientId}`);
    const clientSecretExpiresAt = Math.floor(Date.now() / 1000) + 90 * 86400;
    return json(response, 200, { clientId, clientSecret: `secret-${clientId}`, clientIdIssuedAt: 1, clientSecretExpiresAt });
  }
  if (kiro.clients.get(body.clientId) !== body.clientSecret || !body.clientSecret)
    return oauthError(response, 401, 'invalid_client', 'InvalidClientException');
  if (operation === 'device_authorization') {
    if (!/^https:\/\/[\w.-]+\.awsapps\.com\/start$/.test(body.startUrl ?? ''))
      return oauthError(response, 400, 'invalid_request', 'InvalidRequestException');
    const deviceCode = long('device').slice(0, 30);
    kiro.devices.set(deviceCode, body.startUrl === START_URL ? 'builder_id' : 'idc');
    const verificationUri = `${body.startUrl}/#/device`;
    return json(response, 200, {
      deviceCode,
      userCode: 'ABCD-EFGH',
      verificationUri,
      verificationUriComplete: `${verificationUri}?user_code=ABCD-EFGH`,
      expiresIn: 600,
      interval: 1,
    });
  }
  if (operation !== 'token') return json(response, 404, {});
  if (body.grantType === 'refresh_token') {
    const tokens = kiro.rotate(body.refreshToken, ['builder_id', 'idc']);
    return tokens
      ? json(response, 200, { ...tokens, tokenType: 'Bearer', idToken: null })
      : oauthError(response, 400, 'invalid_grant', 'InvalidGrantException');
  }
  if (body.grantType !== DEVICE_GRANT) return oauthError(response, 400, 'unsupported_grant_type', 'UnsupportedGrantTypeException');
  const kind = kiro.devices.get(body.deviceCode);
  if (!kind) return oauthError(response, 400, 'expired_token', 'ExpiredTokenException');
  if (kiro.approved === 'denied') return oauthError(response, 400, 'access_denied', 'AccessDeniedException');
  if (!kiro.approved) return oauthError(response, 400, 'authorization_pending', 'AuthorizationPendingException');
  kiro.devices.delete(body.deviceCode);
  const { access, refresh } = kiro.login(kind);
  json(response, 200, { accessToken: access, refreshToken: refresh, expiresIn: 3600, tokenType: 'Bearer' });
}

// Kiro's own door, for Google and GitHub.
function social(kiro, record, path, response) {
  const body = record.body ?? {};
  if (kiro.down) return json(response, 503, {});
  if (path.endsWith('refreshToken')) {
    const tokens = kiro.rotate(body.refreshToken, ['social']);
    return tokens ? json(response, 200, tokens) : json(response, 401, { message: 'Invalid refresh token provided' });
  }
  if (body.clientId !== 'kiro-cli') return json(response, 400, { message: 'Invalid client' });
  if (path.endsWith('device/authorization')) {
    if (!['Google', 'Github'].includes(body.loginProvider)) return json(response, 400, { message: 'Invalid loginProvider' });
    const deviceCode = long('social').slice(0, 30);
    kiro.devices.set(deviceCode, 'social');
    const verificationUri = 'https://kiro.dev/activate';
    return json(response, 200, {
      deviceCode,
      userCode: 'ABCD-1234',
      verificationUri,
      verificationUriComplete: `${verificationUri}?user_code=ABCD-1234`,
      expiresInMilliseconds: 300_000,
      intervalInMilliseconds: 1000,
    });
  }
  if (!path.endsWith('device/poll') || !kiro.devices.has(body.deviceCode)) return json(response, 200, { status: 'expired_token' });
  if (kiro.approved === 'denied') return json(response, 200, { status: 'access_denied' });
  if (!kiro.approved) return json(response, 200, { status: 'authorization_pending' });
  kiro.devices.delete(body.deviceCode);
  const { access, refresh } = kiro.login('social');
  json(response, 200, { accessToken: access, refreshToken: refresh, profileArn: SOCIAL_ARN, identityProvider: 'Google', expiresIn: 3600 });
}

// An organisation's own identity provider.
function entra(kiro, record, response) {
  const form = new URLSearchParams(record.text);
  const tokens = form.get('scope')?.includes('offline_access') && kiro.rotate(form.get('refresh_token'), ['external_idp']);
  if (!tokens) return send(response, 400, { error: 'invalid_grant' });
  send(response, 200, { access_token: tokens.accessToken, refresh_token: tokens.refreshToken, expires_in: 3600, token_type: 'Bearer' });
}
