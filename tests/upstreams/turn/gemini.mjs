// A scripted turn as Gemini streams it.
import { signature } from '../gemini-answer.mjs';
import { pieces, USAGE } from './parts.mjs';

const FINISH = { stop: 'STOP', length: 'MAX_TOKENS', filter: 'SAFETY' };

/** @returns {import('./turn.mjs').Asked} */
export function read(body) {
  const since = body.contents.slice(body.contents.findLastIndex((content) => content.role === 'model') + 1);
  const users = body.contents.filter((content) => content.role !== 'model').flatMap((content) => content.parts);
  return {
    prompt: users.map((part) => part.text ?? '').join('\n'),
    tools: (body.tools ?? []).flatMap((tool) => tool.functionDeclarations ?? []).map((tool) => tool.name),
    results: since
      .flatMap((content) => content.parts)
      .filter((part) => part.functionResponse)
      .map((part) => JSON.stringify(part.functionResponse.response)),
  };
}

function parts(turn, model) {
  const out = turn.thinking ? [{ text: turn.thinking, thought: true }] : [];
  for (const piece of pieces(turn.text ?? '')) out.push({ text: piece });
  for (const [index, { name, args }] of (turn.calls ?? []).entries()) {
    const signed = index === 0 && /^gemini-[3-9]/.test(model) ? { thoughtSignature: signature(model, name) } : {};
    out.push({ functionCall: { name, args }, ...signed });
  }
  return out;
}

function last(turn, model) {
  const { input, cached, output, thinking } = USAGE;
  return {
    candidates: [{ index: 0, content: { role: 'model', parts: [{ text: '' }] }, finishReason: FINISH[turn.finish ?? 'stop'] }],
    usageMetadata: {
      promptTokenCount: input,
      cachedContentTokenCount: cached,
      candidatesTokenCount: output - thinking,
      thoughtsTokenCount: thinking,
      totalTokenCount: input + output,
    },
    modelVersion: model,
    responseId: 'sim-turn',
  };
}

export function events(turn, { model }) {
  const chunks = parts(turn, model).map((part) => ({ candidates: [{ index: 0, content: { role: 'model', parts: [part] } }] }));
  return [...chunks, last(turn, model)].map((data) => ({ data }));
}

export function whole(turn, { model }) {
  const out = last(turn, model);
  out.candidates[0].content.parts = parts(turn, model);
  return out;
}

const overloaded = { error: { code: 503, message: 'The model is overloaded. Please try again later.', status: 'UNAVAILABLE' } };
export const error = { data: overloaded };
export const failure = [400, { error: { code: 400, message: 'The scenario refuses this request.', status: 'INVALID_ARGUMENT' } }];
/** How many events come before a fault. */
export const middle = (all) => Math.min(1, all.length - 1);
