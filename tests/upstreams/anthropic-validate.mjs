// The body of a Messages request, as Anthropic's API checks it: fields and types first, then the order of the
// conversation, then what the model at hand can do.
import { checkConversation } from './anthropic-conversation.mjs';

/** @typedef {string | null} Found what is wrong, in the service's words */

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value) => typeof value === 'string';

/** What the simulated models can do. */
const MODELS = {
  'claude-opus-5-5': { thinking: 'always', sampling: false, prefill: false, max: 128000 },
  'claude-sonnet-5-5': { thinking: 'between_tools', sampling: false, prefill: false, max: 128000 },
  'claude-haiku-5-5': { thinking: 'adaptive', sampling: false, prefill: false, max: 128000 },
  'claude-haiku-4-5': { thinking: 'budget', sampling: true, prefill: true, max: 64000 },
};
export const modelOf = (name) => MODELS[name];
export const modelNames = Object.keys(MODELS);

const number = (low, high) => (value) =>
  typeof value === 'number' && value >= low && value <= high ? null : `Input should be between ${low} and ${high}`;
const integer = (low) => (value) => (Number.isInteger(value) && value >= low ? null : `Input should be greater than or equal to ${low}`);
const text = (value) => (isText(value) ? null : 'Input should be a valid string');
const boolean = (value) => (typeof value === 'boolean' ? null : 'Input should be a valid boolean');
const list = (value) => (Array.isArray(value) ? null : 'Input should be a valid list');
const object = (value) => (isObject(value) ? null : 'Input should be a valid dictionary');
const oneOf =
  (...words) =>
  (value) =>
    words.includes(value) ? null : `Input should be ${words.map((word) => `'${word}'`).join(' or ')}`;

const FIELDS = {
  model: text,
  messages: list,
  max_tokens: integer(1),
  system: (value) => (isText(value) ? null : list(value)),
  metadata: object,
  stop_sequences: list,
  stream: boolean,
  temperature: number(0, 1),
  top_p: number(0, 1),
  top_k: integer(0),
  tools: list,
  tool_choice: object,
  thinking: object,
  output_config: object,
  service_tier: oneOf('auto', 'standard_only'),
  cache_control: object,
  container: text,
  inference_geo: text,
  speed: oneOf('standard', 'fast'),
};
/** Fields that exist only for who asks for the beta. */
const BETA = {
  context_management: 'context-management',
  mcp_servers: 'mcp-client',
  thread: 'message-threads',
  output_format: 'structured-outputs',
};

/** @returns {Found} */
function checkFields(body, betas) {
  for (const name of ['model', 'messages', 'max_tokens']) if (body[name] === undefined) return `${name}: Field required`;
  for (const [name, value] of Object.entries(body)) {
    if (BETA[name] && betas.includes(BETA[name])) continue;
    if (!FIELDS[name]) return `${name}: Extra inputs are not permitted`;
    const found = value === null && name !== 'messages' ? null : FIELDS[name](value);
    if (found) return `${name}: ${found}`;
  }
  const user = body.metadata?.user_id ?? '';
  if (user.length > 256) return 'metadata.user_id: String should have at most 256 characters';
  if (user.includes('@')) return 'metadata.user_id: user_id appears to contain an email address';
  for (const [index, block] of (Array.isArray(body.system) ? body.system : []).entries()) {
    if (block.type !== 'text' || !isText(block.text)) return `system.${index}.type: Input should be 'text'`;
    if (!block.text.trim()) return 'system: text content blocks must contain non-whitespace text';
  }
  for (const stop of body.stop_sequences ?? []) {
    if (!isText(stop)) return 'stop_sequences.0: Input should be a valid string';
    if (!stop.trim()) return 'stop_sequences: each stop sequence must contain non-whitespace';
  }
  return null;
}

const NAME = /^[a-zA-Z0-9_-]{1,128}$/;
const CUSTOM = ['name', 'description', 'input_schema', 'type', 'strict', 'cache_control', 'defer_loading', 'eager_input_streaming'];

/** @returns {Found} */
function checkTool(tool, index) {
  const at = `tools.${index}.custom`;
  if (tool.type && tool.type !== 'custom')
    return /^web_search_\d+$/.test(tool.type) && tool.name === 'web_search'
      ? null
      : `tools.${index}: Input tag '${tool.type}' found using 'type' does not match any of the expected tags`;
  for (const name of Object.keys(tool)) if (!CUSTOM.includes(name)) return `${at}.${name}: Extra inputs are not permitted`;
  if (!isText(tool.name)) return `${at}.name: Field required`;
  if (!NAME.test(tool.name)) return `${at}.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`;
  if (!isObject(tool.input_schema)) return `${at}.input_schema: Field required`;
  if (tool.input_schema.type === undefined) return `${at}.input_schema.type: Field required`;
  if (tool.input_schema.type !== 'object') return `${at}.input_schema.type: Input should be 'object'`;
  if (['anyOf', 'oneOf', 'allOf'].some((word) => word in tool.input_schema))
    return `${at}.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level`;
  return null;
}

