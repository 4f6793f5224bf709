// A host for the core in plain Node, as small as measuring allows: one exchange at a time, completions at once, no network.
import { readFileSync } from 'node:fs';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const OK = 200;
const END = 0;
const CHUNK = 1;
const EMPTY = new Uint8Array();
const CHAT = '/v1/chat/completions';
const HEAD = encoder.encode('content-type: text/event-stream\n');
const ACCOUNTS = [
  { id: 'bench', provider: 'gemini', base_url: 'http://upstream', api_key: 'key' },
  { id: 'frames', provider: 'kiro', base_url: 'http://upstream', api_key: 'ksk_bench' },
];

export class Core {
  /** @param {WebAssembly.Module} module */
  constructor(module) {
    this.req = 0;
    /** @type {[number, number, Uint8Array][]} operations that the core waits for, and what they come to */
    this.due = [];
    /** @type {Uint8Array[]} what the upstream will send */
    this.chunks = [];
    this.asked = EMPTY; // the last request to the upstream
    this.keep = true;
    /** @type {(bytes: Uint8Array) => void} */
    this.onWrite = () => {};
    this.exports = /** @type {any} */ (new WebAssembly.Instance(module, { host: this.imports(module) }).exports);
    this.exports._initialize();
    this.open('CONFIG env\n\n', encoder.encode(JSON.stringify({ API_KEY: 'bench', ACCOUNTS: JSON.stringify(ACCOUNTS) })));
  }

  view(at, size) {
    return new Uint8Array(this.exports.memory.buffer, at, size);
  }

  imports(module) {
    const complete = (op, status, bytes = EMPTY) => this.due.push([op, status, bytes]);
    const known = {
      fetch: (_req, op, at, size) => {
        this.asked = this.view(at, size).slice();
        if (this.chunks.length) complete(op, OK, HEAD);
      },
      read: (_req, op) => {
        const chunk = this.chunks.shift();
        complete(op, chunk ? CHUNK : END, chunk);
      },
      get: (_req, op) => complete(op, 404),
      ask: (_req, op) => complete(op, 501),
      put: (_req, op) => complete(op, OK),
      list: (_req, op) => complete(op, OK),
      now: () => Date.now(),
      random: (at, size) => void crypto.getRandomValues(this.view(at, size)),
      write: (_req, at, size) => this.onWrite(this.view(at, size)),
      answer: (_req, at, size) => this.onWrite(this.view(at, size)),
      log: (_level, at, size) => console.log(decoder.decode(this.view(at, size))),
    };
    // What a generation never asks for does nothing here.
    return Object.fromEntries(WebAssembly.Module.imports(module).map(({ name }) => [name, known[name] ?? (() => {})]));
  }

  open(start, body) {
    const head = encoder.encode(start);
    const at = this.exports.open(this.req, head.length + body.length);
    this.view(at, head.length).set(head);
    this.view(at + head.length, body.length).set(body);
    this.exports.start(this.req);
  }

  settle() {
    for (let next = this.due.shift(); next; next = this.due.shift()) {
      const [op, status, bytes] = next;
      if (bytes.length) this.view(this.exports.input(this.req, bytes.length), bytes.length).set(bytes);
      this.exports.resume(this.req, op, status, bytes.length);
    }
  }

  /** Starts a generation and goes on for as long as nobody has to be waited for. @param {Uint8Array} body @param {string} path */
  ask(body, path) {
    this.req++;
    this.open(`POST ${path}\nauthorization: Bearer bench\ncontent-type: application/json\n\n`, body);
    this.settle();
  }

  /** The bytes of the upstream request that `body` becomes. @param {Uint8Array} body */
  translate(body, path = CHAT) {
    this.chunks = [];
    this.asked = EMPTY;
    this.ask(body, path);
    this.exports.cancel(this.req);
    this.settle();
    return this.asked.subarray(blankLine(this.asked) + 2);
  }

  /** Answers `body` with the upstream's `chunks`; every write goes to `onWrite`. */
  stream(body, chunks, onWrite, path = CHAT) {
    this.chunks = [...chunks];
    this.onWrite = onWrite;
    this.ask(body, path);
    if (this.exports.live()) throw new Error('the answer did not come to an end');
  }
}

function blankLine(message) {
  let at = message.indexOf(10);
  while (at >= 0 && message[at + 1] !== 10) at = message.indexOf(10, at + 1);
  return at;
}

/** @param {string} file */
export const compile = (file) => new WebAssembly.Module(readFileSync(file));
