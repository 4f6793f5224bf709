// Google's Code Assist and its OAuth, simulated: logins and tokens, project discovery, onboarding.
import { createHash, randomBytes } from 'node:crypto';
import { checkType, Refused } from './gemini-validate.mjs';

export const REFRESH_TOKEN = 'sim-refresh';
const CLI_CLIENT = '681255809395-oo8ft2oprdrnp9e3aqf6av3hmdib135j.apps.googleusercontent.com';
export const ANTIGRAVITY_CLIENT = '1071006060591-tmhssin2h21lcre235vtolojh4g403ep.apps.googleusercontent.com';
export const ANTIGRAVITY_REFRESH = 'sim-antigravity-refresh';
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
// Where each client may send a person back to: an address of their own machine, or its own page.
const PAGES = { [CLI_CLIENT]: 'https://codeassist.google.com/authcode', [ANTIGRAVITY_CLIENT]: 'https://antigravity.google/oauth-callback' };
const LOCAL = /^http:\/\/(localhost|127\.0\.0\.1)[:/]/;
const TIERS = {
  standard: { id: 'standard-tier', name: 'Standard' },
  free: { id: 'free-tier', name: 'Free', isDefault: true },
};
const CREDITS = [{ creditType: 'GOOGLE_ONE_AI', creditAmount: '1000' }];
const UNSUPPORTED = {
  reasonCode: 'INELIGIBLE_ACCOUNT',
  reasonMessage: 'This client is no longer supported for Gemini Code Assist for individuals. See https://antigravity.google',
  tierId: 'free-tier',
};
const UNVERIFIED = {
  reasonCode: 'VALIDATION_REQUIRED',
  reasonMessage: 'Verify your account.',
  validationUrl: 'https://accounts.google.com/verify',
};

export class CodeAssist {
  tokens = new Set();
  issued = 0;
  /** What loadCodeAssist finds: 'standard', 'new' (not onboarded), 'unsupported', 'unverified', 'no-project', 'restricted' */
  account = 'standard';
  pollsBeforeDone = 0;
  /** Is the token endpoint out of order? */
  down = false;
  polls = 0;
  /** @type {Map<string, { challenge: string, redirect: string, client: string }>} codes that were not yet exchanged */
  codes = new Map();
  refreshTokens = new Map([
    [REFRESH_TOKEN, CLI_CLIENT],
    [ANTIGRAVITY_REFRESH, ANTIGRAVITY_CLIENT],
  ]);
  /** @type {Map<string, string>} access token -> the client it was issued to */
  clients = new Map();

  /** The consent page, where a person would click: the code, as the redirect carries it. @param {URLSearchParams} query */
  authorize(query) {
    const client = query.get('client_id') ?? '';
    const wrong =
      (query.get('response_type') !== 'code' && 'unsupported_response_type') ||
      (!PAGES[client] && 'invalid_client') ||
      (!LOCAL.test(query.get('redirect_uri') ?? '') && query.get('redirect_uri') !== PAGES[client] && 'redirect_uri_mismatch') ||
      (!query.get('scope')?.split(' ').includes(SCOPE) && 'invalid_scope') ||
      (query.has('code_challenge') && query.get('code_challenge_method') !== 'S256' && 'invalid_request');
    if (wrong) return { error: wrong };
    const code = `4/sim-${randomBytes(8).toString('hex')}`;
    this.codes.set(code, { challenge: query.get('code_challenge') ?? '', redirect: query.get('redirect_uri') ?? '', client });
    return { code, offline: query.get('access_type') === 'offline' };
  }

