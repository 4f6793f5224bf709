// A scripted turn as Copilot streams chat completions: a first chunk without choices, thoughts as `reasoning_text`.
import { createHash } from 'node:crypto';
import * as openai from './openai.mjs';

export { error, failure, read, whole } from './openai.mjs';

const thoughts = ({ data }) => ({
  data: typeof data === 'string' ? data : JSON.parse(JSON.stringify(data).replaceAll('"reasoning_content"', '"reasoning_text"')),
});

/** Encrypted thoughts that the simulated model minted: a request may bring back no others, and none with other words. */
export const opaque = new Map();
function sealed(text) {
  const blob = createHash('sha256').update(`copilot/${text}`).digest('base64');
  opaque.set(blob, text);
  return blob;
}

// The proof comes after the last of the thoughts.
function withProof(turn, all) {
  if (!turn.thinking) return all;
  const last = all.findLastIndex(({ data }) => data.choices?.[0]?.delta.reasoning_text);
  const data = structuredClone(all[last].data);
  data.choices[0].delta = { content: null, reasoning_opaque: sealed(turn.thinking) };
  return all.toSpliced(last + 1, 0, { data });
}

/** An answer as Copilot gives it where it does not stream: words and calls in choices of their own. */
export function split(turn, asked) {
  const { choices, ...head } = openai.whole(turn, asked);
  const { tool_calls, ...message } = choices[0].message;
  return {
    ...head,
    choices: [
      { index: 0, message, finish_reason: 'stop' },
      { index: 1, message: { role: 'assistant', content: null, tool_calls }, finish_reason: 'tool_calls' },
    ],
  };
}

export const events = (turn, asked) => [
  { data: { choices: [], created: 0, id: '', prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }] } },
  ...withProof(turn, openai.events(turn, asked).map(thoughts)),
];
/** How many events come before a fault: one more than elsewhere. */
export const middle = (all) => openai.middle(all.slice(1)) + 1;
