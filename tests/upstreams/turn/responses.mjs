// A scripted turn as OpenAI's Responses API streams it.
import { seal } from '../responses-seal.mjs';
import { pieces, USAGE } from './parts.mjs';

const textOf = (content) => (typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? '').join('\n'));
const ofModel = (item) => item.role === 'assistant' || /_call$|^reasoning$/.test(item.type ?? '');

/** @returns {import('./turn.mjs').Asked} */
export function read(body) {
  const items = typeof body.input === 'string' ? [{ role: 'user', content: body.input }] : (body.input ?? []);
  const flat = (body.tools ?? []).flatMap((tool) => (tool.type === 'namespace' ? tool.tools : [tool]));
  return {
    prompt: items
      .filter((item) => item.role === 'user')
      .map((item) => textOf(item.content))
      .join('\n'),
    tools: flat.map((tool) => tool.name),
    results: items
      .slice(items.findLastIndex(ofModel) + 1)
      .filter((item) => /_call_output$/.test(item.type ?? ''))
      .map((item) => textOf(item.output)),
  };
}

// The sources are there for who asks for them.
function searchCall({ query, url }, include = []) {
  const sources = include.includes('web_search_call.action.sources') ? { sources: [{ type: 'url', url }] } : {};
  return { id: 'ws_turn', type: 'web_search_call', status: 'completed', action: { type: 'search', query, ...sources } };
}

const part = (text) => ({ type: 'output_text', text, annotations: [], logprobs: [] });

// A call as the tool was declared: free text, or JSON; in a namespace, or not.
function call({ name, args }, index, tools) {
  const space = tools.find((tool) => tool.type === 'namespace' && tool.tools.some((member) => member.name === name));
  const tool = tools.find((each) => each.name === name);
  const at = { status: 'completed', call_id: `call_sim_${name}_${index}`, name };
  if (tool?.type === 'custom') return { id: `ctc_turn_${index}`, type: 'custom_tool_call', ...at, input: args.input };
  const spaced = space ? { namespace: space.name } : {};
  return { id: `fc_turn_${index}`, type: 'function_call', ...at, ...spaced, arguments: JSON.stringify(args) };
}

function items(turn, { body, model, key }) {
  const out = [];
  if (turn.thinking)
    out.push({
      id: 'rs_turn',
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: turn.thinking }],
      ...(body.include?.includes('reasoning.encrypted_content')
        ? { encrypted_content: seal({ id: 'rs_turn', model, text: turn.thinking }, key) }
        : {}),
    });
  if (turn.search) out.push(searchCall(turn.search, body.include));
  if (turn.text) out.push({ id: 'msg_turn', type: 'message', status: 'completed', role: 'assistant', content: [part(turn.text)] });
  for (const [index, each] of (turn.calls ?? []).entries()) out.push(call(each, index, body.tools ?? []));
  return out;
}

const usage = () => ({
  input_tokens: USAGE.input,
  input_tokens_details: { cached_tokens: USAGE.cached },
  output_tokens: USAGE.output,
  output_tokens_details: { reasoning_tokens: USAGE.thinking },
  total_tokens: USAGE.input + USAGE.output,
});

const compacted = (body, key) => ({
  id: 'cmp_turn',
  type: 'compaction',
  encrypted_content: seal({ id: 'cmp_turn', text: JSON.stringify(body.input) }, key),
});

const REASON = { length: 'max_output_tokens', filter: 'content_filter' };
function response(turn, asked) {
  const { body, model } = asked;
  const reason = REASON[turn.finish];
  return {
    id: 'resp_turn',
    object: 'response',
    created_at: 1,
    status: reason ? 'incomplete' : 'completed',
    error: null,
    incomplete_details: reason ? { reason } : null,
    instructions: body.instructions ?? null,
    model,
    output: body.input?.at?.(-1)?.type === 'compaction_trigger' ? [compacted(body, asked.key)] : items(turn, asked),
    parallel_tool_calls: true,
    store: body.store ?? true,
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    usage: usage(),
  };
}
export const whole = response;

