// Google's Antigravity, simulated: several hosts, projects, models, quotas, answers of Gemini and of Claude.
import { validateAntigravity } from './antigravity-validate.mjs';
import { ANTIGRAVITY_CLIENT, CodeAssist } from './code-assist.mjs';
import { chunks } from './gemini-answer.mjs';
import { Refused } from './gemini-validate.mjs';
import { checkJson, next, send } from './reply.mjs';
import { failWith, staged, stream } from './scenario.mjs';
import { asClaude } from './turn/antigravity.mjs';
import { play, turnFor } from './turn/turn.mjs';

const MODELS = [
  'claude-opus-4-6-thinking',
  'claude-sonnet-4-6',
  'gemini-pro-agent',
  'gemini-3.1-pro-low',
  'gemini-3-flash-agent',
  'gemini-3.5-flash-low',
  'gemini-3-flash',
  'gemini-2.5-flash',
  'gemini-3.1-flash-image',
  'rev19-uic3-1p',
];
// Each host has its own catalogue.
const HOSTS = { daily: [...MODELS, 'gemini-3.7-flash-high'], prod: MODELS, autopush: MODELS };
const AGENT = /^antigravity\/(hub|ide|cli)\/2\.\d+\.\d+ \w+\/\w+$/;

const window = (bucketId, displayName, remainingFraction) => ({
  bucketId,
  displayName,
  window: displayName,
  remainingFraction,
  resetTime: '2030-01-01T00:00:00Z',
});

export class Antigravity extends CodeAssist {
  /** @param {import('node:http').IncomingHttpHeaders} headers @param {CodeAssist} oauth */
  admitAntigravity(headers, oauth) {
    if (!oauth.holds(headers, ANTIGRAVITY_CLIENT))
      throw new Refused(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials. Expected OAuth 2 access token.');
    if (headers['x-goog-user-project'])
      throw new Refused(403, 'PERMISSION_DENIED', 'Caller does not have required permission to use project.');
    if (!AGENT.test(headers['user-agent'] ?? ''))
      throw new Refused(
        400,
        'FAILED_PRECONDITION',
        'This version of Antigravity is no longer supported. Please update to receive the latest features!',
      );
  }

  load(body) {
    if (body.metadata?.ideType !== 'ANTIGRAVITY') throw new Refused(400, 'INVALID_ARGUMENT', 'metadata.ideType is wrong.');
    return super.load(body);
  }

  quota() {
    return {
      groups: [
        { displayName: 'Gemini Models', buckets: [window('gemini-5h', '5h', 0.86), window('gemini-weekly', 'Weekly Limit', 1)] },
        { displayName: 'Claude and GPT models', buckets: [window('3p-weekly', 'Weekly Limit', 0)] },
      ],
    };
  }
}

const catalogue = (host) => ({
  models: Object.fromEntries([...HOSTS[host], 'chat_20706', 'tab_flash'].map((id) => [id, { displayName: id, maxTokens: 1048576 }])),
});

export function antigravity(state, record, _url, [host, ...rest], response) {
  const service = state.antigravity;
  if (!HOSTS[host]) throw new Refused(404, 'NOT_FOUND', 'There is no such host.');
  service.admitAntigravity(record.headers, state.codeAssist);
  if (record.method === 'GET' && rest.join('/') === 'v1internal/operations/onboard-1') return send(response, 200, service.poll());
  const method = rest.join('/').match(/^v1internal:(\w+)$/)?.[1];
  if (record.method !== 'POST' || !method) throw new Refused(404, 'NOT_FOUND', 'Method not found.');
  checkJson(record);
  if (method === 'loadCodeAssist') return send(response, 200, service.load(record.body));
  if (method === 'onboardUser') return send(response, 200, service.onboard(record.body));
  if (method === 'fetchAvailableModels') return send(response, 200, catalogue(host));
  if (method === 'retrieveUserQuotaSummary') return send(response, 200, service.quota());
  if (method !== 'streamGenerateContent') throw new Refused(404, 'NOT_FOUND', 'Method not found.');
  generate(state, record.body, host, response);
}

function generate(state, body, host, response) {
  const scenario = next(state, host);
  if (scenario.kind && !(scenario.unlessPaid && body.enabledCreditTypes?.includes('GOOGLE_ONE_AI')))
    return failWith(response, scenario.kind);
  validateAntigravity(body);
  const { model, request } = body;
  if (!HOSTS[host].includes(model)) throw new Refused(404, 'NOT_FOUND', 'Requested entity was not found.');
  const turn = turnFor('antigravity', scenario, body);
  if (turn) return play('antigravity', turn, response, { body, model, streamed: true });
  const claude = model.startsWith('claude-');
  const part = (each, index) => (claude ? asClaude(each, index, request.tools ?? []) : each);
  const out = staged(scenario, chunks(request, model)).map((chunk, index) => ({
    response: {
      ...chunk,
      candidates: chunk.candidates?.map((candidate) => ({
        ...candidate,
        ...(candidate.content
          ? { content: { ...candidate.content, parts: candidate.content.parts.map((each) => part(each, index)) } }
          : {}),
      })),
    },
    traceId: 'sim',
  }));
  return stream(
    response,
    out.map((chunk) => JSON.stringify(chunk)),
    scenario,
  );
}
