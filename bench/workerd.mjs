// A worker in bare workerd, without wrangler's proxies: socket -> worker -> the benchmark's upstream, whatever host it asks for.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { at } from '../scripts/lib.mjs';

const BINARY = at('node_modules', '@cloudflare', `workerd-linux-${process.arch === 'arm64' ? 'arm64' : '64'}`, 'bin', 'workerd');
const KINDS = { '.js': 'esModule', '.wasm': 'wasm' };
const quote = (text) => JSON.stringify(text);

export async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** @param {{ main: string, files: string[], vars?: Record<string, string>, flags?: string[] }} worker `files` as absolute paths */
function configOf({ main, files, vars = {}, flags = [] }, port, upstreamPort) {
  const ordered = [...files].sort((a, b) => Number(path.basename(b) === main) - Number(path.basename(a) === main));
  const modules = ordered.map((file) => `(name = ${quote(path.basename(file))}, ${KINDS[path.extname(file)]} = embed ${quote(file)})`);
  const bindings = Object.entries(vars).map(([name, value]) => `(name = ${quote(name)}, text = ${quote(value)})`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "upstream", external = (address = "127.0.0.1:${upstreamPort}", http = ())),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [${modules.join(', ')}],
  compatibilityDate = "2026-11-01",
  compatibilityFlags = [${flags.map(quote).join(', ')}],
  bindings = [${bindings.join(', ')}],
  globalOutbound = "upstream",
);
`;
}

const connects = (port) =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

/** Starts a worker and waits until its port is open. */
export async function startWorker(worker, upstreamPort) {
  const port = await freePort();
  const folder = mkdtempSync(path.join(tmpdir(), 'isthmus-bench-'));
  const config = path.join(folder, 'config.capnp');
  writeFileSync(config, configOf(worker, port, upstreamPort));
  const child = spawn(BINARY, ['serve', '-I', '/', config], { stdio: 'ignore' });
  const gone = new Promise((resolve) => child.on('exit', resolve));
  while (child.exitCode === null && !(await connects(port))) await new Promise((resolve) => setTimeout(resolve, 2));
  if (child.exitCode !== null) throw new Error(`workerd did not start: ${readFileSync(config, 'utf8')}`);
  return {
    port,
    pid: /** @type {number} */ (child.pid),
    async stop() {
      child.kill('SIGKILL');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** CPU of all threads of a process so far, in microseconds. @param {number} pid */
export function cpuOf(pid) {
  let ns = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    ns += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
  }
  return ns / 1000;
}
