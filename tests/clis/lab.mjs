// Where the real command-line clients are driven: a gateway before the simulated upstreams, a home folder of its own for
// each run, and a proxy that refuses the rest of the world, so that nothing leaves the machine.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { at, modernNode } from '../../scripts/lib.mjs';
import { allWires, KEY, start } from '../edge/harness.mjs';

/** What is pinned in clients.json is installed here by `npm run clis`. */
export const folder = at('build', 'clis');
const modules = path.join(folder, 'node_modules');

/** The client's program; an explanation where there is none. @param {string} file within node_modules */
export function program(file) {
  const where = path.join(modules, file);
  return existsSync(where)
    ? { where }
    : { missing: `no ${file} under build/clis: run npm run clis (the registry may lack this machine's binary)` };
}

// A proxy that lets nobody through, and remembers who asked.
async function refusingProxy() {
  const asked = [];
  const server = http.createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(502).end();
  });
  server.on('connect', (request, socket) => {
    asked.push(request.url);
    socket.on('error', () => {});
    socket.end('HTTP/1.1 502 Refused\r\n\r\n');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}`, asked, close: () => server.close() };
}

function environment(home, proxy) {
  const env = {
    HOME: home,
    PATH: [path.dirname(modernNode()), path.join(modules, '.bin'), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
    TERM: 'dumb',
    LANG: 'C.UTF-8',
    NO_COLOR: '1',
    CI: '1',
  };
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY']) env[name] = env[name.toLowerCase()] = proxy.url;
  for (const name of ['NO_PROXY', 'no_proxy']) env[name] = '127.0.0.1,localhost';
  return env;
}

function finished(child, seconds) {
  const end = () => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {}
  };
  process.once('exit', end);
  return new Promise((resolve) => {
    const result = { code: null, stdout: '', stderr: '', timedOut: false };
    child.stdout.on('data', (bytes) => (result.stdout += bytes));
    child.stderr.on('data', (bytes) => (result.stderr += bytes));
    const timer = setTimeout(() => {
      result.timedOut = true;
      end();
    }, seconds * 1000);
    child.on('close', (code) => {
      clearTimeout(timer);
      process.off('exit', end);
      resolve({ ...result, code });
    });
  });
}

const lines = (text) =>
  text.split('\n').flatMap((line) => {
    try {
      return line.startsWith('{') ? [JSON.parse(line)] : [];
    } catch {
      return [];
    }
  });

/** @typedef {Awaited<ReturnType<typeof openLab>>} Lab */
export async function openLab() {
  const [gateway, proxy] = await Promise.all([start({ accounts: allWires }), refusingProxy()]);
  mkdirSync(path.join(folder, 'homes'), { recursive: true });
  return {
    url: gateway.url,
    key: KEY,
    asked: proxy.asked,
    /**
     * Runs a client once in a new home, to its end.
     * @param {{ command: string[], env?: Record<string, string>, files?: Record<string, string>, input?: string, seconds?: number }} options files: under the home
     */
    async run({ command, env = {}, files = {}, input = '', seconds = 150 }) {
      const home = mkdtempSync(path.join(folder, 'homes', 'home-'));
      const project = path.join(home, 'project');
      for (const [name, text] of Object.entries({ 'project/README.md': 'A project.\n', ...files })) {
        mkdirSync(path.dirname(path.join(home, name)), { recursive: true });
        writeFileSync(path.join(home, name), text);
      }
      gateway.upstream.requests.length = 0; // and nothing else: a login stays as good as it was
      const child = spawn(command[0], command.slice(1), {
        cwd: project,
        env: { ...environment(home, proxy), ...env },
        stdio: ['pipe', 'pipe', 'pipe'],
        detached: true,
      });
      child.stdin.on('error', () => {});
      child.stdin.end(input);
      const result = await finished(child, seconds);
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
      const bodies = gateway.upstream.requests.filter((request) => request.method === 'POST').map((request) => request.body);
      return { ...result, events: lines(result.stdout), bodies, requests: [...gateway.upstream.requests] };
    },
    async close() {
      await gateway.stop();
      proxy.close();
    },
  };
}
