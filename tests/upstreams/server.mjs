// The simulated upstreams: one server, a mount for each service.
import http from 'node:http';
import { CodeAssist } from './code-assist.mjs';
import { files } from './files.mjs';
import { answer, chunks } from './gemini-answer.mjs';
import { Refused, validate, validateEnvelope } from './gemini-validate.mjs';
import * as openai from './openai.mjs';
import { failWith, staged, stream } from './scenario.mjs';

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

/** @param {{ port?: number }} options */
export async function startUpstreams({ port = 0 }) {
  const state = { scenarios: [], requests: [], codeAssist: new CodeAssist() };
  const server = http.createServer((request, response) => {
    serve(state, request, response).catch((error) => {
      const refused = error instanceof Refused ? error : new Refused(500, 'INTERNAL', String(error));
      if (!response.headersSent) send(response, refused.code, refused.body);
    });
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(undefined)));
  const url = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
  return {
    url,
    requests: state.requests,
    codeAssist: () => state.codeAssist,
    /** What the next generations do, one after the other. @param {...object} scenarios */
    scenario: (...scenarios) => state.scenarios.push(...scenarios),
    reset() {
      state.scenarios.length = state.requests.length = 0;
      state.codeAssist = new CodeAssist();
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve(undefined)));
    },
  };
}

function send(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' }).end(JSON.stringify(body));
}

async function serve(state, request, response) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  const url = new URL(request.url, 'http://upstream');
  const record = { method: request.method, path: url.pathname, headers: request.headers, text, body: parse(text), closedEarly: false };
  response.on('close', () => (record.closedEarly = !response.writableFinished));
  state.requests.push(record);
  const [, mount, ...rest] = url.pathname.split('/');
  if (mount === 'gemini') return gemini(state, record, url, rest.slice(1), response);
  if (mount === 'code-assist') return codeAssist(state, record, rest.join('/'), response);
  if (mount === 'oauth') return send(response, ...state.codeAssist.token(new URLSearchParams(text)));
  if (mount === 'openai') return openaiChat(state, record, rest.slice(1), response);
  if (mount === 'file') return files(rest.join('/'), response);
  send(response, 404, { error: { code: 404, message: 'no such mount', status: 'NOT_FOUND' } });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function next(state, key) {
  const index = state.scenarios.findIndex((scenario) => !scenario.key || scenario.key === key);
  if (index < 0) return {};
  const scenario = state.scenarios[index];
  if (scenario.times > 1) scenario.times--;
  else state.scenarios.splice(index, 1);
  return scenario;
}

function checkJson(record) {
  if (!/json/.test(record.headers['content-type'] ?? '')) throw new Refused(400, 'INVALID_ARGUMENT', 'Invalid content-type.');
  if (record.body === undefined) throw new Refused(400, 'INVALID_ARGUMENT', 'Invalid JSON payload received. Unexpected token.');
}

function gemini(state, record, url, rest, response) {
  const key = record.headers['x-goog-api-key'];
  if (!KEYS.includes(key)) {
    throw new Refused(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
      { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID', domain: 'googleapis.com' },
    ]);
  }
  const [name, method] = decodeURIComponent(rest[1] ?? '').split(':');
  const describe = (model) => ({ name: `models/${model}`, supportedGenerationMethods: ['generateContent', 'countTokens'] });
  if (record.method === 'GET')
    return name
      ? send(response, 200, describe(name))
      : send(response, 200, { models: [...MODELS.map(describe), { name: 'models/embed', supportedGenerationMethods: ['embedContent'] }] });
  const scenario = next(state, key);
  if (scenario.kind) return failWith(response, scenario.kind);
  if (!MODELS.includes(name)) throw new Refused(404, 'NOT_FOUND', `models/${name} is not found for API version v1beta.`);
  checkJson(record);
  validate(record.body, name, false);
  const out = staged(scenario, chunks(record.body, name));
  if (method === 'streamGenerateContent' && url.searchParams.get('alt') === 'sse')
    return stream(
      response,
      out.map((c) => JSON.stringify(c)),
      scenario,
    );
  const { parts, finishReason, usage } = answer(record.body, name);
  send(response, 200, { candidates: [{ index: 0, content: { role: 'model', parts }, finishReason }], usageMetadata: usage });
}

function codeAssist(state, record, path, response) {
  const service = state.codeAssist;
  service.authorize(record.headers);
  if (path === 'v1internal/operations/onboard-1') return send(response, 200, service.poll());
  const method = path.split(':')[1];
  if (method === 'loadCodeAssist') return send(response, 200, service.load(record.body));
  if (method === 'onboardUser') return send(response, 200, service.onboard(record.body));
  const scenario = next(state, 'code-assist');
  if (scenario.kind) return failWith(response, scenario.kind);
  checkJson(record);
  validateEnvelope(record.body, record.headers);
  if (!MODELS.includes(record.body.model)) throw new Refused(404, 'NOT_FOUND', 'Requested entity was not found.');
  const out = staged(scenario, chunks(record.body.request, record.body.model));
  return stream(
    response,
    out.map((chunk) => JSON.stringify({ response: chunk, traceId: 'sim' })),
    scenario,
  );
}

function openaiChat(state, record, rest, response) {
  if (rest[0] === 'models')
    return send(response, 200, { object: 'list', data: [{ id: 'sim-model', object: 'model', created: 1, owned_by: 'sim' }] });
  const scenario = next(state, 'openai');
  if (scenario.kind) return failWith(response, scenario.kind);
  const problem = openai.problem(record.body, record.headers);
  if (problem) return send(response, ...problem);
  if (!record.body.stream) return send(response, 200, openai.whole(record.body));
  return stream(response, openai.events(record.body), scenario);
}
