// npm run soak [-- --minutes 10] [--clients 8] [--seed N]: a gateway in workerd under mixed faults for a while. Every upstream
// now and then refuses, breaks off, stalls or says an error; every client now and then hangs up. What must hold:
//   - every answer obeys the grammar of its surface, and comes within its time
//   - a client that stays hears of a fault only as an error, never as an answer that looks whole
//   - in the end nothing is in flight, every account serves again, the memory has not grown, and every request was counted once
import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import { ask } from '../edge/ask.mjs';
import { grammar } from '../edge/grammar.mjs';
import { ADMIN, allWires, geminiAccount, KEY, MODELS, start } from '../edge/harness.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    clients: { type: 'string', default: '8' },
    seed: { type: 'string', default: String(Date.now() % 1e6) },
  },
});
const SURFACES = Object.keys(grammar);
const WIRES = Object.keys(MODELS);
const TEXT = { text: 'Good day; it is 12° outside.' };
const CALL = { calls: [{ name: 'weather', args: { city: 'Köln' } }] };
const TURNS = [TEXT, TEXT, CALL, { fault: 'refuse' }, { ...TEXT, fault: 'error' }, { ...TEXT, fault: 'cut' }];
const TOOL = { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } };

let state = Number(values.seed) || 1;
const roll = (n) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * n);
};
const pick = (list) => list[roll(list.length)];

const counts = { asked: 0, served: 0, refused: 0, ended_with_error: 0, left: 0 };
const edge = await start({
  accounts: (upstream) => [...allWires(upstream), geminiAccount(upstream, 'g2', 'sim-gemini-key-2')],
  vars: { USAGE_FLUSH_MS: '2000', IDLE_MS: '5000' },
});

async function leave(model) {
  const client = new AbortController();
  setTimeout(() => client.abort(), roll(200));
  const body = { model, stream: true, messages: [{ role: 'user', content: 'hello' }] };
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(body), signal: client.signal };
  const heard = fetch(`${edge.url}/v1/chat/completions`, init).then((response) => response.text());
  await heard.catch(() => {});
  counts.left++;
}

async function stay(surface, model) {
  const asked = { model, stream: roll(3) > 0, messages: [{ user: 'How is it outside?' }], tools: [TOOL] };
  const answer = await ask(edge.url, surface, asked); // within 20 s
  const reader = answer.status === 200 && asked.stream ? 'stream' : 'whole';
  const heard = grammar[surface][reader](answer.text, { countUsage: true });
  if (answer.status !== 200) {
    assert.ok(heard.error, 'an error says what it is');
    counts.refused++;
  } else if (heard.error) {
    counts.ended_with_error++;
  } else {
    assert.ok(heard.text || heard.calls.length, `an answer with nothing in it: ${answer.text.slice(0, 500)}`);
    counts.served++;
  }
}

async function client(until) {
  while (Date.now() < until) {
    edge.upstream.scenario({ turn: pick(TURNS) });
    const model = MODELS[pick(WIRES)];
    counts.asked++;
    await (roll(10) ? stay(pick(SURFACES), model) : leave(model));
  }
}

async function everyAccountServes() {
  edge.upstream.reset();
  const { accounts } = await edge.health();
  for (const { id } of accounts) await edge.admin('POST', `/admin/accounts/${id}/check`);
  for (const wire of WIRES) {
    const answer = await ask(edge.url, 'chat', { model: MODELS[wire], stream: false, messages: [{ user: 'hello' }] });
    counts.asked++;
    assert.equal(answer.status, 200, `${wire}: ${answer.text}`);
  }
}

async function everyRequestCounted() {
  const headers = { authorization: `Bearer ${ADMIN}` };
  const { data } = await (await fetch(`${edge.url}/admin/usage?by=day`, { headers })).json();
  const requests = data.reduce((sum, row) => sum + row.requests, 0);
  // A client that hung up before its request had arrived asked for nothing.
  assert.ok(requests <= counts.asked && requests >= counts.asked - counts.left, `${requests} counted, ${counts.asked} asked`);
}

const minutes = Number(values.minutes);
console.log(`soak: ${minutes} minutes, ${values.clients} clients, seed ${values.seed}`);
const progress = setInterval(() => console.log(`soak: ${JSON.stringify(counts)}`), 15_000);
try {
  const clients = (until) => Promise.all(Array.from({ length: Number(values.clients) }, () => client(until)));
  await clients(Date.now() + minutes * 20_000); // what grows once
  const before = (await edge.health()).memory_bytes;
  await clients(Date.now() + minutes * 40_000);
  assert.equal(await edge.quiet(), 0, 'requests are still in flight');
  await everyAccountServes();
  await everyRequestCounted();
  // The core's own; the development server around it grows with every request, whatever the Worker.
  const after = (await edge.health()).memory_bytes;
  assert.ok(after <= before + (4 << 20), `the core's memory went from ${before} to ${after} bytes`);
  console.log(`soak: seed ${values.seed}, ${JSON.stringify(counts)}, memory ${before} -> ${after} bytes: all held`);
} finally {
  clearInterval(progress);
  await edge.stop();
}
