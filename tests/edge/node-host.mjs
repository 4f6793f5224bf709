// The Worker in plain Node: the same shim and the same Wasm behind Node's own HTTP server. Starts in a fraction of a second,
// where workerd takes several; ISTHMUS_HOST=node has the edge tests use it. What depends on workerd itself (its streams, its
// rules on input and output between requests) is only proven there.
// usage: node node-host.mjs FOLDER PORT, the variables as JSON in the environment variable VARS
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [, , folder, port] = process.argv;

// Node has no Durable Objects: without the bindings the gateway does what it does on a deployment that has none.
const PLATFORM = 'data:text/javascript,export class DurableObject {}';

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'cloudflare:workers' ? { url: PLATFORM, shortCircuit: true } : next(specifier, context),
  load(url, context, next) {
    if (!url.endsWith('.wasm')) return next(url, context);
    const bytes = readFileSync(fileURLToPath(url)).toString('base64');
    const source = `export default new WebAssembly.Module(Buffer.from('${bytes}', 'base64'));`;
    return { format: 'module', source, shortCircuit: true };
  },
});

// workerd's stream copies what is written before write() returns, and so may be fed from the core's memory.
class CopyingStream extends TransformStream {
  get writable() {
    const stream = super.writable;
    return {
      getWriter() {
        const writer = stream.getWriter();
        return {
          closed: writer.closed,
          write: (bytes) => writer.write(bytes.slice()),
          close: () => writer.close(),
        };
      },
    };
  }
}
Object.assign(globalThis, { IdentityTransformStream: CopyingStream });
// workerd's own word for the option that the standard has since got.
Object.assign(ReadableStreamBYOBReader.prototype, {
  readAtLeast(min, view) {
    return this.read(view, { min });
  },
});

const { default: worker } = await import(pathToFileURL(path.join(folder, 'js-shim', 'worker.js')).href);
const env = JSON.parse(process.env.VARS ?? '{}');
const ctx = { waitUntil() {}, passThroughOnException() {} };

/** What arrives, as the stream of bytes that workerd makes of it. @param {import('node:http').IncomingMessage} request */
const bytesOf = (request) =>
  new ReadableStream({
    type: 'bytes',
    start(stream) {
      request.on('data', (chunk) => stream.enqueue(new Uint8Array(chunk)));
      request.on('error', (error) => stream.error(error));
      request.on('end', () => {
        stream.close();
        stream.byobRequest?.respond(0);
      });
    },
  });

/** @param {import('node:http').IncomingMessage} request @param {AbortSignal} signal */
function toRequest(request, signal) {
  const headers = new Headers();
  for (let i = 0; i < request.rawHeaders.length; i += 2) headers.append(request.rawHeaders[i], request.rawHeaders[i + 1]);
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  const body = hasBody ? bytesOf(request) : undefined;
  return new Request(
    `http://${request.headers.host}${request.url}`,
    /** @type {any} */ ({
      method: request.method,
      headers,
      body,
      duplex: 'half',
      redirect: 'manual',
      signal,
    }),
  );
}

async function serve(request, response) {
  const gone = new AbortController();
  response.on('close', () => response.writableFinished || gone.abort());
  const answer = await worker.fetch(toRequest(request, gone.signal), env, ctx);
  response.writeHead(answer.status, [...answer.headers].flat());
  response.flushHeaders();
  if (!answer.body) return response.end();
  const reader = answer.body.getReader();
  response.on('close', () => reader.cancel().catch(() => {}));
  for (let part = await reader.read(); !part.done; part = await reader.read()) response.write(part.value);
  response.end();
}

const server = http.createServer((request, response) => {
  serve(request, response).catch((error) => {
    console.error(error);
    response.destroy();
  });
});
server.listen(Number(port), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
