// Google's Code Assist and its OAuth, simulated: tokens, project discovery, onboarding.
import { Refused } from './gemini-validate.mjs';

export const REFRESH_TOKEN = 'sim-refresh';

export class CodeAssist {
  tokens = new Set();
  issued = 0;
  onboarded = true;
  polls = 0;

  /** The token endpoint. @param {URLSearchParams} form @returns {[number, object]} */
  token(form) {
    if (!form.get('client_id') || !form.get('client_secret')) return [401, { error: 'invalid_client' }];
    if (form.get('grant_type') !== 'refresh_token') return [400, { error: 'unsupported_grant_type' }];
    if (form.get('refresh_token') !== REFRESH_TOKEN)
      return [400, { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' }];
    const token = `ya29.sim-${++this.issued}`;
    this.tokens.add(token);
    return [200, { access_token: token, expires_in: 3599, scope: 'https://www.googleapis.com/auth/cloud-platform', token_type: 'Bearer' }];
  }

  /** @param {import('node:http').IncomingHttpHeaders} headers */
  authorize(headers) {
    const token = String(headers.authorization ?? '').replace(/^Bearer /, '');
    if (!this.tokens.has(token))
      throw new Refused(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials. Expected OAuth 2 access token.');
  }

  load(body) {
    if (!body.metadata?.pluginType) throw new Refused(400, 'INVALID_ARGUMENT', 'metadata is required.');
    if (this.onboarded) return { currentTier: { id: 'standard-tier', name: 'Standard' }, cloudaicompanionProject: 'sim-project' };
    return { allowedTiers: [{ id: 'free-tier', name: 'Free', isDefault: true }] };
  }

  onboard(body) {
    if (body.tierId === 'free-tier' && body.cloudaicompanionProject)
      throw new Refused(400, 'FAILED_PRECONDITION', 'Precondition check failed.');
    if (body.tierId !== 'free-tier' && !body.cloudaicompanionProject)
      throw new Refused(400, 'INVALID_ARGUMENT', 'cloudaicompanionProject is required.');
    return { name: 'operations/onboard-1', done: false };
  }

  poll() {
    this.polls++;
    this.onboarded = true;
    return { name: 'operations/onboard-1', done: true, response: { cloudaicompanionProject: { id: 'sim-project', name: 'sim-project' } } };
  }
}
