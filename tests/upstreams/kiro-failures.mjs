// Kiro's failures by name, with the bodies that the real service sends.
import { errorFrame, event, exception } from './kiro-frames.mjs';

const plain = (code, message, reason = null, headers = {}) => ({ code, body: { message, reason }, headers });

/** Refusals before an answer. */
export const FAILURES = {
  too_long: plain(400, 'Input is too long.', 'CONTENT_LENGTH_EXCEEDS_THRESHOLD'),
  improper: plain(400, 'Improperly formed request.'),
  model: plain(400, 'Invalid model. Please select a different model to continue.', 'INVALID_MODEL_ID'),
  tools: plain(500, 'Expected toolResult blocks at messages.3.content', 'TOOL_USE_RESULT_MISMATCH'),
  signature: plain(400, 'Improperly formed request.', 'THINKING_SIGNATURE_INVALID'),
  image: plain(400, 'messages.0.content.1.image.source.base64: image exceeds 5 MB maximum', 'IMAGE_TOO_LARGE'),
  profile: plain(400, 'profileArn is required for this request.'),
  old_quota: { code: 400, body: { __type: 'com.amazon#ThrottlingException', message: 'Limit reached.', reason: 'MONTHLY_REQUEST_COUNT' } },
  bearer: plain(403, 'The bearer token included in the request is invalid.'),
  unauthorized: plain(401, 'The bearer token included in the request is expired.'),
  not_authorized: plain(403, 'User is not authorized to make this call.'),
  suspended: plain(403, 'Your User ID (123) temporarily is suspended. We locked your account.', 'TEMPORARILY_SUSPENDED'),
  feature: plain(403, 'Not on your plan.', 'FEATURE_NOT_SUPPORTED'),
  administrator: {
    code: 403,
    body: { __type: 'AccessDeniedException', message: 'This model has been blocked by your organization administrator.' },
  },
  page: { code: 403, html: '<!DOCTYPE html><html><title>ERROR: The request could not be satisfied</title></html>' },
  quota: plain(402, 'You have reached the limit.', 'MONTHLY_REQUEST_COUNT'),
  overage: { code: 402, body: { error: { reason: 'OVERAGE_REQUEST_LIMIT_EXCEEDED', message: 'Overage limit reached.' } } },
  conversation: plain(402, 'This conversation is full.', 'CONVERSATION_LIMIT_EXCEEDED'),
  daily: plain(429, 'Daily limit.', 'DAILY_REQUEST_COUNT'),
  flagged: plain(429, 'Due to suspicious activity, we are imposing temporary limits on how frequently this account can send requests.'),
  capacity: plain(429, 'I am experiencing high traffic, please try again shortly.', 'INSUFFICIENT_MODEL_CAPACITY'),
  load: plain(500, 'Encountered unexpectedly high load when processing the request, please try again.'),
  rate_limit: plain(429, 'Too many requests, please wait before trying again.', null, { 'retry-after': '30' }),
  internal: plain(500, 'Encountered an unexpected error when processing the request, please try again.'),
  unavailable: { code: 503, html: '<html><body>503 Service Unavailable</body></html>' },
  gateway: plain(524, 'A timeout occurred'),
  forbidden: plain(403, 'No.'),
};

const words = (content) => event('assistantResponseEvent', { content });

/** What comes in place of an answer, inside a 200. */
export const STREAMS = {
  throttled_first: () => [exception('ThrottlingException', { message: 'Too many requests, please wait before trying again.' })],
  throttled_middle: () => [words('Half an '), exception('ThrottlingException', { message: 'Too many requests.' })],
  length_middle: () => [words('As far as it goes'), exception('ContentLengthExceededException', { message: 'Too long.' })],
  error_frame: () => [words('Half an '), errorFrame('InternalError', 'An internal server error occurred.')],
  json: () => [Buffer.from(JSON.stringify({ __type: 'com.amazon#ThrottlingException', message: 'Rate exceeded' }))],
  corrupt: () => {
    const bad = Buffer.from(words('spoilt'));
    bad[bad.length - 6] ^= 1;
    return [words('Half an '), bad];
  },
  truncated: () => [words('Half an '), Buffer.from(words('answer')).subarray(0, 40)],
  open_tool: () => [
    event('toolUseEvent', { toolUseId: 'tooluse_cut', name: 'weather' }),
    event('toolUseEvent', { toolUseId: 'tooluse_cut', name: 'weather', input: '{"city":"Kö' }),
  ],
  nothing: () => [],
};
