// The upstream of the worker benchmark: Gemini for the translators, chat completions for the pass-through worker. It answers
// with the same words to all, and costs the measured process nothing.
import { createServer } from 'node:http';
import { geminiEvents } from './conversations.mjs';

const EVENTS = 100;
const PACE_MS = 4;
const events = geminiEvents('prose', EVENTS);
const pieces = events.map((event) => event.candidates[0].content.parts[0].text).filter(Boolean);

const whole = JSON.stringify({
  ...events.at(-1),
  candidates: [{ ...events.at(-1).candidates[0], content: { role: 'model', parts: [{ text: pieces.slice(0, 10).join('') }] } }],
});
const short = [...geminiEvents('prose', EVENTS).slice(0, 10), JSON.parse(whole)].map((event, i) =>
  i < 10 ? event : { ...event, candidates: [{ ...event.candidates[0], content: { role: 'model', parts: [] } }] },
);
const geminiFrames = (list) => list.map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`);
const chunk = (delta, reason = null) => {
  const choices = [{ index: 0, delta, finish_reason: reason }];
  return `data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1, model: 'm', choices })}\n\n`;
};
const chatFrames = [...pieces.map((content) => chunk({ content })), chunk({}, 'stop'), 'data: [DONE]\n\n'];
const message = { role: 'assistant', content: pieces.slice(0, 10).join('') };
const chatWhole = JSON.stringify({
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  choices: [{ index: 0, message, finish_reason: 'stop' }],
});

async function send(response, frames, paced) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const frame of paced ? frames : [frames.join('')]) {
    response.write(frame);
    if (paced) await new Promise((resolve) => setTimeout(resolve, PACE_MS));
  }
  response.end();
}

function answer(path, body, response) {
  const paced = body.includes('PACED');
  const streamed = path.includes(':streamGenerateContent');
  // A gateway that always streams asks for a stream here too; the words are those of the whole answer.
  if (streamed) return send(response, geminiFrames(body.includes('WHOLE') ? short : events), paced);
  if (!path.includes(':generateContent') && body.includes('"stream":true')) return send(response, chatFrames, paced);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(path.includes(':generateContent') ? whole : chatWhole);
}

/** Listens on a free port of 127.0.0.1. */
export async function startUpstream() {
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    answer(request.url ?? '/', Buffer.concat(parts).toString('latin1'), response);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  return { port: /** @type {import('node:net').AddressInfo} */ (server.address()).port, words: pieces, close: () => server.close() };
}
