// Deterministic answers of the simulated Gemini: useful as a demo, exact as a test.
import { createHash } from 'node:crypto';
import { issuedSignatures } from './gemini-validate.mjs';

/** What begins every answer in words. */
export const demo = { greeting: '' };

/** A value that satisfies `schema`. */
export function sample(schema, name = 'value') {
  if (schema.enum?.length) return schema.enum[0];
  const type = String(schema.type ?? 'object').toLowerCase();
  if (type === 'string') return `some ${name}`;
  if (type === 'integer' || type === 'number') return schema.minimum ?? 7;
  if (type === 'boolean') return true;
  if (type === 'array') return [sample(schema.items ?? { type: 'string' }, name)];
  const wanted = schema.required ?? Object.keys(schema.properties ?? {});
  return Object.fromEntries(wanted.map((key) => [key, sample(schema.properties?.[key] ?? { type: 'string' }, key)]));
}

/** A signature that the simulated model mints, and knows again. */
export function signature(model, name) {
  const text = createHash('sha512').update(`${model}/${name}`).digest('base64');
  issuedSignatures.add(text);
  return text;
}

const lastUserText = (contents) =>
  contents
    .filter((content) => content.role === 'user')
    .flatMap((content) => content.parts)
    .filter((part) => part.text)
    .at(-1)?.text ?? '';

function calls(request, model) {
  const declared = (request.tools ?? []).flatMap((tool) => tool.functionDeclarations ?? []);
  const choice = request.toolConfig?.functionCallingConfig ?? {};
  const asked = lastUserText(request.contents);
  const answered = request.contents.at(-1).parts.some((part) => part.functionResponse);
  if (!declared.length || answered || choice.mode === 'NONE') return [];
  if (choice.mode !== 'ANY' && !/tool/i.test(asked)) return [];
  const allowed = declared.filter((tool) => !choice.allowedFunctionNames || choice.allowedFunctionNames.includes(tool.name));
  const chosen = /parallel/i.test(asked) ? allowed : allowed.slice(0, 1);
  return chosen.map((tool, index) => ({
    functionCall: { name: tool.name, args: sample(tool.parametersJsonSchema ?? tool.parameters ?? {}) },
    ...(index === 0 && /^gemini-[3-9]/.test(model) ? { thoughtSignature: signature(model, tool.name) } : {}),
  }));
}

function words(request) {
  const results = request.contents.at(-1).parts.filter((part) => part.functionResponse);
  if (results.length) return `Results: ${JSON.stringify(results.map((part) => part.functionResponse.response))}`;
  const config = request.generationConfig ?? {};
  if (config.responseMimeType === 'application/json')
    return JSON.stringify(sample(config.responseJsonSchema ?? config.responseSchema ?? { properties: { answer: { type: 'string' } } }));
  const media = request.contents.flatMap((content) => content.parts).filter((part) => part.inlineData);
  const seen = media.length ? ` (with ${media.map((part) => part.inlineData.mimeType).join(', ')})` : '';
  return `${demo.greeting}You said: ${lastUserText(request.contents)}${seen}`;
}

const count = (text) => Math.max(1, Math.ceil(text.length / 4));

/** The parts of the answer, and why it ends. @param {any} request @param {string} model */
export function answer(request, model) {
  const config = request.generationConfig ?? {};
  const tools = calls(request, model);
  let text = tools.length ? '' : words(request);
  let finishReason = 'STOP';
  for (const stop of config.stopSequences ?? []) {
    if (text.includes(stop)) text = text.slice(0, text.indexOf(stop));
  }
  if (config.maxOutputTokens && config.maxOutputTokens < 5) {
    text = text.slice(0, config.maxOutputTokens * 4);
    finishReason = 'MAX_TOKENS';
  }
  const parts = [];
  if (config.thinkingConfig?.includeThoughts) parts.push({ text: 'Considering the request.', thought: true });
  // Cut between code points, as the real service does: never inside one.
  const points = [...text];
  for (let at = 0; at < points.length; at += 12) parts.push({ text: points.slice(at, at + 12).join('') });
  parts.push(...tools);
  const thoughts = parts.some((part) => part.thought) ? 5 : 0;
  const candidates = count(text) + tools.length * 10;
  const prompt = count(JSON.stringify(request.contents));
  const usage = {
    promptTokenCount: prompt,
    candidatesTokenCount: candidates,
    thoughtsTokenCount: thoughts,
    totalTokenCount: prompt + candidates + thoughts,
  };
  return { parts, finishReason, usage, text };
}

/** The stream's chunks. @param {any} request @param {string} model */
export function chunks(request, model) {
  const config = request.generationConfig ?? {};
  const { parts, finishReason, usage, text } = answer(request, model);
  const out = [];
  for (let index = 0; index < (config.candidateCount ?? 1); index++) {
    for (const part of parts) out.push({ candidates: [{ index, content: { role: 'model', parts: [part] } }] });
  }
  const last = Array.from({ length: config.candidateCount ?? 1 }, (_, index) => {
    const candidate = { index, content: { role: 'model', parts: [{ text: '' }] }, finishReason };
    if (config.responseLogprobs) {
      const token = { token: text.slice(0, 4), tokenId: 1, logProbability: -0.25 };
      candidate.logprobsResult = { chosenCandidates: [token], topCandidates: [{ candidates: Array(config.logprobs ?? 0).fill(token) }] };
    }
    return candidate;
  });
  out.push({ candidates: last, usageMetadata: usage, modelVersion: model, responseId: 'sim-response' });
  return out;
}
