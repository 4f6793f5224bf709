// One client request in flight, on the host's side: the upstream's response, the client's, and the operations between.
// Its counterpart in the core has the same number.
import { readBody } from './body.js';
import { forRead, giveBack } from './buffers.js';
import { current } from './core.js';
import { open, seal } from './crypto.js';
import { lines, split } from './http.js';
import { ask } from './objects.js';
import * as storage from './storage.js';

// Statuses of a completion; src/host/abi.h names them.
const END = 0;
const CHUNK = 1;
const NOTHING_YET = 2;
const BROKEN = 3;
const OK = 200;
const UNAVAILABLE = 503;
const NETWORK = 599;

/** @type {Uint8Array} */
const NO_BYTES = new Uint8Array();

/** @typedef {Uint8Array | string} Content of a completion */

const BODILESS = new Set([101, 204, 205, 304]);

export class Exchange {
  /** @param {import('./core.js').Core} core @param {Env} env @param {ExecutionContext} ctx */
  constructor(core, env, ctx) {
    this.env = env;
    this.ctx = ctx;
    this.core = core;
    this.req = 0;
    this.join(core);
    this.over = false;
    this.answered = false; // the client has all of its answer, and the core has not been asked yet whether that is all
    this.left = false; // the client is through, and the core is still at something
    this.method = 'GET';
    this.target = '/';
    this.responded = false;
    /** @type {Promise<Response> | null} */
    this.answering = null;
    /** @type {ReadableStream | null} of the upstream's response, until it has ended */
    this.body = null;
    /** @type {ReadableStreamBYOBReader | null} */
    this.reader = null;
    /** @type {Promise<void> | null} the read or fetch that is under way, and what it came to */
    this.pending = null;
    /** @type {{ op: number, since: number, ms: number } | null} the operation that waits for it */
    this.waiting = null;
    /** @type {ReturnType<typeof setTimeout> | null} */
    this.timer = null;
    /** @type {(() => void) | null} delivers what came while nobody waited */
    this.arrived = null;
    /** @type {WritableStreamDefaultWriter<Uint8Array> | null} */
    this.writer = null;
    /** @type {Promise<void> | null} */
    this.written = null;
    /** @type {Promise<void> | null} */
    this.done = null; // until somebody asks for it
    /** @type {Promise<Response>} */
    this.response = new Promise((resolve) => (this.resolveResponse = resolve));
    /** @type {Promise<void>} */
    const orphaned = new Promise((resolve) => (this.resolveOrphaned = resolve));
    orphaned.then(() => this.moveTo(current(env)));
    this.moved = false;
    this.generation = 0; // of the upstream response: what belongs to an earlier one is ignored
  }

  /** @param {import('./core.js').Core} core */
  join(core) {
    this.core = core;
    this.req = core.next++;
    core.exchanges.set(this.req, this);
  }

  // ---- the client's request

  /** @param {Request} request */
  async serve(request) {
    const { url } = request; // absolute and normalised
    const target = url.slice(url.indexOf('/', url.indexOf('//') + 2));
    this.method = request.method;
    this.target = target;
    request.signal.addEventListener('abort', () => this.cancel());
    const headers = lines(request.headers);
    const head = `${this.method} ${target}\n${headers}`;
    /** @type {import('./body.js').Body} */
    let body;
    try {
      body = await readBody(request, headers, this.core.exports.max_body());
    } catch {
      this.cancel(); // the client hung up while it was sending
      return new Response(null, { status: 400 });
    }
    this.start(head + body.note, body.bytes);
    if (body.buffer) giveBack(body.buffer);
    return this.response;
  }

  /** @param {string} cron */
  async tick(cron) {
    const done = this.stay();
    this.start(`CRON ${cron}\n`, NO_BYTES);
    await done;
  }

  /** @param {string} lines start line and headers @param {Uint8Array} body */
  start(lines, body) {
    const { core } = this;
    /** @type {number | undefined} */
    let at;
    const open = (/** @type {number} */ size) => (at = core.call((x) => x.open(this.req, size + body.length)));
    let size = core.put(`${lines}\n`, open);
    if (at === 0) {
      body = NO_BYTES;
      size = core.put(`${lines}x-isthmus-overload: 1\n\n`, open);
    }
    if (!at) {
      if (!core.dead) this.bareFailure();
      return;
    }
    if (body.length) core.view(at + size, body.length).set(body);
    core.call((x) => x.start(this.req));
    this.part();
  }

  /** The instance died, maybe in another request's hands. This one goes on by itself: nobody may do its I/O. */
  orphaned() {
    this.waiting = null;
    if (this.moved) this.bareFailure();
    else this.resolveOrphaned?.();
  }

