// The body of POST /v1/responses, as OpenAI's API checks it: known members only, their types, the items, the tools, and
// what must fit together.
import { unseal } from './responses-seal.mjs';

/** @typedef {{ message: string, param?: string, code?: string, status?: number } | null} Found */

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value) => typeof value === 'string';
const invalid = (param, message, code = 'invalid_value') => ({ message, param, code });
const missing = (param) => ({ message: `Missing required parameter: '${param}'.`, param, code: 'missing_required_parameter' });
const wrongType = (param, expected) => ({ message: `Invalid type for '${param}': expected ${expected}.`, param, code: 'invalid_type' });
const unknown = (param) => ({ message: `Unknown parameter: '${param}'.`, param, code: 'unknown_parameter' });
const enumeration = (param, words) =>
  invalid(param, `Invalid value for '${param}'. Supported values are: ${words.map((w) => `'${w}'`).join(', ')}.`);

const TEXT = [isText, 'a string'];
const SHORT = [(v) => isText(v) && v.length <= 64, 'a string with maximum length 64'];
const BOOLEAN = [(v) => typeof v === 'boolean', 'a boolean'];
const OBJECT = [isObject, 'an object'];
const LIST = [Array.isArray, 'an array'];
const number = (low, high) => [(v) => typeof v === 'number' && v >= low && v <= high, `a number from ${low} to ${high}`];
const integer = (low, high) => [(v) => Number.isInteger(v) && v >= low && v <= high, `an integer from ${low} to ${high}`];

const MEMBERS = {
  model: TEXT,
  input: [(v) => isText(v) || (Array.isArray(v) && v.length > 0), 'a string or a non-empty array of items'],
  instructions: TEXT,
  stream: BOOLEAN,
  store: BOOLEAN,
  background: BOOLEAN,
  previous_response_id: TEXT,
  include: LIST,
  reasoning: OBJECT,
  text: OBJECT,
  tools: LIST,
  tool_choice: [(v) => isText(v) || isObject(v), 'a string or an object'],
  parallel_tool_calls: BOOLEAN,
  max_output_tokens: integer(16, 1e6),
  max_tool_calls: integer(1, 1000),
  temperature: number(0, 2),
  top_p: number(0, 1),
  top_logprobs: integer(0, 20),
  truncation: TEXT,
  metadata: OBJECT,
  user: SHORT,
  safety_identifier: SHORT,
  service_tier: TEXT,
  prompt_cache_key: TEXT,
  prompt_cache_retention: TEXT,
  client_metadata: OBJECT,
  stream_options: OBJECT,
  context_management: LIST,
};
const INCLUDES = [
  'reasoning.encrypted_content',
  'message.output_text.logprobs',
  'web_search_call.action.sources',
  'file_search_call.results',
  'code_interpreter_call.outputs',
  'message.input_image.image_url',
  'computer_call_output.output.image_url',
];
const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
const NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const PREFIX = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  custom_tool_call: 'ctc',
  compaction: 'cmp',
  image_generation_call: 'ig',
};

/** @returns {Found} */
function checkMembers(body) {
  if (!isObject(body)) return wrongType('body', 'an object');
  for (const name of ['model', 'input']) if (body[name] == null) return missing(name);
  for (const [name, value] of Object.entries(body)) {
    const rule = MEMBERS[name];
    if (!rule) return unknown(name);
    if (value !== null && !rule[0](value)) return wrongType(name, rule[1]);
  }
  for (const [index, what] of (body.include ?? []).entries())
    if (!INCLUDES.includes(what)) return enumeration(`include[${index}]`, INCLUDES);
  return null;
}

/** @returns {Found} */
function checkSettings(body) {
  const old = /^gpt-4|^gpt-3/.test(body.model);
  const { reasoning, text } = body;
  if (reasoning) {
    for (const name of Object.keys(reasoning))
      if (!['effort', 'summary', 'generate_summary'].includes(name)) return unknown(`reasoning.${name}`);
    if (reasoning.effort != null && !EFFORTS.includes(reasoning.effort)) return enumeration('reasoning.effort', EFFORTS);
    if (old && reasoning.effort)
      return invalid(
        'reasoning.effort',
        "Unsupported parameter: 'reasoning.effort' is not supported with this model.",
        'unsupported_parameter',
      );
    if (reasoning.summary != null && !['auto', 'concise', 'detailed'].includes(reasoning.summary))
      return enumeration('reasoning.summary', ['auto', 'concise', 'detailed']);
  }
  if (old && body.include?.includes('reasoning.encrypted_content'))
    return invalid('include', 'Encrypted content is not supported with this model.');
  const format = text?.format;
  if (format) {
    if (!['text', 'json_object', 'json_schema'].includes(format.type))
      return enumeration('text.format.type', ['text', 'json_object', 'json_schema']);
    if (format.type === 'json_schema' && !isText(format.name)) return missing('text.format.name');
    if (format.type === 'json_schema' && !isObject(format.schema)) return missing('text.format.schema');
  }
  if (text?.verbosity != null && !['low', 'medium', 'high'].includes(text.verbosity))
    return enumeration('text.verbosity', ['low', 'medium', 'high']);
  if (body.top_logprobs && !body.include?.includes('message.output_text.logprobs'))
    return invalid('top_logprobs', "'top_logprobs' needs 'message.output_text.logprobs' in 'include'.");
  if (Object.values(body.metadata ?? {}).some((value) => !isText(value))) return wrongType('metadata', 'strings');
  return null;
}

