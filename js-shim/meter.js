// The Durable Object of one client key with limits: how many requests it has made this minute, how many tokens it has
// used this day. It answers from memory; each count that a limit needs is one row written, so that an eviction forgets
// nothing. What the limits are is asked along with each request: here is only the counting.
import { DurableObject } from 'cloudflare:workers';

// Statuses of an answer; src/account/limits.cc reads them.
const OK = 200;
const UNKNOWN = 404;
const TOO_MANY = 429;

const MINUTE = 60_000;
const DAY = 86_400_000;

/** @typedef {[number, string?]} Answer */
/** @typedef {{ ends: number, requests: number }} Minute `ends`: ms since 1970 */
/** @typedef {{ number: number, tokens: number }} Day `number`: of days since 1970 */

/** @param {number} ms */
const seconds = (ms) => Math.ceil(ms / 1000);

export class Meter extends DurableObject {
  /** @param {DurableObjectState} ctx @param {Env} env */
  constructor(ctx, env) {
    super(ctx, env);
    this.storage = ctx.storage;
    this.kv = ctx.storage.kv;
    this.minute = /** @type {Minute | undefined} */ (this.kv.get('minute')) ?? { ends: 0, requests: 0 };
    this.day = /** @type {Day | undefined} */ (this.kv.get('day')) ?? { number: 0, tokens: 0 };
  }

  /** @param {string} _name the key's id @param {string} verb @param {string} body @returns {Promise<Answer>} */
  async ask(_name, verb, body) {
    switch (verb) {
      case 'enter':
        return this.enter(body);
      case 'spend':
        return this.spend(Number(body));
      case 'forget':
        await this.storage.deleteAll();
        this.minute = { ends: 0, requests: 0 };
        this.day = { number: 0, tokens: 0 };
        return [OK];
      default:
        return [UNKNOWN];
    }
  }

  /** @param {string} body "REQUESTS-PER-MINUTE\nTOKENS-PER-DAY", 0: no limit @returns {Answer} [429, "requests|tokens SECONDS"] if over one */
  enter(body) {
    const [requests, tokens] = body.split('\n').map(Number);
    const now = Date.now();
    const spent = this.day.number === Math.floor(now / DAY) && this.day.tokens >= tokens;
    if (tokens && spent) return [TOO_MANY, `tokens ${seconds(DAY - (now % DAY))}`];
    if (!requests) return [OK];
    if (this.minute.ends <= now) this.minute = { ends: now + MINUTE, requests: 0 };
    if (this.minute.requests >= requests) return [TOO_MANY, `requests ${seconds(this.minute.ends - now)}`];
    this.minute.requests++;
    this.kv.put('minute', this.minute);
    return [OK];
  }

  /** @param {number} tokens @returns {Answer} */
  spend(tokens) {
    const today = Math.floor(Date.now() / DAY);
    if (this.day.number !== today) this.day = { number: today, tokens: 0 };
    this.day.tokens += tokens;
    this.kv.put('day', this.day);
    return [OK];
  }
}
