// What Kiro refuses about a request body, in its own few words.
const NAME = /^[A-Za-z0-9_-]{1,64}$/;
const REFUSED = [
  '$schema',
  'additionalProperties',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'pattern',
  'format',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'multipleOf',
  'uniqueItems',
  'patternProperties',
  'propertyNames',
  'if',
  'then',
  'else',
  'contains',
];
const MEMBERS = {
  root: ['conversationState', 'profileArn', 'additionalModelRequestFields'],
  conversationState: ['chatTriggerType', 'conversationId', 'agentContinuationId', 'agentTaskType', 'currentMessage', 'history'],
  userInputMessage: ['content', 'modelId', 'origin', 'images', 'documents', 'userInputMessageContext'],
  userInputMessageContext: ['tools', 'toolResults'],
  assistantResponseMessage: ['content', 'messageId', 'toolUses', 'reasoningContent'],
  toolUse: ['toolUseId', 'name', 'input'],
  toolResult: ['toolUseId', 'content', 'status'],
};
const ORIGINS = ['AI_EDITOR', 'CLI', 'KIRO_CLI'];
export const MAX_BODY = 1_085_000;
const MAX_TOOLS = 137; // so many were refused; where the limit is, nobody has told
const MAX_IMAGE = 5_242_880;
const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'];

/** A refusal: what the service answers. */
export class Improper extends Error {
  constructor(why, message = 'Improperly formed request.', reason = null) {
    super(`${message} (${why})`);
    if (process.env.SIMULATOR_SAYS) console.error(this.message);
    this.body = { message, reason };
    this.why = why;
  }
}
const demand = (condition, why, message, reason) => {
  if (!condition) throw new Improper(why, message, reason);
};
const object = (value, kind) => {
  demand(value && typeof value === 'object' && !Array.isArray(value), `${kind} must be an object`);
  for (const key of Object.keys(value)) demand(MEMBERS[kind].includes(key), `${kind}.${key} is unknown`);
  return value;
};
const filled = (array, what) => demand(array === undefined || (Array.isArray(array) && array.length), `${what} must not be empty`);

function checkSchema(schema, why, root = true) {
  if (!schema || typeof schema !== 'object') return;
  if (Array.isArray(schema)) return schema.forEach((each) => void checkSchema(each, why, false));
  const refuse = (condition, what) => demand(condition, `${why}: ${what}`, 'Improperly formed request.', 'TOOL_SCHEMA_INVALID');
  if (root) {
    refuse(schema.type === 'object' && schema.properties && typeof schema.properties === 'object', 'root must be an object');
    refuse(!schema.oneOf && !schema.anyOf && !schema.allOf, 'no union at the root');
  }
  for (const key of Object.keys(schema)) refuse(!REFUSED.includes(key), `keyword ${key}`);
  refuse(schema.required === undefined || schema.required?.length, 'required is empty');
  for (const property of Object.values(schema.properties ?? {})) checkSchema(property, why, false);
  checkSchema(schema.items, why, false);
  checkSchema(schema.anyOf, why, false);
}

function checkTools(tools) {
  const names = new Set();
  demand(tools.length < MAX_TOOLS, `${tools.length} tools`);
  for (const { toolSpecification: tool } of tools) {
    demand(tool && NAME.test(tool.name ?? ''), 'tool name', 'Invalid tool use format.');
    demand(!names.has(tool.name.toLowerCase()), 'duplicate tool', 'Improperly formed request.', 'TOOL_DUPLICATE');
    names.add(tool.name.toLowerCase());
    demand(tool.description && Buffer.byteLength(tool.description) <= 10_240, `description of ${tool.name}`);
    checkSchema(tool.inputSchema?.json, tool.name);
  }
  return names;
}

function checkUser(turn, first) {
  const message = object(turn, 'userInputMessage');
  demand(message.content, 'content of a user message must not be empty');
  demand(ORIGINS.includes(message.origin), 'origin');
  for (const kind of ['images', 'documents']) filled(message[kind], kind);
  for (const image of message.images ?? []) {
    demand(['gif', 'jpeg', 'png', 'webp'].includes(image.format), 'image format', 'Improperly formed request.', 'IMAGE_FORMAT_INVALID');
    demand(/^[A-Za-z0-9+/]+=*$/.test(image.source?.bytes ?? ''), 'image bytes');
    demand(image.source.bytes.length <= MAX_IMAGE, 'image size', 'image exceeds 5 MB maximum', 'IMAGE_TOO_LARGE');
  }
  if (!message.userInputMessageContext) return message;
  const context = object(message.userInputMessageContext, 'userInputMessageContext');
  filled(context.tools, 'tools');
  filled(context.toolResults, 'toolResults');
  demand(!first || !context.toolResults, 'toolResults in the first message');
  for (const result of context.toolResults ?? []) {
    object(result, 'toolResult');
    demand(NAME.test(result.toolUseId) && ['success', 'error'].includes(result.status), 'toolResult');
    demand(result.content?.length && result.content.every((part) => part.text || part.json), 'content of a toolResult');
  }
  return message;
}

