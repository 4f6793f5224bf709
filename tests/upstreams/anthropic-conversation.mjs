// The messages of a Messages request: who may say what, which call is answered where, and whose thoughts they are.
import { createHmac } from 'node:crypto';
import { signatures } from './turn/anthropic.mjs';

const isText = (value) => typeof value === 'string';
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A thought's proof, which only the account of `key` can bring back. */
export const sign = (key, thought) => createHmac('sha256', key).update(thought).digest('base64');
const mine = (key, thought, signature) => signature === sign(key, thought) || signatures.has(signature);

const SOURCES = { base64: ['media_type', 'data'], url: ['url'], file: ['file_id'], text: ['media_type', 'data'], content: ['content'] };
const IMAGES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

function checkSource(block, where) {
  const source = block.source;
  const members = SOURCES[source?.type];
  if (!members) return `${where}.source.type: Field required`;
  for (const member of members) if (source[member] === undefined) return `${where}.source.${member}: Field required`;
  if (source.type === 'url' && !/^https:\/\//.test(source.url)) return `${where}.source.url: Only HTTPS URLs are supported.`;
  if (source.type !== 'base64') return null;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(source.data)) return `${where}.source.base64.data: Invalid base64 data`;
  const types = block.type === 'image' ? IMAGES : ['application/pdf'];
  return types.includes(source.media_type)
    ? null
    : `${where}.source.base64.media_type: Input should be ${types.map((type) => `'${type}'`).join(', ')}`;
}

const text = (block, where) => {
  if (!isText(block.text)) return `${where}.text: Field required`;
  return block.text.trim() ? null : 'messages: text content blocks must contain non-whitespace text';
};

function checkResult(block, where) {
  if (!isText(block.tool_use_id)) return `${where}.tool_use_id: Field required`;
  if (block.content === undefined || isText(block.content)) return null;
  if (!Array.isArray(block.content)) return `${where}.content: Input should be a valid list`;
  return first(block.content, (inner, index) => checkBlock(inner, `${where}.content.${index}`, 'result'));
}

function checkUse(block, where) {
  if (!/^[a-zA-Z0-9_-]+$/.test(block.id ?? '')) return `${where}.id: String should match pattern '^[a-zA-Z0-9_-]+$'`;
  if (!isText(block.name)) return `${where}.name: Field required`;
  return isObject(block.input) ? null : `${where}.input: Input should be a valid dictionary`;
}

/** By type: where it may stand, the members it may have, and what else is to be checked. */
const BLOCKS = {
  text: { in: ['user', 'assistant', 'result', 'system'], members: ['text', 'citations', 'cache_control'], check: text },
  image: { in: ['user', 'result'], members: ['source', 'cache_control'], check: checkSource },
  document: { in: ['user', 'result'], members: ['source', 'title', 'context', 'citations', 'cache_control'], check: checkSource },
  tool_use: { in: ['assistant'], members: ['id', 'name', 'input', 'caller', 'cache_control'], check: checkUse },
  tool_result: { in: ['user'], members: ['tool_use_id', 'content', 'is_error', 'cache_control'], check: checkResult },
  thinking: {
    in: ['assistant'],
    members: ['thinking', 'signature'],
    check: (block, where) => (isText(block.thinking) && isText(block.signature) ? null : `${where}.signature: Field required`),
  },
  redacted_thinking: {
    in: ['assistant'],
    members: ['data'],
    check: (block, where) => (isText(block.data) ? null : `${where}.data: Field required`),
  },
  server_tool_use: { in: ['assistant'], members: ['id', 'name', 'input', 'caller', 'cache_control'] },
  web_search_tool_result: {
    in: ['assistant'],
    members: ['tool_use_id', 'content', 'caller', 'cache_control'],
    check: (block, where) =>
      block.content.every((result) => result.encrypted_content) ? null : `${where}.content: Invalid encrypted_content`,
  },
};

function first(values, check) {
  for (const [index, value] of values.entries()) {
    const found = check(value, index);
    if (found) return found;
  }
  return null;
}

function checkBlock(block, where, place) {
  const kind = BLOCKS[block?.type];
  if (!kind) return `${where}: Input tag '${block?.type}' found using 'type' does not match any of the expected tags`;
  if (!kind.in.includes(place)) return `${where}: \`${block.type}\` blocks can only be in \`${kind.in[0]}\` messages`;
  const extra = Object.keys(block).find((name) => name !== 'type' && !kind.members.includes(name));
  if (extra) return `${where}.${block.type}.${extra}: Extra inputs are not permitted`;
  return kind.check?.(block, `${where}.${block.type}`) ?? null;
}