/** @returns {Found} */
function checkTool(tool, at, nested = false) {
  if (!isText(tool?.type)) return missing(`${at}.type`);
  if (tool.type === 'namespace' && !nested) {
    if (!NAME.test(tool.name ?? '')) return invalid(`${at}.name`, `Invalid '${at}.name': string does not match pattern.`);
    for (const [index, member] of (tool.tools ?? []).entries()) {
      const found = checkTool(member, `${at}.tools[${index}]`, true);
      if (found) return found;
    }
    return null;
  }
  if (tool.type !== 'function' && tool.type !== 'custom')
    return nested ? invalid(`${at}.type`, 'Only functions can be in a namespace.') : null;
  if (!NAME.test(tool.name ?? ''))
    return invalid(
      `${at}.name`,
      `Invalid '${at}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
    );
  if (tool.type === 'custom') return null;
  if (tool.function) return unknown(`${at}.function`);
  if (tool.parameters != null && !isObject(tool.parameters)) return wrongType(`${at}.parameters`, 'an object');
  if (tool.parameters && tool.parameters.type !== 'object')
    return invalid(
      `${at}.parameters`,
      `Invalid schema for function '${tool.name}': schema must be a JSON Schema of 'type: "object"'.`,
      'invalid_function_parameters',
    );
  // A schema that is not said to be strict becomes so only where it can.
  if (tool.strict === true && tool.parameters && tool.parameters.additionalProperties !== false)
    return invalid(
      `${at}.parameters`,
      `Invalid schema for function '${tool.name}': In context=(), 'additionalProperties' is required to be supplied and to be false.`,
      'invalid_function_parameters',
    );
  return null;
}

const HOSTED = [
  'web_search',
  'web_search_preview',
  'tool_search',
  'image_generation',
  'file_search',
  'code_interpreter',
  'mcp',
  'local_shell',
  'shell',
  'apply_patch',
];

/** @returns {Found} */
function checkTools({ tools, tool_choice: choice }) {
  const names = new Set();
  for (const [index, tool] of (tools ?? []).entries()) {
    const found = checkTool(tool, `tools[${index}]`);
    if (found) return found;
    if (!['function', 'custom', 'namespace', ...HOSTED].includes(tool.type))
      return invalid(`tools[${index}].type`, `Invalid value: '${tool.type}'.`);
    if (names.has(tool.name)) return invalid(`tools[${index}].name`, `Tool names must be unique: '${tool.name}'.`);
    if (tool.name) names.add(tool.name);
  }
  if (choice == null || choice === 'auto' || choice === 'none') return null;
  if (!names.size && !tools?.length) return invalid('tool_choice', "Tool choice is only allowed when 'tools' are specified.");
  if (choice === 'required') return null;
  const wanted = choice.type === 'allowed_tools' ? choice.tools : [choice];
  for (const { type, name } of wanted ?? []) {
    if ((type === 'function' || type === 'custom') && !names.has(name))
      return invalid('tool_choice', `Tool choice '${name}' not found in 'tools' parameter.`);
  }
  return null;
}

const PARTS = {
  encrypted_content: (part) => isText(part.encrypted_content),
  input_text: (part) => isText(part.text),
  output_text: (part) => isText(part.text),
  refusal: (part) => isText(part.refusal),
  input_image: (part) => /^(https?:|data:image\/[a-z]+;base64,[A-Za-z0-9+/=]+$)/.test(part.image_url ?? '') || isText(part.file_id),
  input_file: (part) => /^data:[^;]+;base64,/.test(part.file_data ?? '') || isText(part.file_url) || isText(part.file_id),
  input_audio: (part) => isText(part.input_audio?.data) && ['wav', 'mp3'].includes(part.input_audio?.format),
};

/** @returns {Found} */
function checkContent(content, at, allowed) {
  if (isText(content)) return null;
  if (!Array.isArray(content)) return wrongType(at, 'one of an array of objects or string');
  for (const [index, part] of content.entries()) {
    if (!allowed.includes(part?.type))
      return invalid(
        `${at}[${index}]`,
        `Invalid value: '${part?.type}'. Supported values are: ${allowed.map((w) => `'${w}'`).join(', ')}.`,
      );
    if (!PARTS[part.type](part)) return invalid(`${at}[${index}]`, `Invalid ${part.type}.`);
  }
  return null;
}

const INPUT_PARTS = ['input_text', 'input_image', 'input_file', 'input_audio'];

const notKept = (id) => ({
  ...invalid(
    'input',
    `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`,
    null,
  ),
  status: 404,
});

function checkReasoning(item, at, { key, model }) {
  if (!Array.isArray(item.summary)) return missing(`${at}.summary`);
  if (!item.encrypted_content) return notKept(item.id);
  const content = unseal(item.encrypted_content, key);
  if (!content)
    return invalid(
      null,
      `The encrypted content ${item.encrypted_content.slice(0, 12)}... could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
      'invalid_encrypted_content',
    );
  if (item.id && content.id && item.id !== content.id)
    return invalid(null, 'The encrypted content belongs to another item.', 'invalid_encrypted_content');
  if (content.model && content.model !== model)
    return invalid(null, 'The encrypted content was made by another model.', 'invalid_encrypted_content');
  return null;
}

