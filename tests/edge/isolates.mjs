// Several isolates of one deployment: Workers of the same code over one KV namespace and the same Durable Objects, in workerd.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Miniflare } from 'miniflare';
import { ADMIN, KEY, workerFolder } from './harness.mjs';

const HOST = 'http://gateway.test';
const MODULES = [
  { type: 'ESModule', include: ['**/*.js'] },
  { type: 'CompiledWasm', include: ['**/*.wasm'] },
];
// What only another Worker of the deployment could do: ask a vault by hand.
const PROBE = `export default {
  async fetch(request, env) {
    const [name, verb, body] = await request.json();
    return Response.json(await env.VAULT.get(env.VAULT.idFromName(name)).ask(name, verb, body));
  },
};`;

/** @param {{ count?: number, vars?: Record<string, string> }} options */
export async function startIsolates({ count = 3, vars = {} } = {}) {
  const folder = workerFolder();
  const state = mkdtempSync(path.join(tmpdir(), 'isthmus-state-'));
  const names = Array.from({ length: count }, (_, index) => `isolate-${index}`);
  const shared = {
    compatibilityDate: '2026-11-01',
    compatibilityFlags: ['enable_request_signal'],
    kvNamespaces: { ISTHMUS: 'isthmus' },
    durableObjects: { VAULT: { className: 'Vault', scriptName: names[0], useSQLite: true } },
  };
  const gateway = (name, bindings) => ({
    ...shared,
    name,
    bindings,
    modules: true,
    modulesRoot: folder,
    modulesRules: MODULES,
    scriptPath: path.join(folder, 'js-shim', 'worker.js'),
  });
  const options = (more) => {
    const bindings = { API_KEY: KEY, ADMIN_KEY: ADMIN, SEAL_KEY: 'seal', ...vars, ...more };
    return {
      kvPersist: path.join(state, 'kv'),
      durableObjectsPersist: path.join(state, 'do'),
      workers: [...names.map((name) => gateway(name, bindings)), { ...shared, name: 'probe', modules: true, script: PROBE }],
    };
  };
  const platform = new Miniflare(options({}));
  const call = async (index, route, { key = KEY, body = undefined, ...init } = {}) => {
    const worker = await platform.getWorker(names[index]);
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    return worker.fetch(HOST + route, { headers, ...init, body: body && JSON.stringify(body) });
  };
  return {
    /** A chat completion by way of isolate `index`. */
    post: (index, body, init = {}) => call(index, '/v1/chat/completions', { method: 'POST', body, ...init }),
    admin: (index, method, route, body) => call(index, route, { method, body, key: ADMIN }),
    /** @returns {Promise<[number, string?]>} */
    async vault(name, verb, body) {
      const worker = await platform.getWorker('probe');
      return (await worker.fetch(HOST, { method: 'POST', body: JSON.stringify([name, verb, body]) })).json();
    },
    cron: async (index) => (await platform.getWorker(names[index])).scheduled({ cron: '*/10 * * * *' }),
    kv: () => platform.getKVNamespace('ISTHMUS', names[0]),
    /** New isolates with other variables, over the same storage. */
    restart: (more = {}) => platform.setOptions(options(more)),
    async stop() {
      await platform.dispose();
      for (const each of [folder, state]) rmSync(each, { recursive: true, force: true });
    },
  };
}
