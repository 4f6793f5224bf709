// The Durable Object of one account: its credential's latest generation, and the lease to make the next one.
//
// KV is read everywhere and lags behind; it cannot arbitrate. A refresh token that is traded twice is dead, so whoever
// wants to trade one takes the lease here first, has the trade sent from here, and commits what came of it. The answer of
// the upstream is written down (sealed) before anybody else hears of it: if the one that asked is gone by then, the next
// holder of the lease is given that answer instead of a second trade.
//
// What a record means only the core knows. Here it is a number and a sealed text.
import { DurableObject } from 'cloudflare:workers';
import { open, seal } from './crypto.js';
import { encode, lines, split, text } from './http.js';

// Statuses of an answer; src/account/lease.cc reads them.
const OK = 200;
const NONE = 404;
const NEWER = 409;
const GONE = 410;
const LOST = 412;
const BUSY = 423;
const NETWORK = 599;

const JOURNAL = 'journal:';
const FETCH_MS = 25_000;
const RETRY_MS = 60_000;

/** @typedef {{ generation: number, sealed: string }} Entry a tombstone's `sealed` is empty */
/** @typedef {[number, string?]} Answer */

/** The first `count` lines of `body`, and the rest. @param {string} body @param {number} count */
function cut(body, count) {
  const head = body.split('\n', count);
  const size = head.reduce((sum, line) => sum + line.length + 1, 0);
  return [...head, body.slice(size)];
}