/** @returns {Found} */
function checkItem(item, at, context) {
  if (!isObject(item)) return wrongType(at, 'an object');
  const type = item.type ?? (item.role ? 'message' : undefined);
  if (!type) return missing(`${at}.type`);
  if (item.id !== undefined && PREFIX[type] && !(isText(item.id) && item.id.startsWith(PREFIX[type]) && item.id.length <= 64))
    return invalid(`${at}.id`, `Invalid '${at}.id': '${item.id}'. Expected an ID that begins with '${PREFIX[type]}'.`);
  if (type === 'item_reference') return notKept(item.id);
  if (type === 'message') {
    if (!['user', 'assistant', 'system', 'developer'].includes(item.role))
      return enumeration(`${at}.role`, ['assistant', 'system', 'developer', 'user']);
    return checkContent(item.content, `${at}.content`, item.role === 'assistant' ? ['output_text', 'refusal'] : INPUT_PARTS);
  }
  if (type === 'compaction_trigger') return context.last === item ? null : invalid(at, 'A compaction trigger must be the last item.');
  if (type === 'agent_message') return checkContent(item.content, `${at}.content`, ['input_text', 'encrypted_content']);
  if (type === 'reasoning' || type === 'compaction')
    return checkReasoning(type === 'compaction' ? { ...item, summary: [] } : item, at, context);
  if (/_call(_output)?$/.test(type) && /^(function|custom_tool)/.test(type)) return checkCall(item, type, at, context);
  if (['web_search_call', 'image_generation_call', 'additional_tools', 'local_shell_call', 'local_shell_call_output'].includes(type))
    return null;
  return invalid(`${at}.type`, `Invalid value: '${type}'.`);
}

/** @returns {Found} */
function checkCall(item, type, at, { open }) {
  if (!isText(item.call_id)) return missing(`${at}.call_id`);
  if (item.call_id.length > 64)
    return invalid(
      `${at}.call_id`,
      `Invalid '${at}.call_id': string too long. Expected a string with maximum length 64.`,
      'string_above_max_length',
    );
  if (type.endsWith('_output')) {
    if (open.get(item.call_id) !== type.replace('_output', ''))
      return invalid('input', `No tool call found for function call output with call_id ${item.call_id}.`, null);
    open.delete(item.call_id);
    return checkContent(item.output, `${at}.output`, INPUT_PARTS);
  }
  if (!NAME.test(item.name ?? '')) return invalid(`${at}.name`, `Invalid '${at}.name': string does not match pattern.`);
  const member = type === 'function_call' ? 'arguments' : 'input';
  if (!isText(item[member])) return missing(`${at}.${member}`);
  open.set(item.call_id, type);
  return null;
}

/** @returns {Found} */
function checkInput(body, key) {
  if (isText(body.input)) return null;
  const context = { key, model: body.model, open: new Map(), last: body.input.at(-1) };
  for (const [index, item] of body.input.entries()) {
    const found = checkItem(item, `input[${index}]`, context);
    if (found) return found;
  }
  const [call] = context.open.keys();
  return call ? invalid('input', `No tool output found for function call ${call}.`, null) : null;
}

/** What is wrong with a body that was sent with `key`. @returns {Found} */
export const checkResponses = (body, key) => checkMembers(body) ?? checkSettings(body) ?? checkTools(body) ?? checkInput(body, key);
