// The core's instance: made when first needed, thrown away after a trap or when it has grown large and idle.
import module from '../build/isthmus.wasm';
import { encode, fits, text } from './http.js';

const ABI_VERSION = 2;
// Linear memory never shrinks: an idle instance above this is replaced, so that one large request does not stay for ever.
const IDLE_MEMORY = 48 << 20;
const SECRET_BINDINGS = new Set(['SEAL_KEY', 'SEAL_KEY_PREVIOUS']); // of crypto.js alone: the core never sees them

/** @type {Core | null} */
let instance = null;

/** The instance that serves new exchanges. @param {Env} env */
export function current(env) {
  if (instance?.idle() && instance.exports.memory_size() > IDLE_MEMORY) instance = null;
  instance ??= new Core(env);
  return instance;
}

const LOG = [console.log, console.warn, console.error];

export class Core {
  /** @param {Env} env */
  constructor(env) {
    this.env = env;
    /** @type {Map<number, import('./exchange.js').Exchange>} */
    this.exchanges = new Map();
    /** @type {Map<number, () => void>} operations that wait to be woken */
    this.parked = new Map();
    this.next = 1;
    this.dead = false;
    this.time = 0; // of this turn, once it was asked for
    this.bytes = new Uint8Array();
    const wasm = new WebAssembly.Instance(module, { host: this.imports() });
    this.exports = /** @type {CoreExports} */ (/** @type {unknown} */ (wasm.exports));
    this.exports._initialize();
    const version = this.exports.abi_version();
    if (version !== ABI_VERSION) throw new Error(`the core speaks ABI ${version}, this shim ${ABI_VERSION}`);
    this.configure();
  }

  idle() {
    return this.exchanges.size === 0;
  }

  /** A view of the core's memory, good until the core runs again. @param {number} at @param {number} size */
  view(at, size) {
    if (this.bytes.byteLength === 0) this.bytes = new Uint8Array(this.exports.memory.buffer);
    return this.bytes.subarray(at, at + size);
  }

  /** @param {number} at @param {number} size */
  text(at, size) {
    return text(this.view(at, size));
  }

  /**
   * Puts `content` where `place` makes room for so many bytes. Its size, or -1 if there is no room.
   * @param {string | Uint8Array} content @param {(size: number) => number | undefined} place
   */
  put(content, place) {
    if (typeof content === 'string') {
      const at = place(content.length);
      if (!at) return -1;
      if (fits(content, this.view(at, content.length))) return content.length;
    }
    const bytes = typeof content === 'string' ? encode(content) : content;
    const at = place(bytes.length);
    if (!at) return -1;
    this.view(at, bytes.length).set(bytes);
    return bytes.length;
  }

  /**
   * Every entry into the core goes through here: a trap ends the instance, and its exchanges move on.
   * @template T @param {(exports: CoreExports) => T} enter @returns {T | undefined}
   */
  call(enter) {
    if (this.dead) return undefined;
    this.time = 0;
    try {
      return enter(this.exports);
    } catch (error) {
      this.die(error);
      return undefined;
    }
  }

  /** The platform's clock stands still while a turn of the core lasts, and reading it costs more than remembering it. */
  now() {
    this.time ||= Date.now();
    return this.time;
  }

  /** @param {unknown} error */
  die(error) {
    console.error('the core trapped:', error);
    this.dead = true;
    if (instance === this) instance = null;
    const orphans = [...this.exchanges.values()];
    this.exchanges.clear();
    for (const exchange of orphans) exchange.orphaned();
  }

  configure() {
    const all = Object.entries(this.env);
    const variables = all.filter(([name, value]) => typeof value === 'string' && !SECRET_BINDINGS.has(name));
    const names = all.filter(([, value]) => value && typeof value === 'object').map(([name]) => name);
    const message = encode(`CONFIG env\nbindings: ${names.join(' ')}\n\n${JSON.stringify(Object.fromEntries(variables))}`);
    const at = this.exports.open(0, message.length);
    this.view(at, message.length).set(message);
    this.exports.start(0);
  }

  /** Everything the core can ask for; docs/abi.md specifies each. */
  imports() {
    /** @param {number} req */
    const at = (req) => this.exchanges.get(req);
    /** @typedef {number} N */
    return {
      fetch: (/** @type {N} */ req, /** @type {N} */ op, /** @type {N} */ p, /** @type {N} */ n, /** @type {N} */ ms) =>
        at(req)?.fetch(op, this.view(p, n), ms),
      head: (/** @type {N} */ req, /** @type {N} */ op, /** @type {N} */ ms) => at(req)?.head(op, ms),
      read: (/** @type {N} */ req, /** @type {N} */ op, /** @type {N} */ least, /** @type {N} */ ms) => at(req)?.read(op, least, ms),
      close: (/** @type {N} */ req) => at(req)?.close(),
      get: (/** @type {N} */ req, /** @type {N} */ op, /** @type {N} */ p, /** @type {N} */ n) => at(req)?.get(op, this.text(p, n)),
      put: (/** @type {N} */ req, /** @type {N} */ op, /** @type {N} */ p, /** @type {N} */ n) => at(req)?.put(op, this.text(p, n)),
      erase: (/** @type {N} */ req, /** @type {N} */ op, /** @type {N} */ p, /** @type {N} */ n) => at(req)?.erase(op, this.text(p, n)),
      list: (/** @type {N} */ req, /** @type {N} */ op, /** @type {N} */ p, /** @type {N} */ n) => at(req)?.list(op, this.text(p, n)),
      ask: (/** @type {N} */ req, /** @type {N} */ op, /** @type {N} */ p, /** @type {N} */ n) => at(req)?.ask(op, this.text(p, n)),
      seal: (/** @type {N} */ req, /** @type {N} */ op, /** @type {N} */ p, /** @type {N} */ n) =>
        at(req)?.seal(op, this.view(p, n).slice()),
      unseal: (/** @type {N} */ req, /** @type {N} */ op, /** @type {N} */ p, /** @type {N} */ n) => at(req)?.unseal(op, this.text(p, n)),
      sleep: (/** @type {N} */ req, /** @type {N} */ op, /** @type {N} */ ms) => at(req)?.sleep(op, ms),
      park: (/** @type {N} */ req, /** @type {N} */ op, /** @type {N} */ ms) => at(req)?.park(op, ms),
      wake: (/** @type {N} */ op) => this.parked.get(op)?.(),
      now: () => this.now(),
      random: (/** @type {N} */ p, /** @type {N} */ n) => void crypto.getRandomValues(this.view(p, n)),
      answer: (/** @type {N} */ req, /** @type {N} */ p, /** @type {N} */ n) => at(req)?.answer(this.view(p, n)),
      respond: (/** @type {N} */ req, /** @type {N} */ p, /** @type {N} */ n) => at(req)?.respond(this.view(p, n)),
      write: (/** @type {N} */ req, /** @type {N} */ p, /** @type {N} */ n) => at(req)?.write(this.view(p, n)),
      finish: (/** @type {N} */ req) => at(req)?.finish(),
      log: (/** @type {N} */ level, /** @type {N} */ p, /** @type {N} */ n) => LOG[level](this.text(p, n)),
    };
  }
}
