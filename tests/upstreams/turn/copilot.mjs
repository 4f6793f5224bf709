// A scripted turn as Copilot streams chat completions: a first chunk without choices, thoughts as `reasoning_text`.
import * as openai from './openai.mjs';

export { error, failure, read, whole } from './openai.mjs';

const thoughts = ({ data }) => ({
  data: typeof data === 'string' ? data : JSON.parse(JSON.stringify(data).replaceAll('"reasoning_content"', '"reasoning_text"')),
});

export const events = (turn, asked) => [
  { data: { choices: [], created: 0, id: '', prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }] } },
  ...openai.events(turn, asked).map(thoughts),
];
/** How many events come before a fault: one more than elsewhere. */
export const middle = (all) => openai.middle(all.slice(1)) + 1;
