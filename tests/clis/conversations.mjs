// The conversations that every command-line client must hold through the gateway, over every upstream wire.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { MODELS, openLab } from './lab.mjs';

/**
 * What a client is to these tests. `prepare` says how to run it; `read` what it told its user.
 * @typedef {object} Client
 * @property {string} name
 * @property {string} [missing] why it cannot run here
 * @property {(prompt: string) => string} shell a prompt that has it run `prompt` in its shell tool
 * @property {(lab: import('./lab.mjs').Lab, wire: string, model: string, prompt: string) => object} prepare
 * @property {(run: { stdout: string, events: any[] }) => { text: string, problems: string[] }} read
 */

const WORDS = 'all is well at home';

/** Requests of the conversation itself: those that offer tools. */
const turns = (bodies) => bodies.filter((body) => body?.tools?.length || body?.request?.tools?.length);

function succeeded(client, run) {
  const told = client.read(run);
  const detail = `${run.stdout.slice(-3000)}\n${run.stderr.slice(-2000)}`;
  assert.equal(run.timedOut, false, `it hung:\n${detail}`);
  assert.equal(run.code, 0, detail);
  assert.deepEqual(told.problems, [], detail);
  return told.text;
}

const script = {
  async 'a plain prompt'(client, ask) {
    const run = await ask(`say "${WORDS}"`);
    assert.match(succeeded(client, run), new RegExp(WORDS));
    assert.equal(turns(run.bodies).length >= 1, true);
  },
  async 'a tool round trip'(client, ask) {
    const run = await ask(client.shell('echo hi-from-$((40+2))'));
    assert.match(succeeded(client, run), /Tool said: .*hi-from-42/s);
    assert.equal(turns(run.bodies).length, 2);
    assert.match(JSON.stringify(turns(run.bodies)[1]), /hi-from-42/);
  },
  async 'two tools at once'(client, ask) {
    const run = await ask(`${client.shell('echo one-$((1+1))')} ${client.shell('echo two-$((2+2))')}`);
    assert.match(succeeded(client, run), /Tool said: .*one-2.*two-4/s);
    assert.equal(turns(run.bodies).length, 2);
  },
};

/** Tests one client over `wires`. @param {Client} client @param {string[]} wires */
export function converse(client, wires = Object.keys(MODELS)) {
  /** @type {import('./lab.mjs').Lab} */
  let lab;
  before(async () => {
    if (!client.missing) lab = await openLab();
  });
  after(() => lab?.close());
  for (const wire of wires) {
    for (const [title, hold] of Object.entries(script)) {
      test(`${client.name} over ${wire}: ${title}`, { skip: client.missing ?? false, timeout: 120_000 }, async () => {
        await hold(client, (prompt) => lab.run(client.prepare(lab, wire, MODELS[wire], prompt)));
      });
    }
  }
}
