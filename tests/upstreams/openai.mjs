// An OpenAI-compatible endpoint, simulated. Unknown fields come back, so that a test can see whether they survive.
const refuse = (status, message, code = null, param = null) => [status, { error: { message, type: 'invalid_request_error', param, code } }];

/** What is wrong with a request, as [status, body]; nothing if it is right. */
export function problem(body, headers) {
  if (headers.authorization !== 'Bearer sim-openai-key') return refuse(401, 'Incorrect API key provided.', 'invalid_api_key');
  if (typeof body?.model !== 'string') return refuse(400, "Missing required parameter: 'model'.", null, 'model');
  if (body.model === 'missing') return refuse(404, 'The model `missing` does not exist', 'model_not_found');
  if (!Array.isArray(body.messages) || !body.messages.length) return refuse(400, "Invalid 'messages'.", null, 'messages');
  const asked = new Set();
  for (const message of body.messages) {
    for (const call of message.tool_calls ?? []) asked.add(call.id);
    if (message.role === 'tool' && !asked.has(message.tool_call_id))
      return refuse(400, "messages with role 'tool' must be a response to a preceding message with 'tool_calls'.", null, 'messages');
  }
  return null;
}

const lastText = (body) => {
  const content = body.messages.at(-1).content;
  return typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? '').join('');
};
const USAGE = { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 };

export function whole(body) {
  const message = { role: 'assistant', content: `You said: ${lastText(body)}`, x_message: 'kept' };
  return {
    id: 'chatcmpl-sim',
    object: 'chat.completion',
    created: 1,
    model: body.model,
    choices: [{ index: 0, message, finish_reason: 'stop' }],
    usage: USAGE,
    x_unknown: { kept: true },
  };
}

export function events(body) {
  const chunk = (choices, extra = {}) =>
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
  if (body.stream_options?.include_usage) out.push(chunk([], { usage: USAGE }));
  out.push('[DONE]');
  return out;
}
