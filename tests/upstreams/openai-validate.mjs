// The body of a chat completion, as OpenAI's API checks it: types and ranges first, then the order of the messages.

/** @typedef {{ message: string, param?: string, code?: string } | null} Found */

const wrongType = (param, expected, got) => ({
  message: `Invalid type for '${param}': expected ${expected}, but got ${got === null ? 'null' : Array.isArray(got) ? 'an array' : typeof got} instead.`,
  param,
  code: 'invalid_type',
});
const invalid = (param, message, code = 'invalid_value') => ({ message, param, code });
const missing = (param) => ({ message: `Missing required parameter: '${param}'.`, param, code: 'missing_required_parameter' });

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value) => typeof value === 'string';
const number = (low, high) => ({
  expected: 'a decimal',
  is: (v) => typeof v === 'number',
  fits: (v) => v >= low && v <= high,
  rule: `a value from ${low} to ${high}`,
});
const integer = (low, high) => ({
  expected: 'an integer',
  is: Number.isInteger,
  fits: (v) => v >= low && v <= high,
  rule: `a value from ${low} to ${high}`,
});
const BOOLEAN = { expected: 'a boolean', is: (v) => typeof v === 'boolean' };
const TEXT = { expected: 'a string', is: isText };
const OBJECT = { expected: 'an object', is: isObject };
const oneOf = (...words) => ({ expected: 'a string', is: isText, fits: (v) => words.includes(v), rule: words.join(', ') });

/** Field by field: its type, and the values it may have. Fields that are not here are kept as they are. */
const FIELDS = {
  model: TEXT,
  messages: { expected: 'an array of objects', is: Array.isArray, fits: (v) => v.length > 0, rule: 'at least one message' },
  temperature: number(0, 2),
  top_p: number(0, 1),
  presence_penalty: number(-2, 2),
  frequency_penalty: number(-2, 2),
  n: integer(1, 128),
  seed: integer(-(2 ** 63), 2 ** 63),
  max_tokens: integer(1, 1e6),
  max_completion_tokens: integer(1, 1e6),
  top_logprobs: integer(0, 20),
  logprobs: BOOLEAN,
  stream: BOOLEAN,
  store: BOOLEAN,
  parallel_tool_calls: BOOLEAN,
  stream_options: OBJECT,
  logit_bias: OBJECT,
  metadata: OBJECT,
  response_format: OBJECT,
  tools: { expected: 'an array', is: Array.isArray, fits: (v) => v.length > 0 && v.length <= 128, rule: '1 to 128 tools' },
  stop: {
    expected: 'a string or an array of strings',
    is: (v) => isText(v) || (Array.isArray(v) && v.every(isText)),
    fits: (v) => isText(v) || v.length <= 4,
    rule: 'at most 4 sequences',
  },
  reasoning_effort: oneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'),
  verbosity: oneOf('low', 'medium', 'high'),
  user: { ...TEXT, fits: (v) => v.length <= 64, rule: 'a string with maximum length 64' },
};

