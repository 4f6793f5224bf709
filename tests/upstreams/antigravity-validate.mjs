// Refuses what Antigravity refuses: the envelope, the keywords of tools, and for Claude models what Anthropic refuses.
import { createHash } from 'node:crypto';
import { checkType, invalid, turnsOf, validate } from './gemini-validate.mjs';

const isClaude = (model) => model.startsWith('claude-');

/** Signatures of thoughts that the simulated Claude minted: Anthropic's own begins with E, and Google encodes it once more. */
export const claudeSignatures = new Set();
export function claudeSignature(thought) {
  const text = Buffer.from(`E${createHash('sha512').update(`claude/${thought}`).digest('base64')}`).toString('base64');
  claudeSignatures.add(text);
  return text;
}

// Anthropic's error, as Google hands it on.
const anthropic = (message) =>
  invalid(JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message }, request_id: 'req_vrtx_sim' }));

const KEYWORDS = new Set(['type', 'description', 'properties', 'required', 'items', 'nullable', 'anyOf', 'format']);
function checkSchema(schema, path) {
  for (const key of Object.keys(schema)) {
    if (!KEYWORDS.has(key)) throw invalid(`Invalid JSON payload received. Unknown name "${key}" at '${path}': Cannot find field.`);
  }
  for (const [name, member] of Object.entries(schema.properties ?? {})) checkSchema(member, `${path}.properties[${name}]`);
  if (schema.items) checkSchema(schema.items, `${path}.items`);
}

const declarations = (request) => (request.tools ?? []).flatMap((tool) => tool.functionDeclarations ?? []);

function checkTools(request, claude) {
  declarations(request).forEach((tool, index) => {
    if (tool.parametersJsonSchema || !tool.parameters) {
      if (claude) throw anthropic(`tools.${index}.custom.input_schema: Field required`);
      throw invalid(`tools[0].function_declarations[${index}]: parameters must be set.`);
    }
    checkSchema(tool.parameters, `request.tools[0].function_declarations[${index}].parameters`);
    const properties = tool.parameters.properties ?? {};
    const required = tool.parameters.required ?? [];
    if (claude && (!required.length || required.some((name) => !(name in properties))))
      throw invalid(`VALIDATED mode needs a required property in the parameters of ${tool.name}.`);
  });
  const mode = request.toolConfig?.functionCallingConfig?.mode;
  if (claude && declarations(request).length && mode !== 'VALIDATED')
    throw invalid(`function_calling_config.mode ${mode} is not supported.`);
}

// Thoughts, words, calls: in this order.
const rank = (part) => (part.thought ? 0 : part.functionCall ? 2 : 1);

function checkClaudeTurns(turns) {
  turns.forEach(({ role, parts }, index) => {
    const at = `messages.${index}`;
    parts.forEach((part, number) => {
      const where = `${at}.content.${number}`;
      if (part.text !== undefined && !part.thought && !part.text.trim()) throw anthropic(`${at}: text content blocks must be non-empty`);
      const id = part.functionCall?.id ?? part.functionResponse?.id ?? '';
      if (id && !/^[a-zA-Z0-9_-]+$/.test(id)) throw anthropic(`${where}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`);
      if (part.functionCall && !part.functionCall.id) throw anthropic(`${where}.tool_use.id: Field required`);
      if (part.functionResponse && !part.functionResponse.id) throw anthropic(`${where}.tool_result.tool_use_id: Field required`);
      if (part.thought && !part.thoughtSignature) throw anthropic(`${where}.thinking.signature: Field required`);
      if (part.thoughtSignature && !claudeSignatures.has(part.thoughtSignature))
        throw anthropic(`${where}: Invalid \`signature\` in \`thinking\` block`);
      if (number && rank(part) < rank(parts[number - 1]) && role === 'model') throw anthropic(`${at}: blocks are out of order`);
    });
    const ids = (turns[index - 1]?.parts ?? []).flatMap((part) => part.functionCall?.id ?? []);
    const answered = parts.flatMap((part) => part.functionResponse?.id ?? []);
    if (ids.some((id) => !answered.includes(id)))
      throw anthropic(`${at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after`);
  });
  if (turns.at(-1).role === 'model') throw anthropic('This model does not support assistant message prefill.');
}

function checkClaudeThinking(config, turns) {
  const thinking = config.thinkingConfig;
  if (!thinking) return;
  if (thinking.thinkingLevel !== undefined) throw invalid('thinking_level is not supported for this model.');
  if (!(thinking.thinkingBudget >= 1024)) throw anthropic('thinking.enabled.budget_tokens: Input should be greater than or equal to 1024');
  if (!(thinking.thinkingBudget < (config.maxOutputTokens ?? 0)))
    throw anthropic('`max_tokens` must be greater than `thinking.budget_tokens`');
  const since = turns.findLastIndex(({ role, parts }) => role === 'user' && !parts.some((part) => part.functionResponse));
  for (const { role, parts } of turns.slice(since + 1)) {
    if (role === 'model' && parts.some((part) => part.functionCall) && !parts[0].thought)
      throw anthropic('Expected `thinking` or `redacted_thinking`, but found `tool_use`');
  }
}

function checkDrawing(envelope) {
  const { request } = envelope;
  if (envelope.requestType !== 'image_gen' || request.tools || request.systemInstruction || request.sessionId)
    throw invalid('Image generation takes contents and an image configuration only.');
}

/** @param {any} envelope */
export function validateAntigravity(envelope) {
  checkType(envelope, 'AntigravityEnvelope', '');
  if (!envelope.project) throw invalid('Invalid project resource name projects/');
  if (envelope.userAgent !== 'antigravity' || !envelope.requestId || !['agent', 'image_gen', 'web_search'].includes(envelope.requestType))
    throw invalid('user_agent, request_id and request_type are required.');
  const { request, model } = envelope;
  const claude = isClaude(model);
  validate(request, model, true, 'AntigravityRequest');
  if (request.systemInstruction && request.systemInstruction.role !== 'user') throw invalid('Please use a valid role: user.');
  if (envelope.requestType === 'agent' && !/^-\d{1,19}$/.test(request.sessionId ?? '')) throw invalid('session_id is required.');
  checkTools(request, claude);
  if (/-image/.test(model)) checkDrawing(envelope);
  if (!claude) return;
  if (request.generationConfig?.responseMimeType) throw invalid('response_mime_type is not supported for this model.');
  const turns = turnsOf(request.contents);
  checkClaudeTurns(turns);
  checkClaudeThinking(request.generationConfig ?? {}, turns);
}
