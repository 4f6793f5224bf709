// The simulated upstreams: one server, a mount for each service.
import http from 'node:http';
import { anthropic } from './anthropic.mjs';
import { Antigravity, antigravity } from './antigravity.mjs';
import { CodeAssist } from './code-assist.mjs';
import { Codex, codex } from './codex.mjs';
import { Copilot, copilot } from './copilot.mjs';
import { files } from './files.mjs';
import { demo } from './gemini-answer.mjs';
import { Refused } from './gemini-validate.mjs';
import * as google from './google.mjs';
import { Iflow, iflow } from './iflow.mjs';
import { Kiro, kiro } from './kiro.mjs';
import * as openai from './openai.mjs';
import * as responses from './openai-responses.mjs';
import { Qwen, qwen } from './qwen.mjs';
import { next, parse, send } from './reply.mjs';
import { failWith, sayInside, stream } from './scenario.mjs';
import { play, turnFor } from './turn/turn.mjs';

/** @param {{ port?: number, greeting?: string }} options `greeting`: what begins every answer in words, for a demo */
export async function startUpstreams({ port = 0, greeting = '' }) {
  demo.greeting = greeting;
  const state = {
    scenarios: [],
    requests: [],
    codeAssist: new CodeAssist(),
    antigravity: new Antigravity(),
    kiro: new Kiro(),
    copilot: new Copilot(),
    codex: new Codex(),
    qwen: new Qwen(),
    iflow: new Iflow(),
  };
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
    antigravity: () => state.antigravity,
    kiro: () => state.kiro,
    copilot: () => state.copilot,
    codex: () => state.codex,
    qwen: () => state.qwen,
    iflow: () => state.iflow,
    /** What the next generations do, one after the other. @param {...object} scenarios */
    scenario: (...scenarios) => state.scenarios.push(...scenarios),
    reset() {
      state.scenarios.length = state.requests.length = 0;
      state.codeAssist = new CodeAssist();
      state.antigravity = new Antigravity();
      state.kiro = new Kiro();
      state.copilot = new Copilot();
      state.codex = new Codex();
      state.qwen = new Qwen();
      state.iflow = new Iflow();
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve(undefined)));
    },
  };
}

async function serve(state, request, response) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  const url = new URL(request.url, 'http://upstream');
  const record = { method: request.method, path: url.pathname, headers: request.headers, text, body: parse(text), closedEarly: false };
  response.on('close', () => (record.closedEarly = !response.writableFinished));
  state.requests.push(record);
  const [, mount, ...rest] = url.pathname.split('/');
  if (mount === 'gemini') return google.gemini(state, record, url, rest, response);
  if (mount === 'code-assist') return google.codeAssist(state, record, url, rest.join('/'), response);
  if (mount === 'antigravity') return antigravity(state, record, url, rest, response);
  if (mount === 'codex') return codex(state, record, rest, response);
  if (mount === 'copilot') return copilot(state, record, rest, response);
  if (mount === 'qwen') return qwen(state, record, rest, response);
  if (mount === 'iflow') return iflow(state, record, url, rest, response);
  if (mount === 'kiro') return kiro(state, record, rest, response);
  if (mount === 'oauth') return google.oauth(state, record, url, rest[0], response);
  if (mount === 'anthropic') return anthropic(state, record, rest.join('/'), response);
  if (mount === 'openai') return openaiChat(state, record, rest.slice(1), response);
  if (mount === 'file') return files(rest.join('/'), response);
  send(response, 404, { error: { code: 404, message: 'no such mount', status: 'NOT_FOUND' } });
}

function openaiChat(state, record, rest, response) {
  if (rest[0] === 'models' && record.method === 'GET') return send(response, ...openai.models(rest[1], record.headers));
  if (record.method === 'POST' && rest.join('/') === 'responses') return responses.create(state, record, response);
  if (record.method === 'POST' && rest.join('/') === 'responses/compact') return responses.compact(state, record, response);
  if (rest.join('/') !== 'chat/completions' || record.method !== 'POST') {
    const message = `Invalid URL (${record.method} /v1/${rest.join('/')})`;
    return send(response, 404, { error: { message, type: 'invalid_request_error', param: null, code: null } });
  }
  const scenario = next(state, 'openai');
  if (scenario.kind) return failWith(response, scenario.kind);
  if (scenario.said) return sayInside(response, scenario.said);
  const problem = openai.problem(record.body, record.headers);
  if (problem) return send(response, ...problem);
  const turn = turnFor('openai', scenario, record.body);
  if (turn) return play('openai', turn, response, { body: record.body, model: record.body.model, streamed: record.body.stream });
  if (!record.body.stream) return send(response, 200, openai.whole(record.body));
  return stream(response, openai.events(record.body), scenario);
}
