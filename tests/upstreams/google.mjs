// The mounts of Google's services: the Gemini API, Code Assist, OAuth.
import { answer, chunks } from './gemini-answer.mjs';
import { Refused, validate, validateEnvelope } from './gemini-validate.mjs';
import { checkJson, next, send } from './reply.mjs';
import { chunkText, failWith, sayInside, staged, stream } from './scenario.mjs';
import { play, turnFor } from './turn/turn.mjs';

const MODELS = [
  'gemini-2.5-pro',
  'gemini-2.5-flash',
  'gemini-2.5-flash-lite',
  'gemini-3-pro-preview',
  'gemini-3.1-pro-preview',
  'gemini-3-flash-preview',
  'gemini-3-flash',
];
const KEYS = ['sim-gemini-key', 'sim-gemini-key-2', 'sim-gemini-key-3'];

export function gemini(state, record, url, [version, ...rest], response) {
  const key = record.headers['x-goog-api-key'] ?? url.searchParams.get('key');
  if (record.headers.authorization)
    throw new Refused(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials. Expected OAuth 2 access token.');
  if (!key)
    throw new Refused(
      403,
      'PERMISSION_DENIED',
      'Method doesn’t allow unregistered callers (callers without established identity). Please use API Key.',
    );
  if (!KEYS.includes(key)) {
    throw new Refused(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
      { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID', domain: 'googleapis.com' },
    ]);
  }
  const [name, method] = decodeURIComponent(rest[1] ?? '').split(':');
  const known = !method || ['generateContent', 'streamGenerateContent'].includes(method);
  if (!/^v1(beta)?$/.test(version) || rest[0] !== 'models' || rest.length > 2 || !known || (record.method === 'POST') !== Boolean(method))
    return response.writeHead(404, { 'content-type': 'text/html; charset=UTF-8' }).end('<title>Error 404 (Not Found)!!1</title>');
  const describe = (model) => ({ name: `models/${model}`, supportedGenerationMethods: ['generateContent', 'countTokens'] });
  if (record.method === 'GET' && name && !MODELS.includes(name))
    throw new Refused(404, 'NOT_FOUND', `models/${name} is not found for API version ${version}.`);
  if (record.method === 'GET')
    return name
      ? send(response, 200, describe(name))
      : send(response, 200, { models: [...MODELS.map(describe), { name: 'models/embed', supportedGenerationMethods: ['embedContent'] }] });
  const scenario = next(state, key);
  if (scenario.kind) return failWith(response, scenario.kind);
  if (scenario.said) return sayInside(response, scenario.said);
  if (!MODELS.includes(name)) throw new Refused(404, 'NOT_FOUND', `models/${name} is not found for API version ${version}.`);
  checkJson(record);
  validate(record.body, name, false);
  const turn = turnFor('gemini', scenario, record.body);
  if (turn) return play('gemini', turn, response, { body: record.body, model: name, streamed: method === 'streamGenerateContent' });
  const out = staged(scenario, chunks(record.body, name));
  if (method === 'streamGenerateContent' && url.searchParams.get('alt') === 'sse')
    return stream(
      response,
      out.map((c) => () => chunkText(c, scenario)), // made when it is due, after the head
      scenario,
    );
  // Without alt=sse the stream is one JSON array.
  if (method === 'streamGenerateContent') return send(response, 200, out);
  send(response, 200, wholeOf(record.body, name));
}

function wholeOf(request, model, wrap = (body) => body) {
  const { parts, finishReason, usage } = answer(request, model);
  return wrap({ candidates: [{ index: 0, content: { role: 'model', parts }, finishReason }], usageMetadata: usage, modelVersion: model });
}

export function codeAssist(state, record, url, path, response) {
  const service = state.codeAssist;
  service.admit(record.headers);
  if (record.method === 'GET' && path === 'v1internal/operations/onboard-1') return send(response, 200, service.poll());
  const method = path.match(/^v1internal:(\w+)$/)?.[1];
  if (record.method !== 'POST' || !method) throw new Refused(404, 'NOT_FOUND', 'Method not found.');
  checkJson(record);
  if (method === 'loadCodeAssist') return send(response, 200, service.load(record.body));
  if (method === 'onboardUser') return send(response, 200, service.onboard(record.body));
  if (method === 'retrieveUserQuota') {
    const bucket = { modelId: 'gemini-2.5-pro', remainingFraction: 0.98, resetTime: '2030-01-01T00:00:00Z', tokenType: 'REQUESTS' };
    return send(response, 200, { buckets: record.body.project ? [bucket] : [] });
  }
  if (method !== 'streamGenerateContent' && method !== 'generateContent') throw new Refused(404, 'NOT_FOUND', 'Method not found.');
  const scenario = next(state, 'code-assist');
  if (scenario.kind) return failWith(response, scenario.kind);
  if (scenario.said) return sayInside(response, scenario.said);
  validateEnvelope(record.body);
  if (!MODELS.includes(record.body.model)) throw new Refused(404, 'NOT_FOUND', 'Requested entity was not found.');
  const out = staged(scenario, chunks(record.body.request, record.body.model)).map((chunk) => ({ response: chunk, traceId: 'sim' }));
  if (method === 'generateContent')
    return send(
      response,
      200,
      wholeOf(record.body.request, record.body.model, (r) => ({ response: r })),
    );
  if (url.searchParams.get('alt') !== 'sse') return send(response, 200, out);
  return stream(
    response,
    out.map((chunk) => JSON.stringify(chunk)),
    scenario,
  );
}

export function oauth(state, record, url, path, response) {
  if (path === 'token' && record.method === 'POST')
    return send(response, ...state.codeAssist.token(new URLSearchParams(record.text), record.headers['content-type']));
  if (path === 'authorize' && record.method === 'GET') return send(response, 200, state.codeAssist.authorize(url.searchParams));
  if (path === 'userinfo' && record.method === 'GET') {
    const person = state.codeAssist.userinfo(record.headers.authorization);
    return person ? send(response, 200, person) : send(response, 401, { error: { code: 401, message: 'Invalid Credentials' } });
  }
  send(response, 404, { error: 'not_found' });
}
