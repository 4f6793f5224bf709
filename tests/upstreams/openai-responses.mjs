// OpenAI's Responses API, simulated: it refuses what the real one refuses, in its words, and streams the whole grammar.
import { KEY } from './openai.mjs';
import { next, send } from './reply.mjs';
import { checkResponses } from './responses-validate.mjs';
import { failWith, sayInside, stream } from './scenario.mjs';
import * as script from './turn/responses.mjs';
import { turnFor } from './turn/turn.mjs';

const refuse = (status, message, code = null, param = null, type = 'invalid_request_error') => [
  status,
  { error: { message, type, param, code } },
];

/** Failures by name, with the bodies that the real service sends. */
const FAILURES = {
  limited: refuse(429, 'Rate limit reached for gpt-sim. Please try again in 1.9s.', 'rate_limit_exceeded', null, 'requests'),
  spent: refuse(
    429,
    'You exceeded your current quota, please check your plan and billing details.',
    'insufficient_quota',
    null,
    'insufficient_quota',
  ),
  usage_limit: [
    429,
    { error: { type: 'usage_limit_reached', message: 'The usage limit has been reached', plan_type: 'plus', resets_in_seconds: 3600 } },
  ],
  context: refuse(
    400,
    'Your input exceeds the context window of this model. Please adjust your input and try again.',
    'context_length_exceeded',
    'input',
  ),
  policy: refuse(400, 'Invalid prompt: your prompt was flagged as potentially violating our usage policy.', 'invalid_prompt'),
  broken: refuse(500, 'The server had an error while processing your request.', 'server_error', null, 'server_error'),
  full: refuse(503, 'The engine is currently overloaded, please try again later', null, null, 'server_error'),
  unknown_url: refuse(404, 'Invalid URL (POST /v1/responses)'),
  not_here: [404, { detail: 'Not Found' }],
  detail: [400, { detail: 'Unsupported parameter: metadata' }],
};

const ERRORS = {
  rate_limit_exceeded: 'Rate limit reached. Please try again in 3s.',
  context_length_exceeded: 'Your input exceeds the context window of this model.',
  server_error: 'The server had an error while processing your request.',
};

/** @returns {{ key?: string, wrong?: [number, object] }} */
function keyOf(headers) {
  const [, key] = String(headers.authorization ?? '').match(/^Bearer (.+)$/) ?? [];
  if (!key) return { wrong: refuse(401, "You didn't provide an API key.") };
  if (!key.startsWith(KEY)) return { wrong: refuse(401, `Incorrect API key provided: ${key.slice(0, 6)}***.`, 'invalid_api_key') };
  return { key };
}

/** What is wrong with a request, as [status, body]; nothing if it is right. */
function problem(record, key) {
  const { body, headers } = record;
  if (!/^application\/json/.test(headers['content-type'] ?? '')) return refuse(400, 'Invalid content type.', 'invalid_content_type');
  if (body === undefined) return refuse(400, 'We could not parse the JSON body of your request.');
  if (body?.model === 'missing') return refuse(404, "The model 'missing' does not exist.", 'model_not_found', 'model');
  if (body?.previous_response_id)
    return refuse(
      400,
      `Previous response with id '${body.previous_response_id}' not found.`,
      'previous_response_not_found',
      'previous_response_id',
    );
  const found = checkResponses(body, key);
  return found ? refuse(found.status ?? 400, found.message, found.code ?? null, found.param ?? null) : null;
}

// A turn that nobody scripted: the model repeats what it heard, after some thought if it was asked to think.
function ownTurn(body) {
  const { prompt } = script.read(body);
  const thinking = body.reasoning?.effort && body.reasoning.effort !== 'none' ? 'Let me think.' : undefined;
  return { thinking, text: `You said: ${prompt.split('\n').at(-1)}` };
}

// The events as a scenario wants them.
function staged(events, scenario) {
  const failed = (code) => ({
    event: 'response.failed',
    data: {
      type: 'response.failed',
      sequence_number: 3,
      response: { id: 'resp_turn', object: 'response', status: 'failed', output: [], error: { code, message: ERRORS[code] }, usage: null },
    },
  });
  const error = {
    event: 'error',
    data: { type: 'error', sequence_number: 3, code: 'server_error', message: ERRORS.server_error, param: null },
  };
  if (scenario.failed) return [...events.slice(0, scenario.early ? 2 : 5), failed(scenario.failed)];
  if (scenario.errorEvent === 'first') return [error];
  if (scenario.errorEvent === 'middle') return [...events.slice(0, 5), error];
  if (scenario.noFinish) return events.slice(0, -1);
  if (scenario.noDeltas) return events.filter(({ event }) => !/\.(delta|added)$/.test(event));
  return events;
}

/** POST /v1/responses. */
export async function create(state, record, response) {
  const { key, wrong } = keyOf(record.headers);
  const scenario = next(state, 'responses');
  if (FAILURES[scenario.kind]) return send(response, ...FAILURES[scenario.kind]);
  if (scenario.kind) return failWith(response, scenario.kind);
  if (scenario.said) return sayInside(response, scenario.said);
  const found = wrong ?? problem(record, key);
  if (found) return send(response, ...found);
  const { body } = record;
  const turn = turnFor('responses', scenario, body) ?? ownTurn(body);
  const asked = { body, model: body.model, key };
  if (turn.fault === 'refuse') return send(response, ...script.failure);
  if (!body.stream) return turn.fault ? response.destroy() : send(response, 200, script.whole(turn, asked));
  let events = staged(script.events(turn, asked), scenario);
  if (turn.fault) events = events.slice(0, script.middle(events));
  if (turn.fault === 'error') events.push(script.error);
  return stream(response, events, {
    ...scenario,
    errorEvent: undefined,
    cutAfter: turn.fault === 'cut' ? events.length : scenario.cutAfter,
  });
}

/** POST /v1/responses/compact. */
export function compact(state, record, response) {
  const { key, wrong } = keyOf(record.headers);
  const scenario = next(state, 'compact');
  if (FAILURES[scenario.kind]) return send(response, ...FAILURES[scenario.kind]);
  if (wrong) return send(response, ...wrong);
  if (record.body?.model == null || record.body?.input == null)
    return send(response, ...refuse(400, "Missing required parameter: 'input'.", 'missing_required_parameter', 'input'));
  return send(response, 200, script.compaction(record.body, key));
}