  /** The token endpoint. @param {URLSearchParams} form @param {string} type @returns {[number, object]} */
  token(form, type = 'application/x-www-form-urlencoded') {
    if (this.down) return [503, { error: 'temporarily_unavailable' }];
    if (!type.startsWith('application/x-www-form-urlencoded')) return [400, { error: 'invalid_request' }];
    if (!form.get('client_id') || !form.get('client_secret')) return [401, { error: 'invalid_client' }];
    if (form.get('grant_type') === 'authorization_code') return this.exchange(form);
    if (form.get('grant_type') !== 'refresh_token') return [400, { error: 'unsupported_grant_type' }];
    const client = this.refreshTokens.get(form.get('refresh_token') ?? '');
    if (!client) return [400, { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' }];
    if (client !== form.get('client_id')) return [401, { error: 'unauthorized_client', error_description: 'Unauthorized' }];
    return [200, this.issue(client)];
  }

  /** @param {URLSearchParams} form @returns {[number, object]} */
  exchange(form) {
    const code = form.get('code') ?? '';
    const login = this.codes.get(code);
    this.codes.delete(code); // good for one try
    if (!login) return [400, { error: 'invalid_grant', error_description: 'Malformed auth code.' }];
    if (login.redirect !== form.get('redirect_uri')) return [400, { error: 'redirect_uri_mismatch' }];
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (login.challenge && login.challenge !== challenge)
      return [400, { error: 'invalid_grant', error_description: 'Invalid code verifier.' }];
    const refresh = `1//sim-${randomBytes(8).toString('hex')}`;
    this.refreshTokens.set(refresh, login.client);
    return [200, { ...this.issue(login.client), refresh_token: refresh }];
  }

  issue(client) {
    const token = `ya29.sim-${++this.issued}`;
    this.tokens.add(token);
    this.clients.set(token, client);
    return { access_token: token, expires_in: 3599, scope: SCOPE, token_type: 'Bearer' };
  }

  /** Who is asking. @param {string | undefined} authorization @returns {{ email: string } | undefined} */
  userinfo(authorization) {
    return this.tokens.has(String(authorization).replace('Bearer ', '')) ? { email: 'person@example.com' } : undefined;
  }

  /** Is the token one that `client`'s login obtained? @param {import('node:http').IncomingHttpHeaders} headers */
  holds(headers, client) {
    const [, token] = String(headers.authorization ?? '').match(/^Bearer (.+)$/) ?? [];
    return this.tokens.has(token) && (this.clients.get(token) === ANTIGRAVITY_CLIENT) === (client === ANTIGRAVITY_CLIENT);
  }

  /** What every call must bring. @param {import('node:http').IncomingHttpHeaders} headers */
  admit(headers) {
    if (!this.holds(headers, CLI_CLIENT))
      throw new Refused(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials. Expected OAuth 2 access token.');
    if (headers['x-goog-user-project'])
      throw new Refused(403, 'PERMISSION_DENIED', 'Caller does not have required permission to use project.');
    if (!/^GeminiCLI(-\w+)?\/\d+\.\d+\.\d+\/[\w.-]+ \(\w+; \w+; \w+\)$/.test(headers['user-agent'] ?? ''))
      throw new Refused(403, 'PERMISSION_DENIED', 'The caller is not a supported client.');
  }

  load(body) {
    checkType(body, 'LoadCodeAssist', '');
    checkMetadata(body);
    const project = body.cloudaicompanionProject;
    if (this.account === 'restricted')
      throw new Refused(403, 'PERMISSION_DENIED', 'Request is prohibited by organization’s policy.', [
        { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'SECURITY_POLICY_VIOLATED', domain: 'googleapis.com' },
      ]);
    if (this.account === 'unsupported') return { allowedTiers: [], ineligibleTiers: [UNSUPPORTED] };
    if (this.account === 'unverified') return { allowedTiers: [TIERS.free], ineligibleTiers: [UNVERIFIED] };
    if (this.account === 'no-project') return { currentTier: TIERS.standard, ...(project ? { cloudaicompanionProject: project } : {}) };
    if (this.account === 'new') return { allowedTiers: [TIERS.standard, TIERS.free] };
    return {
      currentTier: TIERS.standard,
      cloudaicompanionProject: 'sim-project',
      paidTier: { id: 'g1-pro-tier', availableCredits: CREDITS },
    };
  }

  onboard(body) {
    checkType(body, 'OnboardUser', '');
    checkMetadata(body);
    if (body.tierId === 'free-tier' && (body.cloudaicompanionProject || body.metadata.duetProject))
      throw new Refused(400, 'FAILED_PRECONDITION', 'Precondition check failed.');
    if (body.tierId !== 'free-tier' && !body.cloudaicompanionProject)
      throw new Refused(400, 'INVALID_ARGUMENT', 'cloudaicompanionProject is required.');
    return { name: 'operations/onboard-1', done: false };
  }

  poll() {
    if (this.polls++ < this.pollsBeforeDone) return { name: 'operations/onboard-1', done: false };
    this.account = 'standard';
    return { name: 'operations/onboard-1', done: true, response: { cloudaicompanionProject: { id: 'sim-project', name: 'sim-project' } } };
  }
}

function checkMetadata(body) {
  const { pluginType, ideType, platform } = body.metadata ?? {};
  if (pluginType !== 'GEMINI' || !ideType || !platform)
    throw new Refused(400, 'INVALID_ARGUMENT', 'metadata.ideType, platform and pluginType are required.');
}
