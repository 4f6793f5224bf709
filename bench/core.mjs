// The core alone, in Node: requests from bytes to bytes, and the events of a stream. What both rivals say is compared first.
import { deepEqual } from 'node:assert/strict';
import { conversation, geminiEvents, KINDS } from './conversations.mjs';
import { Core } from './host.mjs';
import { race, ratio, table, us } from './measure.mjs';
import { ChunkStream, toGemini } from './workers/translate.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const bytesOf = (value) => encoder.encode(JSON.stringify(value));
const SIZES = { '10 KB': 10_000, '100 KB': 100_000, '1 MB': 1_000_000 };

const translateInJs = (body) => bytesOf(toGemini(JSON.parse(decoder.decode(body))));

/** @param {Core} core */
export function requests(core, effort) {
  const rows = [];
  for (const kind of KINDS) {
    for (const [label, size] of Object.entries(SIZES)) {
      const body = bytesOf(conversation(kind, size));
      deepEqual(JSON.parse(decoder.decode(core.translate(body))), JSON.parse(decoder.decode(translateInJs(body))));
      // Without messages the core parses all of the body and then refuses it.
      const { messages, ...rest } = conversation(kind, size);
      const refused = bytesOf({ ...rest, conversation: messages });
      const parse = race({ js: () => JSON.parse(decoder.decode(refused)), core: () => core.translate(refused) }, effort);
      const whole = race({ js: () => translateInJs(body), core: () => core.translate(body) }, effort);
      const times = [us(parse.us.js), us(parse.us.core), ratio(parse.ratio.core), us(whole.us.js), us(whole.us.core)];
      rows.push([`${kind} ${label}`, ...times, ratio(whole.ratio.core)]);
    }
  }
  const header = ['', 'parse JS', 'core', 'ratio', 'bytes to bytes JS', 'core', 'ratio'];
  return table('A chat request becomes a Gemini request (Node)', header, rows);
}

const textOf = (stream) => {
  const out = { text: '', calls: [], finish: null };
  for (const [, json] of stream.matchAll(/^data: (\{.*)$/gm)) {
    const [choice] = JSON.parse(json).choices;
    out.text += choice.delta.content ?? '';
    for (const { function: f } of choice.delta.tool_calls ?? []) out.calls.push([f.name, JSON.parse(f.arguments)]);
    out.finish = choice.finish_reason ?? out.finish;
  }
  return { ...out, done: stream.endsWith('data: [DONE]\n\n') };
};

function streamInJs(chunks, onWrite) {
  const utf8 = new TextDecoder();
  const stream = new ChunkStream('gemini-2.5-flash');
  for (const chunk of chunks) {
    const out = stream.push(utf8.decode(chunk, { stream: true }));
    if (out) onWrite(encoder.encode(out));
  }
  onWrite(encoder.encode(stream.end()));
}

/** @param {Core} core */
export function events(core, effort) {
  const count = 200;
  const request = bytesOf({ model: 'gemini-2.5-flash', stream: true, messages: [{ role: 'user', content: 'Hi' }] });
  const rows = [];
  for (const kind of KINDS) {
    const chunks = geminiEvents(kind, count).map((event) => encoder.encode(`data: ${JSON.stringify(event)}\r\n\r\n`));
    const said = (run) => {
      let all = '';
      run((bytes) => {
        all += decoder.decode(bytes);
      });
      return textOf(all);
    };
    const inCore = (onWrite) => core.stream(request, chunks, onWrite);
    const inJs = (onWrite) => streamInJs(chunks, onWrite);
    deepEqual(said(inCore), said(inJs));
    const swallow = () => {};
    const result = race({ js: () => inJs(swallow), core: () => inCore(swallow) }, effort);
    rows.push([kind, us(result.us.js / count), us(result.us.core / count), ratio(result.ratio.core)]);
  }
  return table(`Gemini events become chat chunks, per event (Node, ${count} events, one a chunk)`, ['', 'JS', 'core', 'ratio'], rows);
}

/** What a new isolate pays before its first request. @param {WebAssembly.Module} module */
export function instantiation(module, effort) {
  const { us: times } = race({ core: () => new Core(module) }, effort);
  return table('A new instance (Node)', ['', 'time'], [['instantiate, initialise and configure', us(times.core)]]);
}
