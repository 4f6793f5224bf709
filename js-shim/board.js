// The Durable Object that holds how the accounts fare, for all instances of the gateway: one short text per account,
// which only the core understands, and a revision that grows with every change, so that a reader who knows the last one
// gets a short answer. It keeps all of it in one row, and in memory while it is awake: reading costs no row.
import { DurableObject } from 'cloudflare:workers';

// Statuses of an answer; src/account/board.cc reads them.
const OK = 200;
const UNCHANGED = 304;
const NONE = 404;
const OUTDATED = 409;

const MOST_ENTRIES = 2000; // of accounts that are long gone, too: the oldest make room

/** @typedef {{ revision: number, text: string }} Entry */
/** @typedef {[number, string?]} Answer */

/** @param {[string, Entry]} entry */
const line = ([key, { revision, text }]) => `${revision} ${key} ${text}\n`;

export class Board extends DurableObject {
  /** @param {DurableObjectState} ctx @param {Env} env */
  constructor(ctx, env) {
    super(ctx, env);
    this.kv = ctx.storage.kv;
    /** @type {{ revision: number, entries: Record<string, Entry> }} */
    this.board = this.kv.get('board') ?? { revision: 0, entries: {} };
  }

  /** @param {string} _name @param {string} verb @param {string} body @returns {Promise<Answer>} */
  async ask(_name, verb, body) {
    if (verb === 'read') return this.read(Number(body));
    if (verb === 'post') return this.post(...this.cut(body));
    return [NONE];
  }

  /** @param {string} body "KEY\nSEEN\nTEXT" @returns {[string, number, string]} */
  cut(body) {
    const [key, seen] = body.split('\n', 2);
    return [key, Number(seen), body.slice(key.length + seen.length + 2)];
  }

  /** What has changed since revision `known`; all, if that is of another life. @param {number} known @returns {Answer} */
  read(known) {
    const { revision, entries } = this.board;
    if (known === revision) return [UNCHANGED];
    const since = known < revision ? known : 0;
    const news = Object.entries(entries).filter(([, entry]) => entry.revision > since);
    return [OK, `${revision}\n${news.map(line).join('')}`];
  }

  /** Only for one who has seen the latest. @param {string} key @param {number} seen @param {string} text @returns {Answer} */
  post(key, seen, text) {
    const entries = { ...this.board.entries };
    const before = entries[key];
    if (before && before.revision !== seen) return [OUTDATED, line([key, before])];
    if (before?.text === text) return [OK, String(before.revision)];
    const revision = this.board.revision + 1;
    entries[key] = { revision, text };
    const old = Object.keys(entries).sort((a, b) => entries[b].revision - entries[a].revision);
    for (const gone of old.slice(MOST_ENTRIES)) delete entries[gone];
    const board = { revision, entries };
    this.kv.put('board', board);
    this.board = board;
    return [OK, String(revision)];
  }
}
