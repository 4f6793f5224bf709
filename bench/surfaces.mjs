// One conversation in the words of each surface: what reading it costs, and what writing its stream costs, against chat
// completions. The upstream is Gemini, so that only the client's side differs.
import { conversation, geminiEvents } from './conversations.mjs';
import { race, ratio, table, us } from './measure.mjs';

const encoder = new TextEncoder();
const bytesOf = (value) => encoder.encode(JSON.stringify(value));
const SIZE = 100_000;
const EVENTS = 200;

/** @param {any} body of chat completions */
function toMessages({ messages: [system, ...messages], tools, tool_choice, ...rest }) {
  const turn = ({ role, content, tool_calls = [], tool_call_id }) => {
    if (role === 'tool') return { role: 'user', content: [{ type: 'tool_result', tool_use_id: tool_call_id, content }] };
    const calls = tool_calls.map(({ id, function: f }) => ({ type: 'tool_use', id, name: f.name, input: JSON.parse(f.arguments) }));
    return { role, content: calls.length ? [{ type: 'text', text: content }, ...calls] : content };
  };
  const declared = tools.map(({ function: { parameters, ...f } }) => ({ ...f, input_schema: parameters }));
  return { ...rest, system: system.content, messages: messages.map(turn), tools: declared, tool_choice: { type: tool_choice } };
}

/** @param {any} body of chat completions */
function toResponses({ messages: [system, ...messages], tools, max_tokens, ...rest }) {
  const items = ({ role, content, tool_calls = [], tool_call_id }) =>
    role === 'tool'
      ? [{ type: 'function_call_output', call_id: tool_call_id, output: content }]
      : [{ role, content }, ...tool_calls.map(({ id, function: f }) => ({ type: 'function_call', call_id: id, ...f }))];
  const declared = tools.map(({ function: f }) => ({ type: 'function', ...f }));
  return { ...rest, instructions: system.content, input: messages.flatMap(items), tools: declared, max_output_tokens: max_tokens };
}

const SURFACES = {
  'chat completions': { path: '/v1/chat/completions', body: (chat) => chat },
  Responses: { path: '/v1/responses', body: toResponses },
  'Anthropic Messages': { path: '/v1/messages', body: toMessages },
};

/** Throws unless the surface took the body and ended its stream: a refusal would be fast. */
function check(core, path, body, streamed, chunks) {
  if (!core.translate(body, path).length) throw new Error(`${path} refused the conversation`);
  let said = '';
  core.stream(streamed, chunks, (bytes) => (said += new TextDecoder().decode(bytes)), path);
  if (!/read_file/.test(said)) throw new Error(`${path} did not stream to the end`);
}

/** @param {import('./host.mjs').Core} core */
export function surfaces(core, effort) {
  const reading = {};
  const writing = {};
  const chunks = geminiEvents('prose', EVENTS).map((event) => encoder.encode(`data: ${JSON.stringify(event)}\r\n\r\n`));
  for (const [name, { path, body }] of Object.entries(SURFACES)) {
    const asked = bytesOf(body(conversation('code', SIZE)));
    const streamed = bytesOf({ ...body({ ...conversation('prose', 500) }), stream: true });
    check(core, path, asked, streamed, chunks);
    reading[name] = () => core.translate(asked, path);
    writing[name] = () => core.stream(streamed, chunks, () => {}, path);
  }
  const read = race(reading, effort);
  const written = race(writing, effort);
  const rows = Object.keys(SURFACES).map((name) => [
    name,
    us(read.us[name]),
    ratio(read.ratio[name]),
    us(written.us[name] / EVENTS),
    ratio(written.ratio[name]),
  ]);
  return table('The surfaces beside each other (Node)', ['', '100 KB of code', 'ratio', 'an event', 'ratio'], rows);
}
