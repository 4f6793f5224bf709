// The idiomatic JavaScript gateway: translates, and does nothing else a gateway must (no keys, limits, failover, keepalives).
import { ChunkStream, fromGemini, toGemini } from './translate.js';

const MODELS = 'https://generativelanguage.googleapis.com/v1beta/models';
const HEADERS = { 'content-type': 'application/json', 'x-goog-api-key': 'key' };

function translator(model) {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  const chunks = new ChunkStream(model);
  return new TransformStream({
    transform(bytes, controller) {
      const out = chunks.push(decoder.decode(bytes, { stream: true }));
      if (out) controller.enqueue(encoder.encode(out));
    },
    flush(controller) {
      controller.enqueue(encoder.encode(chunks.end()));
    },
  });
}

export default {
  async fetch(request) {
    if (request.method !== 'POST' || new URL(request.url).pathname !== '/v1/chat/completions') {
      return new Response('not found', { status: 404 });
    }
    const body = await request.json();
    const call = body.stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
    const sent = { method: 'POST', headers: HEADERS, body: JSON.stringify(toGemini(body)) };
    const response = await fetch(`${MODELS}/${body.model}:${call}`, sent);
    if (!body.stream) return Response.json(fromGemini(await response.json(), body.model));
    return new Response(response.body.pipeThrough(translator(body.model)), { headers: { 'content-type': 'text/event-stream' } });
  },
};