/** @returns {Found} */
function checkTools(body) {
  const tools = body.tools ?? [];
  for (const [index, tool] of tools.entries()) {
    const found = checkTool(tool, index);
    if (found) return found;
  }
  if (new Set(tools.map((tool) => tool.name)).size !== tools.length) return 'tools: Tool names must be unique.';
  const { tool_choice: choice } = body;
  if (!choice) return null;
  if (!tools.length) return 'tool_choice may only be specified while providing tools.';
  if (!['auto', 'any', 'tool', 'none'].includes(choice.type)) return "tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'";
  if (choice.type === 'tool' && !tools.some((tool) => tool.name === choice.name))
    return `Tool '${choice.name}' not found in provided tools`;
  return null;
}

/** @returns {Found} */
function checkThinking(body, model, betas) {
  const { thinking, max_tokens: most, tool_choice: choice } = body;
  if (!thinking) return null;
  const unsupported = `"thinking.type.${thinking.type}" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.`;
  const kinds = {
    always: ['adaptive'],
    between_tools: ['adaptive', 'between_tools'],
    adaptive: ['adaptive', 'disabled'],
    budget: ['enabled', 'disabled'],
  };
  if (!['enabled', 'adaptive', 'disabled', 'between_tools'].includes(thinking.type))
    return `thinking: Input tag '${thinking.type}' found using 'type' does not match any of the expected tags`;
  if (!kinds[model.thinking].includes(thinking.type)) return unsupported;
  const displays = ['summarized', 'omitted', ...(betas.includes('thinking-display-updates') ? ['updates'] : [])];
  if (thinking.display && !displays.includes(thinking.display)) return "thinking.display: Input should be 'summarized' or 'omitted'";
  if (thinking.type === 'enabled') {
    if (!Number.isInteger(thinking.budget_tokens)) return 'thinking.enabled.budget_tokens: Field required';
    if (thinking.budget_tokens < 1024) return 'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024';
    if (thinking.budget_tokens >= most) return '`max_tokens` must be greater than `thinking.budget_tokens`.';
  }
  if (!thinks(body)) return null;
  if (['any', 'tool'].includes(choice?.type)) return 'Thinking may not be enabled when tool_choice forces tool use.';
  if (body.temperature !== undefined && body.temperature !== 1) return '`temperature` may only be set to 1 when thinking is enabled.';
  if (body.top_k !== undefined) return '`top_k` must be unset when thinking is enabled.';
  return null;
}
export const thinks = (body) => ['enabled', 'adaptive'].includes(body.thinking?.type);

/** @returns {Found} */
function checkModel(body, model, version, betas) {
  if (body.max_tokens > model.max)
    return `max_tokens: ${body.max_tokens} > ${model.max}, which is the maximum allowed number of output tokens for ${body.model}`;
  const sampled = ['temperature', 'top_p', 'top_k'].find((name) => body[name] !== undefined);
  if (sampled && (!model.sampling || version === '2026-10-21')) return `${sampled}: this parameter is not supported`;
  if (body.temperature !== undefined && body.top_p !== undefined)
    return '`temperature` and `top_p` cannot both be specified for this model.';
  const effort = body.output_config?.effort;
  if (effort !== undefined && model.thinking === 'budget') return 'output_config.effort: this model does not support the effort parameter.';
  if (effort !== undefined && !['low', 'medium', 'high', 'xhigh', 'max'].includes(effort))
    return "output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'";
  return checkThinking(body, model, betas);
}

// Every object of an answer's schema must be closed.
function openObject(schema) {
  if (!isObject(schema)) return false;
  const types = [schema.type].flat();
  if ((types.includes('object') || schema.properties) && schema.additionalProperties !== false) return true;
  const below = [...Object.values(schema.properties ?? {}), schema.items, ...(schema.anyOf ?? []), ...Object.values(schema.$defs ?? {})];
  return below.some(openObject);
}

/** @returns {Found} */
function checkFormat(body) {
  const format = body.output_config?.format ?? body.output_format;
  if (!format) return null;
  if (format.type !== 'json_schema') return "output_config.format.type: Input should be 'json_schema'";
  if (!isObject(format.schema)) return 'output_config.format.schema: Field required';
  if (openObject(format.schema))
    return "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false";
  return null;
}

const marked = (value) =>
  isObject(value) || Array.isArray(value)
    ? Object.entries(value).reduce((sum, [key, inner]) => sum + (key === 'cache_control' ? 1 : key === 'input' ? 0 : marked(inner)), 0)
    : 0;

/** @returns {Found} */
function checkCache(body) {
  const count = marked(body.tools) + marked(body.system) + marked(body.messages);
  return count > 4 ? `A maximum of 4 blocks with cache_control may be provided. Found ${count}.` : null;
}

/** What is wrong with `body`; null if nothing is. @returns {Found} */
export function checkBody(body, { betas, version, key }) {
  if (!isObject(body)) return 'Input should be a valid dictionary or object to extract fields from';
  const model = modelOf(body.model);
  return (
    checkFields(body, betas) ??
    checkTools(body) ??
    checkModel(body, model, version, betas) ??
    checkFormat(body) ??
    checkCache(body) ??
    checkConversation(body, { betas, key, prefill: model.prefill, budget: body.thinking?.type === 'enabled' })
  );
}
