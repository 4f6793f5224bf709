// A scripted turn as Anthropic's Messages API streams it.
import { createHash } from 'node:crypto';
import { pieces, USAGE } from './parts.mjs';

const FINISH = { stop: 'end_turn', length: 'max_tokens', filter: 'refusal' };

const blocks = (content) => (typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []));
const textOf = (content) =>
  blocks(content)
    .map((block) => block.text ?? '')
    .join('\n');

/** @returns {import('./turn.mjs').Asked} */
export function read(body) {
  const since = body.messages.slice(body.messages.findLastIndex((message) => message.role === 'assistant') + 1);
  return {
    prompt: body.messages
      .filter((message) => message.role === 'user')
      .map((message) => textOf(message.content))
      .join('\n'),
    tools: (body.tools ?? []).map((tool) => tool.name),
    results: since
      .flatMap((message) => blocks(message.content))
      .filter((block) => block.type === 'tool_result')
      .map((block) => textOf(block.content)),
  };
}

/** Signatures that the simulated model minted: a request may bring back no other. */
export const signatures = new Set();
function signed(text) {
  const signature = createHash('sha512').update(`anthropic/${text}`).digest('base64');
  signatures.add(signature);
  return signature;
}

function content(turn) {
  const out = [];
  if (turn.thinking) out.push({ type: 'thinking', thinking: turn.thinking, signature: signed(turn.thinking) });
  if (turn.text) out.push({ type: 'text', text: turn.text });
  for (const [index, { name, args }] of (turn.calls ?? []).entries())
    out.push({ type: 'tool_use', id: `toolu_sim_${name}_${index}`, name, input: args });
  return out;
}

const input = { input_tokens: USAGE.input - USAGE.cached, cache_read_input_tokens: USAGE.cached, cache_creation_input_tokens: 0 };
const stopOf = (turn) => (turn.calls?.length && !turn.finish ? 'tool_use' : FINISH[turn.finish ?? 'stop']);
const message = (model) => ({
  id: 'msg_turn',
  type: 'message',
  role: 'assistant',
  model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
});

const START = {
  thinking: { type: 'thinking', thinking: '', signature: '' },
  text: { type: 'text', text: '' },
};
function deltas(block) {
  if (block.type === 'text') return pieces(block.text).map((text) => ({ type: 'text_delta', text }));
  if (block.type === 'tool_use')
    return ['', ...pieces(JSON.stringify(block.input))].map((partial_json) => ({ type: 'input_json_delta', partial_json }));
  const thoughts = pieces(block.thinking).map((thinking) => ({ type: 'thinking_delta', thinking }));
  return [...thoughts, { type: 'signature_delta', signature: block.signature }];
}

export function events(turn, { model }) {
  const out = [];
  const add = (event, data) => out.push({ event, data: { type: event, ...data } });
  add('message_start', { message: { ...message(model), usage: { ...input, output_tokens: 1 } } });
  for (const [index, block] of content(turn).entries()) {
    add('content_block_start', { index, content_block: START[block.type] ?? { ...block, input: {} } });
    for (const delta of deltas(block)) add('content_block_delta', { index, delta });
    add('content_block_stop', { index });
  }
  add('message_delta', { delta: { stop_reason: stopOf(turn), stop_sequence: null }, usage: { ...input, output_tokens: USAGE.output } });
  add('message_stop', {});
  return out;
}

export const whole = (turn, { model }) => ({
  ...message(model),
  content: content(turn),
  stop_reason: stopOf(turn),
  usage: { ...input, output_tokens: USAGE.output },
});

export const error = { event: 'error', data: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } } };
export const failure = [
  400,
  { type: 'error', error: { type: 'invalid_request_error', message: 'The scenario refuses this request.' }, request_id: 'req_turn' },
];
/** How many events come before a fault: the message's start, a block's, and the first piece. */
export const middle = (all) => Math.min(3, all.length - 2);
