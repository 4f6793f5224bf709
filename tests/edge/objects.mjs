// The Durable Objects by themselves, in workerd: a Worker that hands each request to the object that its path names.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { at } from '../../scripts/lib.mjs';
import { startWorkerd } from './workerd.mjs';

// Wrangler's local Analytics Engine drops what it is given: here is one that tells.
const WORKER = `
import * as ledger from './js-shim/ledger.js';
export class Ledger extends ledger.Ledger {
  constructor(ctx, env) {
    const points = [];
    super(ctx, { ...env, ANALYTICS: { writeDataPoint: (point) => points.push(point) } });
    this.points = points;
  }
  async ask(name, verb, body) {
    return verb === 'points' ? [200, JSON.stringify(this.points)] : super.ask(name, verb, body);
  }
}
export { Meter } from './js-shim/meter.js';
export default {
  async fetch(request, env) {
    const [, binding, name, verb] = new URL(request.url).pathname.split('/');
    if (binding === 'health') return new Response('ok');
    const [status, text] = await env[binding].get(env[binding].idFromName(name)).ask(name, verb, await request.text());
    return new Response(text ?? '', { status });
  },
};`;
const OPTIONS = {
  name: 'objects',
  compatibilityDate: '2026-11-01',
  durableObjects: {
    LEDGER: { className: 'Ledger', useSQLite: true },
    METER: { className: 'Meter', useSQLite: true },
  },
};

/** `ask` gives [status, text]; `restart` ends the process and goes on with what was stored. */
export async function startObjects() {
  const folder = mkdtempSync(path.join(tmpdir(), 'isthmus-objects-'));
  cpSync(at('js-shim'), path.join(folder, 'worker', 'js-shim'), { recursive: true });
  writeFileSync(path.join(folder, 'worker', 'worker.js'), WORKER);
  const run = () => startWorkerd(path.join(folder, 'worker'), OPTIONS, path.join(folder, 'state'));
  let worker = await run();
  return {
    async ask(binding, name, verb, body = '') {
      const response = await fetch(`${worker.url}/${binding}/${name}/${verb}`, { method: 'POST', body });
      return [response.status, await response.text()];
    },
    async restart() {
      await worker.stop();
      worker = await run();
    },
    async stop() {
      await worker.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
