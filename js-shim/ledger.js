// The Durable Object that keeps the usage of the whole deployment: rows of counts by day, client key, account, provider
// and model, to which the instances' batches are added. What a count means only the core knows; here are names of columns.
//
// Three tables. `usage` keeps the days apart, for as long as they are kept. `totals` holds the sum of all days up to
// the one in meta "through", so that whoever wants everything reads few rows, and nothing that was ever counted goes
// away. `senders` remembers the last batch of each instance: one that comes again has been counted.
import { DurableObject } from 'cloudflare:workers';

// Statuses of an answer; src/gateway/usage.cc reads them.
const OK = 200;
const UNKNOWN = 404;

// Of a line of a batch, in this order, separated by tabs. src/gateway/usage.h has the same.
const PARTS = ['day', 'key', 'account', 'provider', 'model'];
const COUNTS = ['requests', 'failures', 'cancelled', 'begun', 'input', 'cached', 'output', 'reasoning', 'latency_ms', 'first_byte_ms'];

const DAY = 86_400_000;
const KEPT_DAYS = 400;
const SENDER_DAYS = 7; // no instance lives that long
const MAX_ROWS = 50_000; // of an answer
const MAX_POINTS = 250; // data points that one call may write

/** @typedef {[number, string?]} Answer */
/** @typedef {{ writeDataPoint(point: object): void }} Dataset */

/** @param {number} ms */
const dayOf = (ms) => new Date(ms).toISOString().slice(0, 10);
/** @param {string[]} parts */
const table = (parts) => `(${parts.map((name) => `${name} TEXT NOT NULL`)}, ${COUNTS.map((name) => `${name} INTEGER NOT NULL`)},
  PRIMARY KEY (${parts})) WITHOUT ROWID`;
const sums = COUNTS.map((name) => `SUM(${name}) AS ${name}`);
/** Adds to a row, or makes it. @param {string} name @param {string[]} parts @param {string} values */
const addTo = (name, parts, values) =>
  `INSERT INTO ${name} (${[...parts, ...COUNTS]}) ${values} ON CONFLICT DO UPDATE SET ${COUNTS.map((each) => `${each} = ${each} + excluded.${each}`)}`;
/** @param {string[]} parts */
const placeholders = (parts) => `VALUES (${[...parts, ...COUNTS].map(() => '?')})`;

const TOTAL_PARTS = PARTS.slice(1);
const ADD_USAGE = addTo('usage', PARTS, placeholders(PARTS));
const ADD_TOTAL = addTo('totals', TOTAL_PARTS, placeholders(TOTAL_PARTS));
const FOLD = addTo(
  'totals',
  TOTAL_PARTS,
  `SELECT ${[...TOTAL_PARTS, ...sums]} FROM usage WHERE day > ? AND day < ? GROUP BY ${TOTAL_PARTS}`,
);

export class Ledger extends DurableObject {
  /** @param {DurableObjectState} ctx @param {Env} env */
  constructor(ctx, env) {
    super(ctx, env);
    this.storage = ctx.storage;
    this.sql = ctx.storage.sql;
    this.dataset = /** @type {Dataset | undefined} */ (env.ANALYTICS);
    this.sql.exec(`CREATE TABLE IF NOT EXISTS usage ${table(PARTS)}`);
    this.sql.exec(`CREATE TABLE IF NOT EXISTS totals ${table(TOTAL_PARTS)}`);
    this.sql.exec('CREATE TABLE IF NOT EXISTS senders (id TEXT PRIMARY KEY, batch INTEGER NOT NULL, day TEXT NOT NULL) WITHOUT ROWID');
    this.through = /** @type {string} */ (ctx.storage.kv.get('through') ?? '');
  }

  /** @param {string} _name @param {string} verb @param {string} body @returns {Promise<Answer>} */
  async ask(_name, verb, body) {
    switch (verb) {
      case 'add':
        return this.add(body);
      case 'read':
        return this.read(body);
      case 'totals':
        return this.totals();
      default:
        return [UNKNOWN];
    }
  }

  /** @param {string} body "SENDER\nBATCH\nline\n..." with batches numbered upwards @returns {Answer} */
  add(body) {
    const [sender, batch, ...lines] = body.split('\n');
    const rows = lines.filter((line) => line).map((line) => line.split('\t'));
    const fresh = this.storage.transactionSync(() => {
      const [last] = this.sql.exec('SELECT batch FROM senders WHERE id = ?', sender).toArray();
      if (last && Number(last.batch) >= Number(batch)) return false;
      this.endDays();
      for (const row of rows) {
        this.sql.exec(ADD_USAGE, ...row);
        if (row[0] <= this.through) this.sql.exec(ADD_TOTAL, ...row.slice(1)); // late, for a day that is in the totals
      }
      this.sql.exec('INSERT OR REPLACE INTO senders VALUES (?, ?, ?)', sender, Number(batch), dayOf(Date.now()));
      return true;
    });
    if (fresh) this.report(rows);
    return [OK];
  }

  /** To Analytics Engine, where it is bound. @param {string[][]} rows */
  report(rows) {
    for (const row of this.dataset ? rows.slice(0, MAX_POINTS) : []) {
      this.dataset?.writeDataPoint({
        indexes: [row[1]],
        blobs: row.slice(0, PARTS.length),
        doubles: row.slice(PARTS.length).map(Number),
      });
    }
  }

  /** Once a day: what lies before today goes into the totals, and what is too old goes. */
  endDays() {
    const now = Date.now();
    const through = dayOf(now - DAY);
    if (this.through >= through) return;
    this.sql.exec(FOLD, this.through, dayOf(now));
    this.sql.exec('DELETE FROM usage WHERE day < ?', dayOf(now - KEPT_DAYS * DAY));
    this.sql.exec('DELETE FROM senders WHERE day < ?', dayOf(now - SENDER_DAYS * DAY));
    this.storage.kv.put('through', through);
    this.through = through;
  }

  /** @param {string} body "FROM\nTO\npart,part": which days, both included, and what to tell apart @returns {Answer} */
  read(body) {
    const [from, to, by] = body.split('\n');
    const parts = PARTS.filter((name) => by.split(',').includes(name));
    const group = parts.length ? `GROUP BY ${parts}` : '';
    return this.lines(`SELECT ${[...parts, ...sums]} FROM usage WHERE day BETWEEN ? AND ? ${group}`, from, to);
  }

  /** All that was ever counted, all days in one. @returns {Answer} */
  totals() {
    const all = [...TOTAL_PARTS, ...COUNTS];
    const rows = `SELECT ${all} FROM totals UNION ALL SELECT ${all} FROM usage WHERE day > ?`;
    return this.lines(`SELECT ${[...TOTAL_PARTS, ...sums]} FROM (${rows}) GROUP BY ${TOTAL_PARTS}`, this.through);
  }

  /** Lines as a batch has them; a part that was not asked for is empty. @param {string} query @param {...string} values @returns {Answer} */
  lines(query, ...values) {
    const rows = this.sql.exec(`${query} LIMIT ${MAX_ROWS}`, ...values).toArray();
    const line = (/** @type {Record<string, unknown>} */ row) => [
      ...PARTS.map((name) => row[name] ?? ''),
      ...COUNTS.map((name) => row[name] ?? 0),
    ];
    return [OK, rows.map((row) => `${line(row).join('\t')}\n`).join('')];
  }
}
