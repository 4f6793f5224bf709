// A scripted turn as Kiro streams it.
import { event, exception } from '../kiro-frames.mjs';
import { pieces, USAGE } from './parts.mjs';

const STOP = { stop: 'END_TURN', length: 'MAX_TOKENS', filter: 'CONTENT_FILTERED' };

/** @returns {import('./turn.mjs').Asked} */
export function read(body) {
  const { currentMessage, history = [] } = body.conversationState;
  const current = currentMessage.userInputMessage;
  const context = current.userInputMessageContext ?? {};
  const users = [...history.map((turn) => turn.userInputMessage).filter(Boolean), current];
  return {
    prompt: users.map((turn) => turn.content).join('\n'),
    tools: (context.tools ?? []).map((tool) => tool.toolSpecification.name),
    results: (context.toolResults ?? []).flatMap((result) => result.content.map((part) => part.text)),
  };
}

let calls = 0;
function* callFrames({ name, args }) {
  const toolUseId = `tooluse_${++calls}`;
  yield event('toolUseEvent', { toolUseId, name });
  for (const input of pieces(JSON.stringify(args), 5)) yield event('toolUseEvent', { toolUseId, name, input });
  yield event('toolUseEvent', { toolUseId, name, stop: true });
}

function* thinkingFrames(text, tags) {
  if (tags) {
    for (const content of pieces(`<thinking>\n${text}</thinking>\n\n`)) yield event('assistantResponseEvent', { content });
    return;
  }
  for (const piece of pieces(text)) yield event('reasoningContentEvent', { text: piece });
  for (const signature of ['sim-sig-', 'one']) yield event('reasoningContentEvent', { signature });
}

export function frames(turn, body) {
  const current = body.conversationState.currentMessage.userInputMessage;
  const tags = current.content.includes('<thinking_mode>');
  const out = [];
  if (turn.thinking) out.push(...thinkingFrames(turn.thinking, tags));
  for (const content of pieces(turn.text ?? '')) out.push(event('assistantResponseEvent', { content, modelId: current.modelId }));
  for (const call of turn.calls ?? []) out.push(...callFrames(call));
  const tokenUsage = {
    uncachedInputTokens: USAGE.input - USAGE.cached,
    cacheReadInputTokens: USAGE.cached,
    outputTokens: USAGE.output,
    totalTokens: USAGE.input + USAGE.output,
  };
  out.push(event('metadataEvent', { stopReason: STOP[turn.finish ?? 'stop'], tokenUsage }));
  out.push(event('contextUsageEvent', { contextUsagePercentage: 1.25 }));
  out.push(event('meteringEvent', { unit: 'credit', unitPlural: 'credits', usage: 0.09 }));
  return out;
}

export const fault = exception('error', { message: 'Encountered an unexpected error.', reason: null });
/** What a fault "refuse" says. */
export const failure = /** @type {const} */ ([400, { message: 'The scenario refuses this request.', reason: 'TOOL_SCHEMA_INVALID' }]);
