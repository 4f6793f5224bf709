// Kiro's event stream in Node: AWS's own codec and JSON.parse, which only read it, against the core, which reads it, checks it
// and writes the client's stream from it.
import { equal } from 'node:assert/strict';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { event } from '../tests/upstreams/kiro-frames.mjs';
import { Core } from './host.mjs';
import { race, ratio, table, us } from './measure.mjs';

const COUNT = 5000;
const CHUNK = 65_536;
const decoder = new TextDecoder();
const encoder = new TextEncoder();
const codec = new EventStreamCodec(
  (bytes) => decoder.decode(bytes),
  (text) => encoder.encode(text),
);

const words = (index) => `word ${index} `;
const tail = [
  event('metadataEvent', { stopReason: 'END_TURN' }),
  event('contextUsageEvent', { contextUsagePercentage: 1.5 }),
  event('meteringEvent', { unit: 'credit', unitPlural: 'credits', usage: 0.1 }),
];
const file = Buffer.concat([
  ...Array.from({ length: COUNT }, (_, index) => event('assistantResponseEvent', { content: words(index), modelId: 'claude-sonnet-4.5' })),
  ...tail,
]);

function read() {
  let text = '';
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  for (let at = 0; at < file.length; ) {
    const size = view.getUint32(at);
    const { headers, body } = codec.decode(new Uint8Array(file.buffer, file.byteOffset + at, size));
    const payload = JSON.parse(decoder.decode(body));
    if (headers[':event-type'].value === 'assistantResponseEvent') text += payload.content;
    at += size;
  }
  return text;
}

const ask = (stream) =>
  encoder.encode(JSON.stringify({ model: 'kiro/claude-sonnet-4.5', stream, messages: [{ role: 'user', content: 'Hi' }] }));

function said(run) {
  let all = '';
  run((bytes) => {
    all += decoder.decode(bytes);
  });
  const whole = all.match(/^\{.*\}$/m);
  if (whole) return JSON.parse(whole[0]).choices[0].message.content;
  return [...all.matchAll(/^data: (\{.*)$/gm)].map(([, json]) => JSON.parse(json).choices[0]?.delta.content ?? '').join('');
}

/** @param {Core} core */
export function frames(core, effort) {
  const chunks = [];
  for (let at = 0; at < file.length; at += CHUNK) chunks.push(new Uint8Array(file.subarray(at, at + CHUNK)));
  const rows = [];
  for (const [label, streamed] of /** @type {const} */ ([
    ['into one answer', false],
    ['into chat chunks', true],
  ])) {
    const request = ask(streamed);
    const inCore = (onWrite) => core.stream(request, chunks, onWrite);
    equal(said(inCore), read());
    const swallow = () => {};
    const result = race({ codec: read, core: () => inCore(swallow) }, effort);
    rows.push([label, us(result.us.codec), us(result.us.core), ratio(result.ratio.core), ratio(1 / result.ratio.core)]);
  }
  const title = `An AWS event stream of ${Math.round(file.length / 1000)} KB in ${COUNT} frames (Node)`;
  return table(title, ['', 'codec + JSON.parse', 'core', 'ratio', 'times faster'], rows);
}