// The events of one item between its `added` and its `done`, and how it looks when it is added.
const INSIDE = {
  reasoning: (item) => {
    const { text } = item.summary[0];
    const at = { item_id: item.id, summary_index: 0 };
    return {
      added: { ...item, summary: [], ...(item.encrypted_content ? { encrypted_content: 'gEARLY' } : {}) },
      events: [
        ['response.reasoning_summary_part.added', { ...at, part: { type: 'summary_text', text: '' } }],
        ...pieces(text).map((delta) => ['response.reasoning_summary_text.delta', { ...at, delta }]),
        ['response.reasoning_summary_text.done', { ...at, text }],
        ['response.reasoning_summary_part.done', { ...at, part: { type: 'summary_text', text } }],
      ],
    };
  },
  message: (item) => {
    const { text } = item.content[0];
    const at = { item_id: item.id, content_index: 0 };
    return {
      added: { ...item, status: 'in_progress', content: [] },
      events: [
        ['response.content_part.added', { ...at, part: part('') }],
        ...pieces(text).map((delta) => ['response.output_text.delta', { ...at, delta, logprobs: [] }]),
        ['response.output_text.done', { ...at, text, logprobs: [] }],
        ['response.content_part.done', { ...at, part: part(text) }],
      ],
    };
  },
  compaction: (item) => ({ added: { ...item, encrypted_content: '' }, events: [] }),
  web_search_call: (item) => ({
    added: { id: item.id, type: item.type, status: 'in_progress' },
    events: ['in_progress', 'searching', 'completed'].map((step) => [`response.web_search_call.${step}`, { item_id: item.id }]),
  }),
  function_call: (item) => ({
    added: { ...item, status: 'in_progress', arguments: '' },
    events: [
      ...pieces(item.arguments).map((delta) => [
        'response.function_call_arguments.delta',
        { item_id: item.id, delta, obfuscation: 'padding' },
      ]),
      ['response.function_call_arguments.done', { item_id: item.id, name: item.name, arguments: item.arguments }],
    ],
  }),
  custom_tool_call: (item) => ({
    added: { ...item, status: 'in_progress', input: '' },
    events: [
      ...pieces(item.input).map((delta) => ['response.custom_tool_call_input.delta', { item_id: item.id, delta, obfuscation: 'padding' }]),
      ['response.custom_tool_call_input.done', { item_id: item.id, input: item.input }],
    ],
  }),
};

export function events(turn, asked) {
  const out = [];
  const add = (event, data) => out.push({ event, data: { type: event, sequence_number: out.length, ...data } });
  const done = response(turn, asked);
  const open = { ...done, status: 'in_progress', incomplete_details: null, output: [], usage: null };
  add('response.created', { response: open });
  add('response.in_progress', { response: open });
  for (const [output_index, item] of done.output.entries()) {
    const { added, events: inside } = INSIDE[item.type](item);
    add('response.output_item.added', { output_index, item: added });
    for (const [event, data] of inside) add(event, { output_index, ...data });
    add('response.output_item.done', { output_index, item });
  }
  add(`response.${done.status}`, { response: done });
  return out;
}

/** The answer to POST /v1/responses/compact. */
export const compaction = (body, key) => ({
  id: 'resp_compact',
  object: 'response.compaction',
  created_at: 1,
  output: [compacted(body, key)],
  usage: usage(),
});

export const error = {
  event: 'error',
  data: { type: 'error', sequence_number: 5, code: 'server_error', message: 'The server had an error.', param: null },
};
export const failure = [
  400,
  { error: { message: 'The scenario refuses this request.', type: 'invalid_request_error', param: null, code: null } },
];
/** How many events come before a fault: the two of the response, an item, its part, and the first piece. */
export const middle = (all) => Math.min(5, all.length - 1);
