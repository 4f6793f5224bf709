// Several isolates of one deployment: Workers of the same code over one KV namespace and the same Durable Objects, in workerd.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTestHarness } from 'wrangler';
import { quiet } from '../../scripts/lib.mjs';
import { copyWorker } from './bundle.mjs';
import { ADMIN, KEY } from './harness.mjs';

/** @param {{ count?: number, vars?: Record<string, string> }} options */
export async function startIsolates({ count = 3, vars = {} } = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'isthmus-isolates-'));
  copyWorker(folder);
  const names = Array.from({ length: count }, (_, index) => `isolate-${index}`);
  // The first one is home to the objects.
  const gateway = (name, index, more) => ({
    config: {
      name,
      main: path.join(folder, 'js-shim', 'worker.js'),
      compatibility_date: '2026-11-01',
      compatibility_flags: ['enable_request_signal'],
      rules: [{ type: 'CompiledWasm', globs: ['**/*.wasm'], fallthrough: false }],
      kv_namespaces: [{ binding: 'ISTHMUS', id: 'isthmus' }],
      durable_objects: {
        bindings: [
          { name: 'VAULT', class_name: 'Vault', ...(index && { script_name: names[0] }) },
          { name: 'BOARD', class_name: 'Board', ...(index && { script_name: names[0] }) },
        ],
      },
      ...(index === 0 && { migrations: [{ tag: 'v1', new_sqlite_classes: ['Vault', 'Board'] }] }),
      vars: { API_KEY: KEY, ADMIN_KEY: ADMIN, SEAL_KEY: 'seal', ...vars, ...more },
    },
  });
  const options = (more = {}) => ({ root: folder, workers: names.map((name, index) => gateway(name, index, more)) });
  Object.assign(process.env, quiet);
  const server = createTestHarness(options());
  await server.listen();
  const call = (index, route, { key = KEY, body = undefined, ...init } = {}) =>
    server.getWorker(names[index]).fetch(route, {
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...init,
      body: body && JSON.stringify(body),
    });
  return {
    /** A chat completion by way of isolate `index`. */
    post: (index, body, init = {}) => call(index, '/v1/chat/completions', { method: 'POST', body, ...init }),
    admin: (index, method, route, body) => call(index, route, { method, body, key: ADMIN }),
    /** What only another Worker of the deployment could do: asks a vault by hand. @returns {Promise<[number, string?]>} */
    async vault(name, verb, body) {
      const { VAULT } = await server.getWorker().getEnv();
      return VAULT.get(VAULT.idFromName(name)).ask(name, verb, body);
    },
    cron: (index) => server.getWorker(names[index]).scheduled({ cron: '*/10 * * * *', scheduledTime: new Date() }),
    kv: async () => (await server.getWorker().getEnv()).ISTHMUS,
    /** The object is stopped; what it has stored stays. */
    evict: (name) => server.getWorker().evictDurableObject('VAULT', { name }),
    /** Fresh isolates with other variables, over the same storage. */
    async restart(more = {}) {
      const VERSION = String(Math.random());
      await server.update(options({ VERSION, ...more }));
      for (const index of names.keys()) {
        // An update is over before the last request of the old isolate is.
        const fresh = async () => (await (await call(index, '/health', { key: ADMIN })).json()).version === VERSION;
        while (!(await fresh())) await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async stop() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
