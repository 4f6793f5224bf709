// What the simulated upstreams do instead of answering well, when a test asks for it.
import { setTimeout as sleep } from 'node:timers/promises';

const google = (code, status, message, details = []) => ({ code, body: { error: { code, message, status, details } } });
const info = (reason, metadata = {}) => ({
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  reason,
  domain: 'cloudcode-pa.googleapis.com',
  metadata,
});
const retry = (delay) => ({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: delay });

const quota = (quotaId) => ({ '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaId }] });

/** Failures by name, with the bodies that the real services send. */
export const FAILURES = {
  rate_limit: google(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted. Please retry in 30.5s.', [retry('30.5s')]),
  quota: google(429, 'RESOURCE_EXHAUSTED', 'You have exhausted your capacity on this model. Your quota will reset after 161h39m41s.', [
    info('QUOTA_EXHAUSTED', { quotaResetDelay: '161h39m41.3s' }),
    retry('581981.3s'),
  ]),
  capacity: google(503, 'UNAVAILABLE', 'No capacity available for model on the server', [info('MODEL_CAPACITY_EXHAUSTED')]),
  capacity_429: google(429, 'RESOURCE_EXHAUSTED', 'No capacity available for model on the server', [
    info('MODEL_CAPACITY_EXHAUSTED'),
    retry('39s'),
  ]),
  unavailable: google(503, 'UNAVAILABLE', 'The service is currently unavailable.'),
  rate_short: google(429, 'RESOURCE_EXHAUSTED', 'Slow down.', [info('RATE_LIMIT_EXCEEDED'), retry('0.539477544s')]),
  rate_unsaid: google(429, 'RESOURCE_EXHAUSTED', 'Slow down.', [info('RATE_LIMIT_EXCEEDED')]),
  quota_in_words: google(429, 'RESOURCE_EXHAUSTED', 'Individual quota reached. Resets in 9h22m20s.'),
  quota_until: google(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded.', [
    info('QUOTA_EXHAUSTED', { quotaResetTimeStamp: '2099-12-18T20:18:34Z' }),
  ]),
  limit_zero: google(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota, limit: 0'),
  per_day: google(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded.', [quota('GenerateRequestsPerDayPerProjectPerModel'), retry('54s')]),
  per_minute: google(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded.', [quota('GenerateRequestsPerMinutePerProjectPerModel'), retry('54s')]),
  wrapped: google(429, 'RESOURCE_EXHAUSTED', JSON.stringify({ error: { code: 429, message: 'Your quota will reset after 161h39m41s.' } })),
  listed: { code: 429, body: [{ error: { code: 429, message: 'Please retry in 44.09s.', status: 'RESOURCE_EXHAUSTED' } }] },
  stray_comma: {
    code: 429,
    text: '{"error":{"code":429,"message":"No.","details":[{" @type":"x/google.rpc.ErrorInfo","reason":"QUOTA_EXHAUSTED",},]}}',
  },
  timeout_408: google(408, 'DEADLINE_EXCEEDED', 'Timed out.'),
  cancelled_499: google(499, 'CANCELLED', 'The operation was cancelled.'),
  bad_gateway: { code: 502, body: {} },
  deadline_504: google(504, 'DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.'),
  bad_request: google(400, 'INVALID_ARGUMENT', 'Request contains an invalid argument.'),
  unknown_field: google(
    400,
    'INVALID_ARGUMENT',
    'Invalid JSON payload received. Unknown name "stopSequences" at \'request.generation_config\': Cannot find field.',
  ),
  signature: google(400, 'INVALID_ARGUMENT', 'Corrupted thought signature.'),
  no_project: google(400, 'INVALID_ARGUMENT', 'Invalid project resource name projects/'),
  foreign_project: google(403, 'PERMISSION_DENIED', 'The caller does not have permission'),
  licence_in_words: google(403, 'PERMISSION_DENIED', 'Permission denied on resource (#3501)'),
  service_off: google(403, 'PERMISSION_DENIED', 'The API is disabled.', [
    info('SERVICE_DISABLED', { activationUrl: 'https://console.example/enable' }),
  ]),
  validation_help: google(403, 'PERMISSION_DENIED', 'Verify your account to continue.', [
    info('VALIDATION_REQUIRED'),
    { '@type': 'type.googleapis.com/google.rpc.Help', links: [{ description: 'Verify', url: 'https://accounts.google.com/verify' }] },
  ]),
  forbidden: google(403, 'PERMISSION_DENIED', 'No.'),
  terms: google(403, 'PERMISSION_DENIED', 'Gemini has been disabled in this account for violation of Terms of Service.'),
  validation: google(403, 'PERMISSION_DENIED', 'Verify your account to continue.', [
    info('VALIDATION_REQUIRED', { validation_link: 'https://accounts.google.com/verify' }),
  ]),
  licence: google(403, 'PERMISSION_DENIED', 'Permission denied (#3501)', [info('SUBSCRIPTION_REQUIRED')]),
  region: google(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
  unauthorized: google(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.'),
  model_missing: google(404, 'NOT_FOUND', 'Requested entity was not found.'),
  no_endpoint: { code: 404, body: { detail: 'Not Found' } },
  internal: google(500, 'INTERNAL', 'Internal error encountered.'),
  repeats_key: {
    code: 401,
    body: { error: { message: 'Incorrect API key provided: sim-openai-key.', type: 'invalid_request_error', code: 'invalid_api_key' } },
  },
  // Antigravity's own.
  too_old: google(
    400,
    'FAILED_PRECONDITION',
    'This version of Antigravity is no longer supported. Please update to receive the latest features!',
  ),
  bare_429: google(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).'),
  claude_signature: google(
    400,
    'INVALID_ARGUMENT',
    JSON.stringify({
      type: 'error',
      error: { type: 'invalid_request_error', message: 'messages.1.content.0: Invalid `signature` in `thinking` block' },
      request_id: 'req_vrtx_1',
    }),
  ),
  claude_too_long: google(
    400,
    'INVALID_ARGUMENT',
    JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message: 'Prompt is too long' }, request_id: 'req_vrtx_2' }),
  ),
  consumer: google(403, 'PERMISSION_DENIED', 'Consumer is invalid.', [info('CONSUMER_INVALID')]),
  age: google(403, 'PERMISSION_DENIED', 'You are not eligible.', [info('RESTRICTED_AGE')]),
  credits: google(429, 'RESOURCE_EXHAUSTED', 'Not enough credits.', [info('INSUFFICIENT_G1_CREDITS_BALANCE')]),
  html: { code: 502, html: '<!DOCTYPE html><title>502</title><h1>Bad Gateway</h1>' },
};

/** @param {import('node:http').ServerResponse} response @param {string} kind */
export function failWith(response, kind) {
  const failure = FAILURES[kind];
  const body = failure.html ?? failure.text ?? JSON.stringify(failure.body);
  response.writeHead(failure.code, { 'content-type': failure.html ? 'text/html' : 'application/json; charset=UTF-8' }).end(body);
}

/**
 * An error inside a 200: as an event of a stream, as a JSON document, or as a document that calls itself a stream.
 * @param {import('node:http').ServerResponse} response @param {{ as: 'event' | 'json' | 'bare', body: any }} said
 */
export function sayInside(response, { as, body }) {
  response.writeHead(200, { 'content-type': as === 'json' ? 'application/json' : 'text/event-stream' });
  const text = JSON.stringify(body);
  response.end(as === 'event' ? `${body.type ? `event: ${body.type}\n` : ''}data: ${text}\n\n` : text);
}

/** The chunks that a scenario puts in place of the answer's own. */
export function staged(scenario, chunks) {
  const last = (extra) => [{ candidates: [{ index: 0, ...extra }], usageMetadata: { promptTokenCount: 1, totalTokenCount: 1 } }];
  if (scenario.empty) return last({ finishReason: 'STOP' });
  if (scenario.malformed) return last({ finishReason: 'MALFORMED_FUNCTION_CALL' });
  if (scenario.finish) return last({ finishReason: scenario.finish });
  if (scenario.blocked)
    return [{ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: { promptTokenCount: 1, totalTokenCount: 1 } }];
  if (scenario.noFinish) return chunks.slice(0, -1);
  if (scenario.giantBytes)
    return [
      { candidates: [{ index: 0, content: { role: 'model', parts: [{ text: 'x'.repeat(scenario.giantBytes) }] } }] },
      ...last({ finishReason: 'STOP' }),
    ];
  if (scenario.parts)
    return [
      { candidates: [{ index: 0, content: { role: 'model', parts: scenario.parts } }] },
      ...last({ finishReason: scenario.finishReason ?? 'STOP' }),
    ];
  return chunks;
}

/** A chunk's JSON. A giant text goes in as it is: looking for escapes in it would take longer than the client waits. */
export function chunkText(chunk, scenario) {
  const text = JSON.stringify(chunk, (key, value) => (key === 'text' && value.length > 1e6 ? '@' : value));
  return scenario.giantBytes ? text.replace('@', () => 'x'.repeat(scenario.giantBytes)) : text;
}

const ERROR_EVENT = { error: { code: 503, message: 'The model is overloaded. Please try again later.', status: 'UNAVAILABLE' } };

/** Writes events as SSE, with the scenario's faults. @param {import('node:http').ServerResponse} response @param {(string | (() => string) | { event: string, data: object })[]} events */
export async function stream(response, events, scenario = {}) {
  const end = scenario.crlf ? '\r\n\r\n' : '\n\n';
  if (scenario.silenceMs && scenario.where === 'head') await sleep(scenario.silenceMs);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  if (scenario.silenceMs && scenario.where === 'first') await sleep(scenario.silenceMs);
  if (scenario.errorEvent === 'first') events = [JSON.stringify(ERROR_EVENT)];
  if (scenario.errorEvent === 'middle') events = [events[0], JSON.stringify(ERROR_EVENT)];
  for (let [index, event] of events.entries()) {
    if (scenario.cutAfter === index) return response.destroy();
    if (scenario.silenceMs && scenario.where === 'middle' && index === 1) await sleep(scenario.silenceMs);
    if (response.destroyed) return;
    if (typeof event === 'function') event = event();
    const named = typeof event === 'string' ? `data: ${event}` : `event: ${event.event}\ndata: ${JSON.stringify(event.data)}`;
    const bytes = Buffer.from(named + end);
    const size = scenario.chunkBytes ?? bytes.length;
    for (let at = 0; at < bytes.length; at += size) {
      if (!response.write(bytes.subarray(at, at + size)))
        await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
      if (scenario.chunkBytes) await new Promise((resolve) => setImmediate(resolve));
    }
    if (scenario.delayMs) await sleep(scenario.delayMs);
  }
  if (scenario.cutAfter >= events.length) return response.destroy();
  response.end();
}