const blocksOf = (message) => (isText(message.content) ? [{ type: 'text', text: message.content }] : message.content);

function checkMessage(message, index, roles, last) {
  const where = `messages.${index}`;
  if (!roles.includes(message?.role)) return `${where}.role: Input should be 'user' or 'assistant'`;
  if (message.content === undefined) return `${where}.content: Field required`;
  const extra = Object.keys(message).find(
    (name) => !['role', 'content', ...(message.role === 'system' ? ['output_config', 'clear_at'] : [])].includes(name),
  );
  if (extra) return `${where}.${extra}: Extra inputs are not permitted`;
  const blocks = blocksOf(message);
  if (!Array.isArray(blocks)) return `${where}.content: Input should be a valid list`;
  if (!blocks.length && !(last && message.role === 'assistant'))
    return `${where}: all messages must have non-empty content except for the optional final assistant message`;
  if (blocks.at(-1)?.type === 'thinking') return `${where}: The final block in an assistant message cannot be \`thinking\`.`;
  return first(blocks, (block, at) => checkBlock(block, `${where}.content.${at}`, message.role));
}

// Consecutive messages of one role are one turn.
function turnsOf(messages) {
  const turns = [];
  for (const [index, message] of messages.entries()) {
    const role = message.role === 'system' ? 'user' : message.role;
    if (turns.at(-1)?.role === role) turns.at(-1).blocks.push(...blocksOf(message));
    else turns.push({ role, index, blocks: [...blocksOf(message)] });
  }
  return turns;
}

function checkPairs(turns) {
  const ids = turns.flatMap((turn) => turn.blocks.filter((block) => block.type === 'tool_use').map((block) => block.id));
  if (new Set(ids).size !== ids.length) return 'messages: `tool_use` ids must be unique';
  return first(turns, (turn, at) => {
    const asked = at ? turns[at - 1].blocks.filter((block) => block.type === 'tool_use').map((block) => block.id) : [];
    const results = turn.blocks.filter((block) => block.type === 'tool_result').map((block) => block.tool_use_id);
    const stray = results.find((id) => !asked.includes(id));
    if (stray)
      return `messages.${turn.index}.content.0: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`;
    const led = turn.blocks
      .slice(0, asked.length)
      .filter((block) => block.type === 'tool_result')
      .map((block) => block.tool_use_id);
    const open = asked.filter((id) => !led.includes(id));
    const unanswered = turn.blocks.some((block) => block.type === 'tool_use') && at === turns.length - 1;
    if (open.length || unanswered)
      return `messages.${turn.index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`;
    return null;
  });
}

function checkThoughts(turns, key, budget) {
  const foreign = first(turns, (turn) =>
    first(turn.blocks, (block, at) => {
      const where = `messages.${turn.index}.content.${at}`;
      if (block.type === 'thinking' && !mine(key, block.thinking, block.signature))
        return `${where}: Invalid \`signature\` in \`thinking\` block`;
      if (block.type === 'redacted_thinking' && block.data !== sign(key, 'redacted'))
        return `${where}: Invalid \`data\` in \`redacted_thinking\` block, the signature does not match`;
      return null;
    }),
  );
  const last = turns.findLast((turn) => turn.role === 'assistant');
  const loop = last && (turns.at(-1) === last || turns.at(-1).blocks.some((block) => block.type === 'tool_result'));
  if (foreign || !budget || !loop || /thinking$/.test(last.blocks[0]?.type)) return foreign;
  return `messages.${last.index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${last.blocks[0]?.type}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block.`;
}

/** @returns {string | null} */
export function checkConversation(body, { betas, key, prefill, budget }) {
  const { messages } = body;
  if (!messages.length) return 'messages: at least one message is required';
  const roles = ['user', 'assistant', ...(betas.includes('per-turn-control') ? ['system'] : [])];
  const found = first(messages, (message, index) => checkMessage(message, index, roles, index === messages.length - 1));
  if (found) return found;
  if (messages[0].role !== 'user') return 'messages: first message must use the "user" role';
  const last = messages.at(-1);
  if (last.role === 'assistant') {
    if (!prefill) return 'This model does not support assistant message prefill. The conversation must end with a user message.';
    if (/\s$/.test(blocksOf(last).at(-1)?.text ?? '')) return 'messages: final assistant content cannot end with trailing whitespace';
  }
  const turns = turnsOf(messages);
  return checkPairs(turns) ?? checkThoughts(turns, key, budget);
}
