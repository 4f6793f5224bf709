// A scripted turn: what the simulated model thinks, says and calls, the same on every wire. A test sets one as
// `scenario.turn`; a person, or an agent that a test drives, asks for one in the prompt: `say "WORDS"` says them, and
// `call NAME{"a":1}` calls that tool if it is declared, once per mention; the next turn repeats what the tools said.
import * as anthropic from './anthropic.mjs';
import * as antigravity from './antigravity.mjs';
import * as copilot from './copilot.mjs';
import * as gemini from './gemini.mjs';
import * as kiro from './kiro.mjs';
import * as openai from './openai.mjs';
import * as responses from './responses.mjs';

/**
 * @typedef {{ name: string, args: object }} Call
 * @typedef {object} Turn
 * @property {string} [thinking]
 * @property {string} [text]
 * @property {Call[]} [calls]
 * @property {{ query: string, url: string }} [search] what the model looked for on the web, and found (Responses)
 * @property {'stop' | 'length' | 'filter'} [finish]
 * @property {'refuse' | 'error' | 'cut'} [fault] before the first byte; after the first piece; the connection after it
 *
 * What a wire module reads from a request: the user's last words, the names of the tools, what the tools said since the model's last turn.
 * @typedef {{ prompt: string, tools: string[], results: string[] }} Asked
 */

const WIRES = { anthropic, antigravity, copilot, gemini, openai, responses };
// Kiro plays its turns itself, in frames.
const READERS = { ...WIRES, kiro };

// The JSON object that begins at `at`; undefined where there is none.
function objectAt(text, at) {
  let depth = 0;
  let quoted = false;
  for (let i = at; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') quoted = !quoted;
    else if (!quoted && text[i] === '{') depth++;
    else if (!quoted && text[i] === '}' && --depth === 0) return parse(text.slice(at, i + 1));
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {}
}

/** The turn that the prompt asks for; undefined if it asks for none. @param {Asked} asked @returns {Turn | undefined} */
export function directed({ prompt, tools, results }) {
  const mentions = [...prompt.matchAll(/\bcall ([\w-]+)(?=\{)/g)];
  const calls = mentions
    .filter(([, name]) => tools.includes(name))
    .map(({ 0: match, 1: name, index }) => ({ name, args: objectAt(prompt, index + match.length) }))
    .filter((call) => call.args);
  if (results.length) return calls.length ? { text: `Tool said: ${results.join(' | ')}` } : undefined;
  if (calls.length) return { thinking: 'A tool will tell.', calls };
  const said = prompt.match(/\bsay "([^"]+)"/)?.[1];
  return said ? { text: said } : undefined;
}

/** The turn of a request on `wire`: the scenario's, or what its prompt asks for. @param {keyof READERS} wire @returns {Turn | undefined} */
export const turnFor = (wire, scenario, body) => scenario.turn ?? directed(READERS[wire].read(body));

const frame = ({ event, data }) => `${event ? `event: ${event}\n` : ''}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;

/**
 * Answers with a turn, in the wire's own words.
 * @param {keyof WIRES} wire @param {Turn} turn @param {import('node:http').ServerResponse} response
 * @param {{ body: any, model: string, streamed: boolean }} request
 */
export function play(wire, turn, response, { body, model, streamed }) {
  const { events, whole, failure, middle } = WIRES[wire];
  if (turn.fault === 'refuse') return sendJson(response, ...failure);
  if (!streamed) return turn.fault ? response.destroy() : sendJson(response, 200, whole(turn, { body, model }));
  const all = events(turn, { body, model });
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  if (!turn.fault) return response.end(all.map(frame).join(''));
  const sent = all.slice(0, middle(all));
  if (turn.fault === 'error') return response.end([...sent, WIRES[wire].error].map(frame).join(''));
  response.write(sent.map(frame).join(''), () => setTimeout(() => response.destroy(), 20));
}

function sendJson(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}