/** @param {string} string */
async function digest(string) {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', encode(string)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export class Vault extends DurableObject {
  /** @param {DurableObjectState} ctx @param {Env} env */
  constructor(ctx, env) {
    super(ctx, env);
    this.kv = ctx.storage.kv;
    this.storage = ctx.storage;
    this.vars = env;
    /** @type {Map<string, Promise<string>>} trades under way, by digest */
    this.trades = new Map();
  }

  /** @param {string} name the record's key in KV @param {string} verb @param {string} body @returns {Promise<Answer>} */
  async ask(name, verb, body) {
    switch (verb) {
      case 'lease':
        return this.lease(body);
      case 'send':
        return this.send(body);
      case 'commit':
        return this.commit(name, body);
      case 'release':
        return this.release(body);
      case 'put':
        return this.put(name, body);
      case 'add':
        return this.add(name, body);
      case 'erase':
        return this.add(name, `${body}\n`);
      default:
        return [NONE];
    }
  }

  /** @returns {Entry} */
  record() {
    return this.kv.get('record') ?? { generation: 0, sealed: '' };
  }

  /** The lease in force. @returns {{ token: string, until: number } | undefined} */
  leased() {
    const lease = /** @type {{ token: string, until: number } | undefined} */ (this.kv.get('lease'));
    return lease && lease.until > Date.now() ? lease : undefined;
  }

  /** @param {number} known the generation that the caller knows @returns {Answer | undefined} what it must be told first */
  outdated(known) {
    const { generation, sealed } = this.record();
    if (generation <= known) return undefined;
    return sealed ? [NEWER, sealed] : [GONE];
  }

  /** @param {string} body "GENERATION\nMS" @returns {Answer} */
  lease(body) {
    const [known, ms] = cut(body, 2).map(Number);
    const outdated = this.outdated(known);
    if (outdated) return outdated;
    if (this.leased()) return [BUSY];
    const token = crypto.randomUUID();
    this.kv.put('lease', { token, until: Date.now() + ms });
    return [OK, token];
  }

  /** @param {string} token */
  holds(token) {
    return this.leased()?.token === token;
  }

  /** @param {string} body "TOKEN\nMESSAGE" @returns {Promise<Answer>} */
  async send(body) {
    const [token, message] = cut(body, 1);
    if (!this.holds(token)) return [LOST];
    this.kv.put('sent', token);
    const id = JOURNAL + (await digest(message));
    const kept = /** @type {string | undefined} */ (this.kv.get(id));
    if (kept) {
      const [status, bytes] = await open(this.vars, kept);
      if (bytes && status < 300) return [OK, text(bytes)];
    }
    let trade = this.trades.get(id);
    if (!trade) {
      trade = this.trade(id, message).finally(() => this.trades.delete(id));
      this.trades.set(id, trade);
    }
    return [OK, await trade];
  }

  /** Sends `message`, and writes the answer down if it was a success. @param {string} id @param {string} message */
  async trade(id, message) {
    const { start, headers, body } = split(encode(message));
    const [method, url] = start.split(' ');
    const request = { method, headers, body: body.length ? body : undefined, redirect: /** @type {const} */ ('manual') };
    let answer;
    try {
      const response = await fetch(url, { ...request, signal: AbortSignal.timeout(FETCH_MS) });
      answer = `${response.status}\n${lines(response.headers)}\n${await response.text()}`;
      if (!response.ok) return answer;
    } catch {
      return `${NETWORK}\n\nno answer`;
    }
    const [status, sealed] = await seal(this.vars, encode(answer));
    if (status === OK) this.kv.put(id, sealed);
    return answer;
  }

  /** @param {string} name @param {string} body "TOKEN\nGENERATION\nSEALED" @returns {Promise<Answer>} */
  async commit(name, body) {
    const [token, generation, sealed] = cut(body, 2);
    if (!this.holds(token)) return [LOST];
    return this.write(name, Number(generation), sealed);
  }

  /**
   * The holder has changed nothing. What it was given by send() has been of no use; an answer that it did not ask for is kept.
   * @param {string} token @returns {Answer}
   */
  release(token) {
    if (!this.holds(token)) return [LOST];
    if (this.kv.get('sent') === token) this.clear(JOURNAL);
    this.kv.delete('lease');
    return [OK];
  }

  /** A change that no trade made, such as a discovered project. @param {string} name @param {string} body "KNOWN\nGENERATION\nSEALED" */
  async put(name, body) {
    const [known, generation, sealed] = cut(body, 2);
    const outdated = this.outdated(Number(known));
    if (outdated) return outdated;
    // The outcome of a trade that nobody has committed yet would be lost with the record that it belongs to.
    if (this.leased() || [...this.kv.list({ prefix: JOURNAL })].length) return /** @type {Answer} */ ([BUSY]);
    return this.write(name, Number(generation), sealed);
  }

  /** A person's word counts whatever is here. @param {string} name @param {string} body "GENERATION\nSEALED" */
  async add(name, body) {
    const [generation, sealed] = cut(body, 1);
    if (Number(generation) <= this.record().generation) return /** @type {Answer} */ ([NEWER, String(this.record().generation)]);
    return this.write(name, Number(generation), sealed);
  }

  /** @param {string} prefix */
  clear(prefix) {
    for (const [key] of [...this.kv.list({ prefix })]) this.kv.delete(key);
  }

  /** @param {string} name @param {number} generation @param {string} sealed empty: a tombstone @returns {Promise<Answer>} */
  async write(name, generation, sealed) {
    this.storage.transactionSync(() => {
      this.kv.put('record', { generation, sealed });
      this.kv.put('name', name);
      this.kv.delete('lease');
      this.clear(JOURNAL);
    });
    await this.writeThrough();
    return [OK];
  }

  /** To KV, from where everybody reads. While that fails the record is safe here, and the alarm tries again. */
  async writeThrough() {
    const { sealed } = this.record();
    const name = /** @type {string} */ (this.kv.get('name'));
    try {
      if (sealed) await this.vars.ISTHMUS?.put(name, sealed);
      else await this.vars.ISTHMUS?.delete(name);
    } catch (error) {
      console.warn(`KV did not take ${name}; trying again in a minute:`, String(error));
      await this.storage.setAlarm(Date.now() + RETRY_MS);
    }
  }

  async alarm() {
    await this.writeThrough();
  }
}