  /** A fresh instance tells the client what happened, in the client's protocol. @param {import('./core.js').Core} core */
  moveTo(core) {
    if (this.over) return;
    if (this.answered || this.left) return this.end();
    this.moved = true;
    this.dropUpstream();
    if (this.timer !== null) clearTimeout(this.timer);
    this.join(core);
    this.start(`TRAP ${this.target}\nresponded: ${this.responded ? 1 : 0}\n`, NO_BYTES);
  }

  /** When not even an error can be had from the core. */
  bareFailure() {
    if (this.writer) this.writer.abort('internal error').catch(() => {});
    else this.resolveResponse?.(new Response('internal error\n', { status: 500 }));
    this.end();
  }

  // ---- completions

  /** @param {number} op @param {number} status @param {Content} [content] */
  resume(op, status, content) {
    if (this.over) return;
    const core = this.core;
    let size = 0;
    if (content?.length) {
      size = core.put(content, (room) => core.call((x) => x.input(this.req, room)));
      if (size < 0) return;
      if (typeof content !== 'string') giveBack(content.buffer); // before the core runs, which may ask for the next chunk
    }
    core.call((x) => x.resume(this.req, op, status, size));
    this.part();
  }

  /** Completes `op` with what `promise` comes to. @param {number} op @param {Promise<[number, Content?]>} promise */
  async complete(op, promise) {
    const core = this.core;
    const [status, content] = await promise.catch(
      (error) => /** @type {[number, string]} */ ([UNAVAILABLE, String(error?.message ?? error)]),
    );
    if (core === this.core) this.resume(op, status, content);
  }

  // ---- waiting with a limit: one lazy timer per exchange, because a timer per read costs more than the read

  /** @param {number} op @param {number} ms */
  wait(op, ms) {
    this.waiting = { op, since: this.core.now(), ms };
    if (this.arrived) {
      const deliver = this.arrived;
      this.arrived = null;
      Promise.resolve().then(deliver); // which the platform's queueMicrotask takes longer for
    }
    this.timer ??= setTimeout(() => this.check(), ms);
  }

  check() {
    this.timer = null;
    if (!this.waiting) return;
    const left = this.waiting.since + this.waiting.ms - Date.now();
    if (left > 0) {
      this.timer = setTimeout(() => this.check(), left);
      return;
    }
    const { op } = this.waiting;
    this.waiting = null;
    this.resume(op, NOTHING_YET);
  }

  /** Something came: to whoever waits, now or later. @param {number} generation @param {number} status @param {Content} [content] */
  deliver(generation, status, content) {
    if (generation !== this.generation || this.over) return;
    if (!this.waiting) {
      this.arrived = () => this.deliver(generation, status, content);
      return;
    }
    const { op } = this.waiting;
    this.waiting = null;
    this.pending = null;
    this.resume(op, status, content);
  }

  // ---- upstream

  /** @param {number} op @param {Uint8Array} message @param {number} ms */
  fetch(op, message, ms) {
    this.dropUpstream();
    const generation = this.generation;
    const { start, headers, body } = split(message);
    const space = start.indexOf(' ');
    const url = start.slice(space + 1);
    // fetch() copies the body before it returns, so a view of the core's memory will do.
    const asked = fetch(url, {
      method: start.slice(0, space),
      headers,
      body: body.length ? body : undefined,
      redirect: 'manual',
    });
    this.pending = asked.then(
      (response) => {
        if (generation !== this.generation) return void response.body?.cancel().catch(() => {});
        this.body = response.body;
        this.deliver(generation, response.status, lines(response.headers));
      },
      () => this.deliver(generation, NETWORK, `no connection to ${URL.canParse(url) ? new URL(url).host : 'an invalid URL'}`),
    );
    this.wait(op, ms);
  }

  /** @param {number} op @param {number} ms */
  head(op, ms) {
    this.wait(op, ms);
  }

  /** @param {number} op @param {number} least @param {number} ms */
  read(op, least, ms) {
    this.pending ??= this.readChunk(this.generation, least);
    this.wait(op, ms);
  }

  /** @param {number} generation @param {number} least bytes */
  async readChunk(generation, least) {
    if (!this.body) return this.deliverLater(generation, END);
    this.reader ??= /** @type {ReadableStreamBYOBReader} */ (this.body.getReader({ mode: 'byob' }));
    try {
      const asked = this.reader.readAtLeast(least, new Uint8Array(forRead()));
      // The types deny it, but the end gives the buffer back too.
      const { value } = /** @type {{ value?: Uint8Array }} */ (await asked);
      // Back-pressure: nothing more is handed over before the client has taken the last write.
      if (this.written) await this.written;
      const rest = !!value && value.length < least; // after fewer there is only the end: no need to ask for it
      if (rest && generation === this.generation) this.body = null;
      if (value?.length) return this.deliver(generation, CHUNK, value);
      if (value) giveBack(value.buffer);
      if (generation === this.generation) this.body = null;
      this.deliver(generation, END);
    } catch {
      this.deliver(generation, BROKEN);
    }
  }

