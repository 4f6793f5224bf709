// The conversations that every command-line client must hold through the gateway, over every upstream wire.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { MODELS } from '../edge/harness.mjs';
import { openLab } from './lab.mjs';

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

/** The tools that a request offers, on whichever wire. */
const toolsOf = (body) =>
  body?.tools ?? body?.request?.tools ?? body?.conversationState?.currentMessage.userInputMessage.userInputMessageContext?.tools;
// What is declared to Qwen's coders where a client declares no tool.
const isPlaceholder = (tool) => tool.function?.name === 'no_tool_available';
/** Requests of the conversation itself: those that offer tools. */
const turns = (bodies) => bodies.filter((body) => toolsOf(body)?.some((tool) => !isPlaceholder(tool)));

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
    const run = await ask(client.shell('expr 6000 + 42'));
    assert.match(succeeded(client, run), /Tool said: .*6042/s);
    assert.equal(turns(run.bodies).length, 2);
    assert.match(JSON.stringify(turns(run.bodies)[1]), /6042/);
  },
  async 'two tools at once'(client, ask) {
    const run = await ask(`${client.shell('expr 7000 + 101')} ${client.shell('expr 8000 + 202')}`);
    assert.match(succeeded(client, run), /Tool said: .*7101.*8202/s);
    assert.equal(turns(run.bodies).length, 2);
  },
};

// One gateway for all clients of a file, started when the first of them needs it.
/** @type {Promise<import('./lab.mjs').Lab> | undefined} */
let opened;
function theLab() {
  opened ??= openLab();
  return opened;
}
after(async () => (await opened)?.close());

/**
 * Tests one client. The tool round trip is held over every wire; the rest over the client's first.
 * @param {Client} client @param {string[]} wires
 */
export function converse(client, wires = Object.keys(MODELS)) {
  for (const wire of wires) {
    for (const [title, hold] of Object.entries(script)) {
      if (wire !== wires[0] && title !== 'a tool round trip') continue;
      test(`${client.name} over ${wire}: ${title}`, { skip: client.missing ?? false, timeout: 180_000 }, async () => {
        const lab = await theLab();
        await hold(client, (prompt) => lab.run(client.prepare(lab, wire, MODELS[wire], prompt)));
      });
    }
  }
}
