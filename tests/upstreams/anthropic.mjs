// Anthropic's Messages API, simulated: it refuses what the real one refuses, in its words, and answers predictably.
import { sign } from './anthropic-conversation.mjs';
import { checkBody, modelNames, modelOf, thinks } from './anthropic-validate.mjs';
import { sample } from './gemini-answer.mjs';
import { next, send } from './reply.mjs';
import { sayInside, stream } from './scenario.mjs';
import { pieces } from './turn/parts.mjs';
import { play, turnFor } from './turn/turn.mjs';

export const KEY = 'sim-anthropic-key';
const VERSIONS = ['2023-01-01', '2023-06-01', '2026-10-21'];

/** @returns {any} */
const shape = (type, message) => ({ type: 'error', error: { type, message }, request_id: 'req_sim' });
const refuse = (status, type, message, headers = {}) => ({ status, headers, body: shape(type, message) });

/** Failures by name, as the real service words them. */
const FAILURES = {
  rate_limit: refuse(429, 'rate_limit_error', 'This request would exceed your account’s rate limit.', { 'retry-after': '30' }),
  short_limit: refuse(429, 'rate_limit_error', 'This request would exceed your account’s rate limit.', { 'retry-after': '1' }),
  quota: refuse(429, 'rate_limit_error', 'You have reached your usage limit.', { 'retry-after': '7200' }),
  overloaded: refuse(529, 'overloaded_error', 'Overloaded'),
  internal: refuse(500, 'api_error', 'Internal server error'),
  unauthorized: refuse(401, 'authentication_error', 'invalid x-api-key'),
  repeats_key: refuse(401, 'authentication_error', `The key ${KEY} is not valid.`),
  billing: refuse(402, 'billing_error', 'There is an issue with your billing.'),
  low_credit: refuse(400, 'invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
  forbidden: refuse(403, 'permission_error', 'Your API key does not have permission to use the specified resource.'),
  region: { status: 403, headers: {}, body: { error: { type: 'forbidden', message: 'Request not allowed' } } },
  suspended: refuse(400, 'invalid_request_error', 'This organization has been disabled.'),
  model_missing: refuse(404, 'not_found_error', 'model: claude-nonesuch'),
  too_large: refuse(413, 'request_too_large', 'Request exceeds the maximum size'),
  too_long: refuse(400, 'invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
  html: { status: 502, headers: { 'content-type': 'text/html' }, body: '<!DOCTYPE html><title>502</title><h1>Bad Gateway</h1>' },
};

function answer(response, { status, headers, body }) {
  const type = { 'content-type': 'application/json', 'request-id': 'req_sim' };
  response.writeHead(status, { ...type, ...headers }).end(typeof body === 'string' ? body : JSON.stringify(body));
}

function keyOf(headers) {
  const bearer = String(headers.authorization ?? '').match(/^Bearer (.+)$/)?.[1];
  return headers['x-api-key'] ?? bearer;
}

function checkHead(headers) {
  const key = keyOf(headers);
  if (!key) return refuse(401, 'authentication_error', 'x-api-key header is required');
  // Several accounts, for tests of thoughts that belong to one of them.
  if (!key.startsWith(KEY)) return refuse(401, 'authentication_error', 'invalid x-api-key');
  const version = headers['anthropic-version'];
  if (!version) return refuse(400, 'invalid_request_error', 'anthropic-version: header is required');
  if (!VERSIONS.includes(version)) return refuse(400, 'invalid_request_error', `anthropic-version: "${version}" is not a valid version`);
  return null;
}

function problem({ body, headers }) {
  if (!/^application\/json/.test(headers['content-type'] ?? ''))
    return refuse(400, 'invalid_request_error', 'Content-Type must be application/json');
  if (body === undefined) return refuse(400, 'invalid_request_error', 'The request body is not valid JSON.');
  if (typeof body?.model === 'string' && !modelOf(body.model)) return refuse(404, 'not_found_error', `model: ${body.model}`);
  const betas = [...String(headers['anthropic-beta'] ?? '').matchAll(/([a-z-]+)-\d{4}-\d\d-\d\d/g)].map((match) => match[1]);
  if (body?.thread) {
    const refused = refuse(400, 'invalid_request_error', 'thread: message threads are not available to this organization');
    refused.body.error.details = { error_code: 'thread_unsupported_request', unsupported: [] };
    return refused;
  }
  const found = checkBody(body, { betas, version: headers['anthropic-version'], key: keyOf(headers) });
  return found ? refuse(400, 'invalid_request_error', found) : null;
}

// ---- answers

const blocksOf = ({ content }) => (typeof content === 'string' ? [{ type: 'text', text: content }] : content);
const textOf = (content) => (typeof content === 'string' ? content : (content ?? []).map((block) => block.text ?? '').join(''));

const lastText = (messages) =>
  messages
    .filter((message) => message.role === 'user')
    .flatMap(blocksOf)
    .filter((block) => block.type === 'text' && !block.text.startsWith('<system-reminder>'))
    .at(-1)?.text ?? '';

function calls(body) {
  const asked = lastText(body.messages);
  const tools = (body.tools ?? []).filter((tool) => tool.input_schema);
  const choice = body.tool_choice ?? { type: 'auto' };
  const answered = blocksOf(body.messages.at(-1)).some((block) => block.type === 'tool_result');
  if (!tools.length || answered || choice.type === 'none') return [];
  if (choice.type === 'auto' && !/tool/i.test(asked)) return [];
  const allowed = tools.filter((tool) => choice.type !== 'tool' || tool.name === choice.name);
  const many = /parallel/i.test(asked) && !choice.disable_parallel_tool_use;
  const turn = body.messages.length;
  return (many ? allowed : allowed.slice(0, 1)).map((tool, index) => ({
    type: 'tool_use',
    id: `toolu_sim_${turn}_${index}`,
    name: tool.name,
    input: sample(tool.input_schema),
  }));
}

function words(body) {
  const results = blocksOf(body.messages.at(-1)).filter((block) => block.type === 'tool_result');
  if (results.length)
    return `Results: ${JSON.stringify(results.map((block) => (block.is_error ? { error: textOf(block.content) } : textOf(block.content))))}`;
  const schema = body.output_config?.format?.schema;
  if (schema) return JSON.stringify(sample(schema));
  const media = body.messages.flatMap(blocksOf).filter((block) => block.source);
  const seen = media.length ? ` (with ${media.map((block) => block.source.media_type ?? block.source.url).join(', ')})` : '';
  return `You said: ${lastText(body.messages)}${seen}`;
}

// With their wish for it people get a refusal, a redacted thought, a search, or the end of the context.
function content(body, key, scenario) {
  const out = [];
  const shown = body.thinking?.display !== 'omitted';
  const thought = `I think about ${lastText(body.messages)}`;
  if (scenario.redacted) out.push({ type: 'redacted_thinking', data: sign(key, 'redacted') });
  else if (thinks(body)) out.push({ type: 'thinking', thinking: shown ? thought : '', signature: sign(key, shown ? thought : '') });
  if (scenario.search) {
    out.push({ type: 'server_tool_use', id: 'srvtoolu_sim', name: 'web_search', input: { query: lastText(body.messages) } });
    const found = { type: 'web_search_result', url: 'https://found.example', title: 'Found', encrypted_content: 'sealed', page_age: null };
    out.push({ type: 'web_search_tool_result', tool_use_id: 'srvtoolu_sim', content: [found] });
  }
  const tools = calls(body);
  if (tools.length) return [...out, ...tools];
  return [...out, { type: 'text', text: scenario.text ?? words(body) }];
}

function stopOf(body, blocks, scenario) {
  if (scenario.stopReason) return [scenario.stopReason, null];
  const text = blocks.at(-1);
  if (text.type === 'tool_use') return ['tool_use', null];
  const met = (body.stop_sequences ?? []).find((stop) => text.text.includes(stop));
  if (met) text.text = text.text.slice(0, text.text.indexOf(met));
  if (met) return ['stop_sequence', met];
  if (body.max_tokens >= 5) return ['end_turn', null];
  text.text = text.text.slice(0, body.max_tokens * 4);
  return ['max_tokens', null];
}

const count = (value) => Math.max(1, Math.ceil(JSON.stringify(value).length / 4));

/** The whole message. */
function messageOf(body, key, scenario) {
  const blocks = content(body, key, scenario);
  const [stop_reason, stop_sequence] = stopOf(body, blocks, scenario);
  const input = count(body.messages);
  const cached = JSON.stringify(body).includes('cache_control') ? 2 : 0;
  return {
    id: 'msg_sim',
    type: 'message',
    role: 'assistant',
    model: body.model,
    content: blocks,
    stop_reason,
    stop_sequence,
    usage: {
      input_tokens: input,
      cache_creation_input_tokens: cached,
      cache_read_input_tokens: 3,
      output_tokens: count(blocks),
      x_unknown: 'kept',
    },
  };
}

const START = { text: { text: '' }, thinking: { thinking: '', signature: '' }, tool_use: { input: {} }, server_tool_use: { input: {} } };

function deltas(block) {
  if (block.type === 'text') return pieces(block.text).map((text) => ({ type: 'text_delta', text }));
  if (block.type === 'thinking')
    return [
      ...pieces(block.thinking).map((thinking) => ({ type: 'thinking_delta', thinking })),
      { type: 'signature_delta', signature: block.signature },
    ];
  if (!block.input) return [];
  const json = JSON.stringify(block.input);
  return ['', ...(json === '{}' ? [] : pieces(json))].map((partial_json) => ({ type: 'input_json_delta', partial_json }));
}

function eventsOf(message, scenario) {
  const out = [];
  const add = (type, members = {}) => out.push({ event: type, data: { type, ...members } });
  const { content: blocks, stop_reason, stop_sequence, usage, ...head } = message;
  add('message_start', {
    message: { ...head, content: [], stop_reason: null, stop_sequence: null, usage: { ...usage, output_tokens: 1 } },
  });
  add('ping');
  for (const [index, block] of blocks.entries()) {
    add('content_block_start', { index, content_block: { ...block, ...START[block.type] } });
    for (const delta of deltas(block)) add('content_block_delta', { index, delta });
    add('content_block_stop', { index });
  }
  add('message_delta', { delta: { stop_reason, stop_sequence }, usage: { output_tokens: usage.output_tokens } });
  add('message_stop');
  const error = {
    event: 'error',
    data: { type: 'error', error: { type: scenario.errorType ?? 'overloaded_error', message: 'Overloaded' } },
  };
  if (scenario.errorEvent === 'first') return [error];
  if (scenario.errorEvent === 'middle') return [...out.slice(0, 4), error];
  if (scenario.noFinish) return out.slice(0, -2);
  return out;
}

function list(response) {
  const data = modelNames.map((id) => ({
    type: 'model',
    id,
    display_name: id,
    created_at: '2026-01-01T00:00:00Z',
    max_input_tokens: 1000000,
    max_tokens: modelOf(id).max,
  }));
  return send(response, 200, { data, has_more: false, first_id: data[0].id, last_id: data.at(-1).id });
}

/** @param {any} state @param {any} record @param {string} path after the mount */
export function anthropic(state, record, path, response) {
  const wrong = checkHead(record.headers);
  if (wrong) return answer(response, wrong);
  if (path === 'v1/models' && record.method === 'GET') return list(response);
  if (path !== 'v1/messages' || record.method !== 'POST') return answer(response, refuse(404, 'not_found_error', 'Not found'));
  const scenario = next(state, keyOf(record.headers));
  if (scenario.kind) return answer(response, FAILURES[scenario.kind]);
  if (scenario.said) return sayInside(response, scenario.said);
  const found = problem(record);
  if (found) return answer(response, found);
  const { body } = record;
  const turn = turnFor('anthropic', scenario, body);
  if (turn) return play('anthropic', turn, response, { body, model: body.model, streamed: body.stream });
  const message = messageOf(body, keyOf(record.headers), scenario);
  if (!body.stream) return send(response, 200, message);
  return stream(response, eventsOf(message, scenario), { ...scenario, errorEvent: undefined });
}
