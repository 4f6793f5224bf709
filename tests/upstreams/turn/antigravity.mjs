// A scripted turn as Antigravity streams it: Gemini's chunks in an envelope, with Anthropic's ids and proofs where
// the model is Claude.
import { claudeSignature } from '../antigravity-validate.mjs';
import * as gemini from './gemini.mjs';

export const { read, error, failure, middle } = {
  ...gemini,
  read: (body) => gemini.read(body.request),
};

/** The answer's part as a Claude model gives it. @param {any} part @param {number} index @param {any[]} tools */
export function asClaude(part, index, tools) {
  if (!part.functionCall) return part;
  const { name, args } = part.functionCall;
  const declared = tools.flatMap((tool) => tool.functionDeclarations ?? []).find((tool) => tool.name === name);
  // What a tool requires it gets, whoever asked for it.
  const asked = Object.fromEntries(
    ['_', 'reason']
      .filter((key) => declared?.parameters.required?.includes(key) && !(key in args))
      .map((key) => [key, key === '_' || 'why']),
  );
  return { functionCall: { id: `toolu_vrtx_${name}_${index}`, name, args: { ...args, ...asked } } };
}

function claude(data, tools, state) {
  const candidate = data.candidates?.[0];
  if (!candidate) return [data];
  const parts = candidate.content.parts.map((part, index) => asClaude(part, index + state.calls, tools));
  state.calls += parts.filter((part) => part.functionCall).length;
  const chunk = { ...data, candidates: [{ ...candidate, content: { role: 'model', parts } }] };
  if (!parts.some((part) => part.thought)) return [chunk];
  const thought = parts.map((part) => part.text).join('');
  const proof = { text: '', thought: true, thoughtSignature: claudeSignature(thought) };
  return [chunk, { candidates: [{ index: 0, content: { role: 'model', parts: [proof] } }] }];
}

export function events(turn, { model, body }) {
  const state = { calls: 0 };
  const chunks = gemini
    .events(turn, { model })
    .flatMap(({ data }) => (model.startsWith('claude-') ? claude(data, body.request.tools ?? [], state) : [data]));
  return chunks.map((data) => ({ data: { response: data, traceId: 'sim' } }));
}

export const whole = () => {
  throw new Error('Antigravity is always asked for a stream.');
};
