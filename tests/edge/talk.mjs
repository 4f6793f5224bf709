// What the tests of an upstream say through every surface, how they read the answer, and the one account they say it with.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask } from './ask.mjs';
import { grammar } from './grammar.mjs';

export const SURFACES = Object.keys(grammar);
export const HELLO = [{ user: 'Hello.' }];
export const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYPj/HwADAgH/p4Xy1wAAAABJRU5ErkJggg==';
export const tool = (name) => ({ name, parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } });
/** @param {{ name: string, args: object }[]} calls without what differs from wire to wire */
export const bare = (calls) => calls.map(({ name, args }) => ({ name, args }));

/**
 * Asks on `surface` while the upstream follows `turn`, and reads the answer strictly.
 * @param {Awaited<ReturnType<typeof import('./harness.mjs').start>>} edge @param {keyof typeof grammar} surface
 * @param {import('../upstreams/turn/turn.mjs').Turn} turn @param {import('./ask.mjs').Asked} asked
 */
export async function hear(edge, surface, turn, asked) {
  // A fault befalls every attempt: while nothing was sent to the client, the gateway tries again.
  edge.upstream.scenario({ turn, times: turn.fault ? 9 : 1 });
  const answer = await ask(edge.url, surface, asked);
  const streamed = answer.status === 200 && asked.stream;
  const reader = asked.array ? 'array' : streamed ? 'stream' : 'whole';
  assert.match(answer.type, reader === 'stream' ? /^text\/event-stream/ : /^application\/json/);
  try {
    return { status: answer.status, ...grammar[surface][reader](answer.text, { countUsage: true }) };
  } catch (error) {
    error.message += `\n---- HTTP ${answer.status}\n${answer.text.slice(0, 4000)}`;
    throw error;
  }
}

/** The only account of a provider, which every test logs in anew. */
export class Login {
  #edge;
  #count = 0;
  #record = {};
  /** @param {() => any} edge @param {{ id: string, provider: string, model: string, door: string }} of `door`: the simulator's path */
  constructor(edge, of) {
    this.#edge = edge;
    Object.assign(this, of);
  }
  /** With a base URL of its own: the same record again would be the same account, with its state. */
  async renew(record, door = this.door) {
    const edge = this.#edge();
    await edge.admin('DELETE', `/admin/accounts/${this.id}`);
    const base_url = edge.upstream.url + door.replace('N', String(this.#count++));
    this.#record = { provider: this.provider, id: this.id, base_url, ...record };
    await this.again();
  }
  /** The same record once more. */
  async again() {
    const added = await this.#edge().admin('POST', '/admin/accounts', this.#record);
    assert.equal(added.status, 201, await added.text());
  }
  async account() {
    return (await this.#edge().health()).accounts.find(({ id }) => id === this.id);
  }
  /** One chat completion, whole. */
  async say(extra = {}, model = this.model) {
    const body = { model: `${this.provider}/${model}`, messages: [{ role: 'user', content: 'hello' }], ...extra };
    const response = await this.#edge().post(body);
    const { choices, error } = await response.json();
    return { status: response.status, text: choices?.[0].message.content, message: choices?.[0].message, error };
  }
  /** What `said` came to, and in which state it left the account. */
  async outcome(said) {
    return [said.status, said.error?.code, (await this.account()).state];
  }
  async step(path, body) {
    return (await this.#edge().admin('POST', `/admin/login/${this.provider}/${path}`, body)).json();
  }
}

/**
 * A test for each failure of an upstream: what the client hears of it, and in which state it leaves the account.
 * @param {() => any} edge @param {Login} login @param {Record<string, [number, string, string]>} failures status, code and state by kind
 * @param {(kind: string) => void} also what else is to hold
 */
export function testFailures(edge, login, failures, also = () => {}) {
  for (const [kind, outcome] of Object.entries(failures)) {
    test(`${kind}: the client and the owner are told`, async () => {
      edge().upstream.scenario({ kind, times: 9 });
      const heard = await login.say();
      assert.deepEqual(await login.outcome(heard), outcome, JSON.stringify(heard));
      also(kind);
    });
  }
}
