// An OpenAI-compatible endpoint, simulated: it refuses what OpenAI's API refuses, in its words. Fields that it does not
// know come back, so that a test can see whether they survive.
import { checkBody } from './openai-validate.mjs';

export const KEY = 'sim-openai-key';
const MODELS = ['sim-model', 'gpt-sim'];

const refuse = (status, message, code = null, param = null, type = 'invalid_request_error') => [
  status,
  { error: { message, type, param, code } },
];

/** The list of models, or one of them. @param {string | undefined} name */
export function models(name, headers) {
  const wrong = checkKey(headers);
  if (wrong) return wrong;
  const describe = (id) => ({ id, object: 'model', created: 1, owned_by: 'sim' });
  if (!name) return [200, { object: 'list', data: MODELS.slice(0, 1).map(describe) }];
  if (!MODELS.includes(name)) return refuse(404, `The model '${name}' does not exist`, 'model_not_found', 'model');
  return [200, describe(name)];
}

function checkKey(headers) {
  const [, key] = String(headers.authorization ?? '').match(/^Bearer (.+)$/) ?? [];
  if (!key) return refuse(401, "You didn't provide an API key. Use an Authorization header with Bearer auth.");
  if (key !== KEY) return refuse(401, `Incorrect API key provided: ${key.slice(0, 6)}***.`, 'invalid_api_key');
  return null;
}

/** What is wrong with a request, as [status, body]; nothing if it is right. */
export function problem(body, headers) {
  const wrong = checkKey(headers);
  if (wrong) return wrong;
  if (!/^application\/json/.test(headers['content-type'] ?? ''))
    return refuse(400, 'Invalid content type. Expected type to be application/json.', 'invalid_content_type');
  if (body === undefined) return refuse(400, 'We could not parse the JSON body of your request.');
  if (body.model === 'missing')
    return refuse(404, 'The model `missing` does not exist or you do not have access to it.', 'model_not_found');
  const found = checkBody(body);
  return found ? refuse(400, found.message, found.code ?? null, found.param ?? null) : null;
}

const lastText = (body) => {
  const content = body.messages.at(-1).content;
  return typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? '').join('');
};
const USAGE = { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 };

export function whole(body) {
  const message = { role: 'assistant', content: `You said: ${lastText(body)}`, refusal: null, x_message: 'kept' };
  return {
    id: 'chatcmpl-sim',
    object: 'chat.completion',
    created: 1,
    model: body.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
    usage: USAGE,
    x_unknown: { kept: true },
  };
}

export function events(body) {
  const withUsage = body.stream_options?.include_usage;
  const chunk = (choices, extra = withUsage ? { usage: null } : {}) =>
    JSON.stringify({
      id: 'chatcmpl-sim',
      object: 'chat.completion.chunk',
      created: 1,
      model: body.model,
      choices,
      x_unknown: { kept: true },
      ...extra,
    });
  const out = [chunk([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }])];
  for (const word of `You said: ${lastText(body)}`.split(/(?<= )/))
    out.push(chunk([{ index: 0, delta: { content: word }, finish_reason: null }]));
  out.push(chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]));
  if (withUsage) out.push(chunk([], { usage: USAGE }));
  out.push('[DONE]');
  return out;
}