  /** @param {number} generation @param {number} status */
  deliverLater(generation, status) {
    Promise.resolve().then(() => this.deliver(generation, status));
  }

  close() {
    this.dropUpstream();
  }

  dropUpstream() {
    this.generation++;
    this.arrived = null;
    // One that has not answered yet is cancelled when it does, or with the exchange: an AbortController for every fetch
    // would cost more than it saves.
    if (this.body) (this.reader ?? this.body).cancel().catch(() => {});
    this.pending = null;
    this.reader = null;
    this.body = null;
  }

  // ---- storage, sealing, time

  /** @param {number} op @param {string} key */
  get(op, key) {
    this.complete(op, storage.get(this.env, key));
  }
  /** @param {number} op @param {string} message */
  put(op, message) {
    this.complete(op, storage.put(this.env, message));
  }
  /** @param {number} op @param {string} key */
  erase(op, key) {
    this.complete(op, storage.erase(this.env, key));
  }
  /** @param {number} op @param {string} prefix */
  list(op, prefix) {
    this.complete(op, storage.list(this.env, prefix));
  }
  /** @param {number} op @param {string} message */
  ask(op, message) {
    this.complete(op, ask(this.env, message));
  }
  /** @param {number} op @param {Uint8Array} plain */
  seal(op, plain) {
    this.complete(op, seal(this.env, plain));
  }
  /** @param {number} op @param {string} sealed */
  unseal(op, sealed) {
    this.complete(op, open(this.env, sealed));
  }

  /** @param {number} op @param {number} ms */
  sleep(op, ms) {
    setTimeout(() => this.resume(op, OK), ms);
  }

  /**
   * Woken by another exchange, but resumed from here: the platform forbids one request to do another's work.
   * @param {number} op @param {number} ms
   */
  park(op, ms) {
    const { core } = this;
    const woken = new Promise((resolve) => core.parked.set(op, () => resolve(OK)));
    const late = new Promise((resolve) => setTimeout(() => resolve(NOTHING_YET), ms));
    Promise.race([woken, late]).then((status) => {
      core.parked.delete(op);
      if (core === this.core) this.resume(op, status);
    });
  }

  // ---- the client's response

  /** @param {Uint8Array} message */
  answer(message) {
    const { start, headers, body } = split(message);
    const status = Number(start);
    const empty = this.method === 'HEAD' || BODILESS.has(status);
    // The constructor copies the view.
    this.resolveResponse?.(new Response(empty ? null : body, { status, headers }));
    this.responded = true;
    this.through();
  }

  /** @param {Uint8Array} head */
  respond(head) {
    const { start, headers } = split(head);
    const { readable, writable } = new IdentityTransformStream();
    this.stay();
    this.writer = writable.getWriter();
    this.writer.closed.catch(() => this.cancel());
    this.responded = true;
    this.resolveResponse?.(new Response(readable, { status: Number(start), headers }));
  }

  /** @param {Uint8Array} bytes */
  write(bytes) {
    if (!this.writer) return;
    // write() copies the view before it returns.
    const written = this.writer.write(bytes);
    written.catch(() => this.cancel());
    this.written = written;
  }

  finish() {
    this.writer?.close().catch(() => {});
    this.through();
  }

  /** The client has all of its answer. The core may have something to do for itself: it is asked when this turn is over. */
  through() {
    if (this.left) this.end();
    else this.answered = true;
  }

  /** After each turn of the core. */
  part() {
    if (this.answered) this.cancel();
  }

  /** The client has left, or has its answer. The core may have something to bring to an end; then it says when it is through. */
  cancel() {
    if (this.over || this.left) return;
    this.left = true;
    if (this.core.call((x) => x.cancel(this.req))) this.stay();
    else this.end();
  }

  /** Without this a request whose client left would stop in the middle, for ever. It is asked for when there is need. */
  stay() {
    if (this.done) return this.done;
    this.done = new Promise((resolve) => (this.resolveDone = resolve));
    this.ctx.waitUntil(this.done);
    return this.done;
  }

  end() {
    if (this.over) return;
    this.over = true;
    this.core.exchanges.delete(this.req);
    this.dropUpstream();
    if (this.timer !== null) clearTimeout(this.timer);
    this.resolveDone?.();
  }
}
