// A Worker in workerd, started from this process. `wrangler dev` would take seconds of CPU for each start; npm start has its own test.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';

const TYPES = { '.js': 'ESModule', '.wasm': 'CompiledWasm' };

/** The modules of the Worker in a folder, `main` first. @param {string} folder */
function modulesIn(folder, main = 'worker.js') {
  const names = /** @type {string[]} */ (readdirSync(folder, { recursive: true })).filter((name) => path.extname(name) in TYPES);
  const ordered = [main, ...names.filter((name) => name !== main)];
  return ordered.map((name) => ({ type: TYPES[path.extname(name)], path: path.join(folder, name) }));
}

/**
 * Starts workerd and waits until it listens.
 * @param {string} folder its modules; worker.js is the one that workerd calls
 * @param {object} bindings what Miniflare's options say of it besides
 * @param {string} persist the folder of its storage
 */
export async function startWorkerd(folder, bindings, persist) {
  let log = '';
  const server = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      cf: false,
      resourcePersistencePath: persist,
      handleStructuredLogs: ({ message }) => (log += `${message}\n`),
      workers: [{ ...bindings, rootPath: folder, modulesRoot: folder, modules: modulesIn(folder) }],
    }),
  );
  const url = (await server.ready).origin;
  return { url, log: () => log, stop: () => server.dispose() };
}