/** @returns {Found} */
function checkFields(body) {
  for (const name of ['model', 'messages']) if (body[name] === undefined) return missing(name);
  for (const [name, rule] of Object.entries(FIELDS)) {
    const value = body[name];
    if (value === undefined || (value === null && name !== 'model' && name !== 'messages')) continue;
    if (!rule.is(value)) return wrongType(name, rule.expected, value);
    if (rule.fits && !rule.fits(value)) return invalid(name, `Invalid '${name}': expected ${rule.rule}.`);
  }
  if (body.max_tokens != null && body.max_completion_tokens != null)
    return invalid('max_tokens', 'Setting max_tokens and max_completion_tokens at the same time is not supported.');
  if (body.top_logprobs != null && !body.logprobs)
    return invalid('top_logprobs', "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.");
  if (body.metadata != null && !body.store)
    return invalid('metadata', "The 'metadata' parameter is only allowed when 'store' is enabled.", null);
  if (body.stream_options && !body.stream)
    return invalid('stream_options', "The 'stream_options' parameter is only allowed when 'stream' is enabled.");
  return null;
}

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const checkName = (name, where) => {
  if (!isText(name)) return missing(where);
  if (name.length > 64)
    return invalid(where, `Invalid '${where}': string too long. Expected a string with maximum length 64.`, 'string_above_max_length');
  if (NAME.test(name)) return null;
  return invalid(
    where,
    `Invalid '${where}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
  );
};

/** @returns {Found} */
function checkTools(body) {
  for (const [index, tool] of (body.tools ?? []).entries()) {
    const where = `tools[${index}]`;
    if (tool?.type !== 'function' && tool?.type !== 'custom') return invalid(`${where}.type`, `Invalid value: '${tool?.type}'.`);
    const found = checkName(tool[tool.type]?.name, `${where}.${tool.type}.name`);
    if (found) return found;
    if (tool.function?.parameters !== undefined && !isObject(tool.function.parameters))
      return wrongType(`${where}.function.parameters`, 'an object', tool.function.parameters);
  }
  const { tool_choice: choice } = body;
  if (choice == null) return null;
  if (!body.tools) return invalid('tool_choice', "'tool_choice' is only allowed when 'tools' are specified.");
  if (isText(choice) && !['none', 'auto', 'required'].includes(choice)) return invalid('tool_choice', `Invalid value: '${choice}'.`);
  const named = choice.function?.name ?? choice.custom?.name;
  if (named && !body.tools.some((tool) => tool[tool.type].name === named))
    return invalid('tool_choice', `Tool choice '${named}' not found in 'tools' parameter.`);
  return null;
}

const PARTS = {
  system: ['text'],
  developer: ['text'],
  user: ['text', 'image_url', 'input_audio', 'file'],
  assistant: ['text', 'refusal'],
  tool: ['text'],
};

/** @returns {Found} */
function checkPart(part, where) {
  if (part.type === 'text' && !isText(part.text)) return wrongType(`${where}.text`, 'a string', part.text);
  if (part.type === 'image_url') {
    const { url, detail } = part.image_url ?? {};
    if (!isText(url)) return missing(`${where}.image_url.url`);
    if (!/^(https?:\/\/|data:image\/)/.test(url)) return invalid(`${where}.image_url.url`, 'Expected a URL or a base64 encoded image.');
    if (detail && !['auto', 'low', 'high', 'original'].includes(detail))
      return invalid(`${where}.image_url.detail`, `Invalid value: '${detail}'.`);
  }
  if (part.type === 'input_audio' && !['wav', 'mp3'].includes(part.input_audio?.format))
    return invalid(`${where}.input_audio.format`, `Invalid value: '${part.input_audio?.format}'.`);
  if (part.type === 'file' && !part.file?.file_data && !part.file?.file_id) return missing(`${where}.file.file_id`);
  return null;
}

/** @returns {Found} */
function checkContent(message, where) {
  const { content, role } = message;
  const mayBeAbsent = role === 'assistant' && (message.tool_calls || message.refusal || message.audio || message.function_call);
  if (content == null) return mayBeAbsent ? null : invalid(`${where}.content`, `Invalid value for 'content': expected a string, got null.`);
  if (isText(content)) return null;
  if (!Array.isArray(content)) return wrongType(`${where}.content`, 'one of a string or array of objects', content);
  for (const [index, part] of content.entries()) {
    const at = `${where}.content[${index}]`;
    if (!PARTS[role].includes(part?.type))
      return invalid(`${at}.type`, `Invalid value: '${part?.type}'. Supported values are: ${PARTS[role].map((p) => `'${p}'`).join(', ')}.`);
    const found = checkPart(part, at);
    if (found) return found;
  }
  return null;
}

/** @returns {Found} */
function checkCalls(message, where) {
  if (message.tool_calls === undefined) return null;
  if (!Array.isArray(message.tool_calls)) return wrongType(`${where}.tool_calls`, 'an array of objects', message.tool_calls);
  if (!message.tool_calls.length) return invalid(`${where}.tool_calls`, 'Invalid: empty array. Expected an array with minimum length 1.');
  for (const [index, call] of message.tool_calls.entries()) {
    const at = `${where}.tool_calls[${index}]`;
    if (isText(call.id) && call.id.length > 40)
      return invalid(
        `${at}.id`,
        `Invalid '${at}.id': string too long. Expected a string with maximum length 40.`,
        'string_above_max_length',
      );
    if (!isText(call.id)) return missing(`${at}.id`);
    if (call.type !== 'function' && call.type !== 'custom') return missing(`${at}.type`);
    if (call.type === 'function' && !isText(call.function?.arguments))
      return wrongType(`${at}.function.arguments`, 'a string', call.function?.arguments);
    const found = checkName(call[call.type]?.name, `${at}.${call.type}.name`);
    if (found) return found;
  }
  return null;
}

/** @returns {Found} */
function checkOrder(messages) {
  let open = new Set(); // ids of calls that the next messages must answer
  for (const [index, message] of messages.entries()) {
    const where = `messages[${index}]`;
    if (message.role === 'tool') {
      if (!isText(message.tool_call_id)) return missing(`${where}.tool_call_id`);
      if (!open.delete(message.tool_call_id))
        return invalid(`${where}.role`, "messages with role 'tool' must be a response to a preceding message with 'tool_calls'.", null);
      continue;
    }
    if (open.size) break;
    open = new Set((message.tool_calls ?? []).map((call) => call.id));
  }
  if (!open.size) return null;
  return invalid(
    'messages',
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. Missing: ${[...open].join(', ')}`,
    null,
  );
}

/** What is wrong with `body`; null if nothing is. @returns {Found} */
export function checkBody(body) {
  if (!isObject(body)) return { message: 'We expected a JSON object.' };
  const found = checkFields(body) ?? checkTools(body);
  if (found) return found;
  for (const [index, message] of body.messages.entries()) {
    const where = `messages[${index}]`;
    if (!isObject(message)) return wrongType(where, 'an object', message);
    if (!isText(message.role)) return missing(`${where}.role`);
    if (message.role === 'function') continue;
    if (!PARTS[message.role]) return invalid(`${where}.role`, `Invalid value: '${message.role}'.`);
    const wrong = checkContent(message, where) ?? checkCalls(message, where);
    if (wrong) return wrong;
  }
  return checkOrder(body.messages);
}
