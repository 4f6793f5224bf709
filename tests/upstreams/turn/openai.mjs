// A scripted turn as OpenAI's chat completions stream it, with the `reasoning_content` that its imitators have.
import { pieces, USAGE } from './parts.mjs';

const FINISH = { stop: 'stop', length: 'length', filter: 'content_filter' };

const textOf = (content) => (typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? '').join('\n'));

/** @returns {import('./turn.mjs').Asked} */
export function read(body) {
  const since = body.messages.slice(body.messages.findLastIndex((message) => message.role === 'assistant') + 1);
  return {
    prompt: body.messages
      .filter((message) => message.role === 'user')
      .map((message) => textOf(message.content))
      .join('\n'),
    tools: (body.tools ?? []).map((tool) => tool.function?.name ?? tool.custom?.name),
    results: since.filter((message) => message.role === 'tool').map((message) => textOf(message.content)),
  };
}

const usage = () => ({
  prompt_tokens: USAGE.input,
  completion_tokens: USAGE.output,
  total_tokens: USAGE.input + USAGE.output,
  prompt_tokens_details: { cached_tokens: USAGE.cached },
  completion_tokens_details: { reasoning_tokens: USAGE.thinking },
});

const finishOf = (turn) => (turn.calls?.length && !turn.finish ? 'tool_calls' : FINISH[turn.finish ?? 'stop']);
const calls = (turn) =>
  (turn.calls ?? []).map(({ name, args }, index) => ({
    id: `call_sim_${name}_${index}`,
    type: 'function',
    function: { name, arguments: JSON.stringify(args) },
  }));

export function events(turn, { body, model }) {
  const counted = body.stream_options?.include_usage;
  const chunk = (choices, extra = counted ? { usage: null } : {}) => ({
    data: { id: 'chatcmpl-turn', object: 'chat.completion.chunk', created: 1, model, choices, ...extra },
  });
  const delta = (value, finish = null) => chunk([{ index: 0, delta: value, finish_reason: finish }]);
  const out = [delta({ role: 'assistant', content: '' })];
  for (const piece of pieces(turn.thinking ?? '')) out.push(delta({ reasoning_content: piece }));
  for (const piece of pieces(turn.text ?? '')) out.push(delta({ content: piece }));
  for (const [index, call] of calls(turn).entries()) {
    out.push(delta({ tool_calls: [{ index, ...call, function: { name: call.function.name, arguments: '' } }] }));
    for (const piece of pieces(call.function.arguments)) out.push(delta({ tool_calls: [{ index, function: { arguments: piece } }] }));
  }
  out.push(delta({}, finishOf(turn)));
  if (counted) out.push(chunk([], { usage: usage() }));
  return [...out, { data: '[DONE]' }];
}

export function whole(turn, { model }) {
  const message = { role: 'assistant', content: turn.text ?? null, refusal: null };
  if (turn.thinking) Object.assign(message, { reasoning_content: turn.thinking });
  if (turn.calls?.length) Object.assign(message, { tool_calls: calls(turn) });
  return {
    id: 'chatcmpl-turn',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishOf(turn) }],
    usage: usage(),
  };
}

export const error = { data: { error: { message: 'The server had an error.', type: 'server_error', param: null, code: null } } };
export const failure = [
  400,
  { error: { message: 'The scenario refuses this request.', type: 'invalid_request_error', param: null, code: null } },
];
/** How many events come before a fault: the one that only names the role, and the first piece. */
export const middle = (all) => Math.min(2, all.length - 2);
