// The whole worker in workerd: CPU of its process per request, beside a worker that only passes bytes on and one that translates
// in idiomatic JavaScript. Every answer is compared with what the upstream said before anything is timed.
import { equal, ok } from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { at } from '../scripts/lib.mjs';
import { conversation } from './conversations.mjs';
import { median, ratio, summary, table, us } from './measure.mjs';
import { startUpstream } from './upstream.mjs';
import { cpuOf, startWorker } from './workerd.mjs';

const account = { id: 'bench', provider: 'gemini', api_key: 'key' };
const workers = (dist) => ({
  pass: { main: 'pass.js', files: [at('bench/workers/pass.js')] },
  js: { main: 'js.js', files: [at('bench/workers/js.js'), at('bench/workers/translate.js')] },
  isthmus: {
    main: 'worker.js',
    files: readdirSync(dist)
      .filter((name) => /\.(js|wasm)$/.test(name))
      .map((name) => path.join(dist, name)),
    flags: ['enable_request_signal'],
    vars: { API_KEY: 'bench', ACCOUNTS: JSON.stringify([account]) },
  },
});

const hello = (stream, word) => ({ model: 'gemini-2.5-flash', stream, messages: [{ role: 'user', content: `${word} Hello` }] });
const whole = (kind, size) => {
  const body = conversation(kind, size);
  body.messages.at(-1).content += ' WHOLE';
  return body;
};
const WORKLOADS = [
  { name: 'small', body: hello(false, 'WHOLE'), requests: 300, connections: 8 },
  { name: 'prose 100 KB', body: whole('prose', 100_000), requests: 100, connections: 4 },
  { name: 'code 1 MB', body: whole('code', 1_000_000), requests: 16, connections: 2 },
  { name: 'stream of 100', body: hello(true, ''), requests: 60, connections: 8 },
  { name: 'stream of 100, paced', body: hello(true, 'PACED'), requests: 24, connections: 12 },
];

function post(agent, port, body) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', authorization: 'Bearer bench', 'content-length': body.length };
    const request = http.request({ agent, port, host: '127.0.0.1', method: 'POST', path: '/v1/chat/completions', headers }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode, text: Buffer.concat(parts).toString() }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

function wordsOf(text, streamed) {
  if (!streamed) return JSON.parse(text).choices[0].message.content;
  ok(text.trimEnd().endsWith('data: [DONE]'));
  return [...text.matchAll(/^data: (\{.*)$/gm)].map(([, json]) => JSON.parse(json).choices[0]?.delta.content ?? '').join('');
}

async function burst(agent, port, body, { requests, connections }) {
  let left = requests;
  const one = async () => {
    while (left-- > 0) {
      const { status, text } = await post(agent, port, body);
      if (status !== 200) throw new Error(`HTTP ${status}: ${text.slice(0, 300)}`);
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
}

async function cpuPerRequest(running, agent, body, load) {
  const before = cpuOf(running.pid);
  await burst(agent, running.port, body, load);
  return (cpuOf(running.pid) - before) / load.requests;
}

/** @param {string} dist the bundled Worker @param {{ rounds: number, scale: number }} effort */
export async function wholeWorker(dist, { rounds, scale }) {
  const upstream = await startUpstream();
  const agent = new http.Agent({ keepAlive: true });
  const running = {};
  for (const [name, worker] of Object.entries(workers(dist))) running[name] = await startWorker(worker, upstream.port);
  const names = ['js', 'pass', 'isthmus'];
  const rows = [];
  for (const workload of WORKLOADS) {
    const body = Buffer.from(JSON.stringify(workload.body));
    const said = workload.body.stream ? upstream.words.join('') : upstream.words.slice(0, 10).join('');
    for (const name of names) {
      const { text } = await post(agent, running[name].port, body);
      equal(wordsOf(text, workload.body.stream), said, `${name} changed the answer to '${workload.name}'`);
      await burst(agent, running[name].port, body, workload);
    }
    const load = { ...workload, requests: Math.max(workload.connections, Math.round(workload.requests * scale)) };
    const all = [];
    for (let round = 0; round < rounds; round++) {
      const times = {};
      for (const name of round % 2 ? names : [...names].reverse()) {
        times[name] = await cpuPerRequest(running[name], agent, body, load);
      }
      all.push(times);
    }
    const { us: cpu, ratio: to } = summary(all, names);
    rows.push([workload.name, us(cpu.pass), us(cpu.js), us(cpu.isthmus), ratio(to.pass), ratio(to.isthmus)]);
  }
  for (const worker of Object.values(running)) await worker.stop();
  agent.destroy();
  upstream.close();
  const header = ['', 'pass', 'JS', 'Isthmus', 'pass / JS', 'Isthmus / JS'];
  return table('The whole worker: CPU of the workerd process per request', header, rows);
}

/** From the start of the process to the first answer. */
export async function coldStart(dist, { rounds }) {
  const upstream = await startUpstream();
  const body = Buffer.from(JSON.stringify(hello(false, 'WHOLE')));
  const times = { pass: [], js: [], isthmus: [] };
  for (let round = 0; round < rounds; round++) {
    for (const [name, worker] of Object.entries(workers(dist))) {
      const agent = new http.Agent();
      const start = performance.now();
      const running = await startWorker(worker, upstream.port);
      const { status } = await post(agent, running.port, body);
      times[name].push(performance.now() - start);
      equal(status, 200);
      await running.stop();
    }
  }
  upstream.close();
  const over = times.isthmus.map((time, round) => time - times.pass[round]);
  const cells = ['pass', 'js', 'isthmus'].map((name) => `${median(times[name]).toFixed(0)} ms`);
  const header = ['', 'pass', 'JS', 'Isthmus', 'Isthmus over pass'];
  return table('Cold start: process start to first answer', header, [['first answer', ...cells, `${median(over).toFixed(1)} ms`]]);
}