function checkAssistant(turn, names) {
  const message = object(turn, 'assistantResponseMessage');
  demand(message.content, 'content of an assistant message must not be empty');
  filled(message.toolUses, 'toolUses');
  for (const use of message.toolUses ?? []) {
    object(use, 'toolUse');
    demand(NAME.test(use.toolUseId), 'toolUseId');
    demand(
      names.has(String(use.name).toLowerCase()),
      `tool ${use.name} is not declared`,
      'Improperly formed request.',
      'TOOL_CONFIG_MISSING',
    );
    demand(use.input && typeof use.input === 'object' && !Array.isArray(use.input) && !('' in use.input), 'toolUse.input');
  }
  const thought = message.reasoningContent?.reasoningText;
  if (message.reasoningContent && !message.reasoningContent.redactedContent)
    demand(
      thought?.text && /^sim-sig-one$/.test(thought.signature ?? ''),
      'reasoningText',
      'Improperly formed request.',
      'THINKING_SIGNATURE_INVALID',
    );
  return message;
}

// Every use has exactly one result in the next message, every result its use.
function checkPair(before, message) {
  const uses = (before?.toolUses ?? []).map((use) => use.toolUseId).sort();
  const results = (message.userInputMessageContext?.toolResults ?? []).map((result) => result.toolUseId).sort();
  const same = uses.length === results.length && uses.every((id, index) => id === results[index]);
  demand(same, `uses ${uses} results ${results}`, 'Expected toolResult blocks at messages', 'TOOL_USE_RESULT_MISMATCH');
}

function checkThinking(fields, model) {
  if (fields === undefined) return;
  const adaptive = /^claude-(opus-(4\.[678]|5)|sonnet-(4\.6|5)|fable-5)$/.test(model);
  const keys = Object.keys(fields).sort().join();
  const invalid = (condition, why) => demand(condition, why, 'Improperly formed request.', 'REQUEST_BODY_INVALID');
  if (adaptive) {
    invalid(keys === 'output_config,thinking' && fields.thinking.type === 'adaptive', `fields of ${model}`);
    invalid(EFFORTS.includes(fields.output_config.effort), 'effort');
  } else {
    invalid(model.startsWith('gpt-5.6') && keys === 'reasoning' && EFFORTS.includes(fields.reasoning.effort), `fields of ${model}`);
  }
}

/** @param {any} body @param {string} text as it came @param {string[]} models */
export function check(body, text, models) {
  demand(Buffer.byteLength(text) <= MAX_BODY, 'size', 'Input is too long.', 'CONTENT_LENGTH_EXCEEDS_THRESHOLD');
  object(body, 'root');
  const state = object(body.conversationState, 'conversationState');
  demand(state.chatTriggerType === 'MANUAL' && state.agentTaskType === 'vibe', 'chatTriggerType, agentTaskType');
  demand(/^[0-9a-f-]{36}$/.test(state.conversationId), 'conversationId');
  demand(Object.keys(state.currentMessage ?? {}).join() === 'userInputMessage', 'currentMessage');
  const { history = [] } = state;
  filled(state.history, 'history');
  const current = state.currentMessage.userInputMessage;
  demand(models.includes(current.modelId), current.modelId, 'Invalid model. Please select a different model.', 'INVALID_MODEL_ID');
  const names = checkTools(current.userInputMessageContext?.tools ?? []);
  demand(history.length % 2 === 0, 'history must end with the assistant');
  let before;
  for (const [index, turn] of history.entries()) {
    const kind = index % 2 ? 'assistantResponseMessage' : 'userInputMessage';
    demand(Object.keys(turn).join() === kind, `history[${index}] must be ${kind}`);
    if (index % 2) {
      before = checkAssistant(turn[kind], names);
    } else {
      demand(!turn[kind].userInputMessageContext?.tools, 'tools in history');
      checkPair(before, checkUser(turn[kind], index === 0));
    }
  }
  checkPair(before, checkUser(current, history.length === 0));
  checkThinking(body.additionalModelRequestFields, current.modelId);
}
