// Runs the gateway under `wrangler dev`, for npm start and for the edge tests.
import { spawn } from 'node:child_process';
import { at, modernNode, quiet, wrangler } from './lib.mjs';

/**
 * Starts a gateway and waits until it answers.
 * @param {{ port: number, vars?: Record<string, string>, persist?: string, config?: string, onLine?: (line: string) => void }} options
 */
export async function startGateway({ port, vars = {}, persist, config, onLine }) {
  const args = [
    wrangler,
    'dev',
    '--ip',
    '127.0.0.1',
    '--port',
    String(port),
    '--inspector-port',
    '0',
    '--show-interactive-dev-session',
    'false',
  ];
  if (persist) args.push('--persist-to', persist);
  if (config) args.push('--config', config);
  for (const [name, value] of Object.entries(vars)) args.push('--var', `${name}:${value}`);
  return supervise(args, { port, onLine });
}

/**
 * Runs a gateway's process and waits until it answers.
 * @param {string[]} args of Node @param {{ port: number, env?: Record<string, string>, onLine?: (line: string) => void }} options
 */
export async function supervise(args, { port, env = {}, onLine }) {
  const child = spawn(modernNode(), args, {
    cwd: at(),
    env: { ...process.env, ...quiet, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let log = '';
  let exited = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes) => {
      log += bytes;
      for (const line of String(bytes).split('\n')) if (line.trim()) onLine?.(line);
    });
  }
  const ended = new Promise((resolve) => child.on('exit', () => resolve((exited = true))));
  // However this process ends, nothing of the gateway outlives it.
  process.on('exit', () => {
    try {
      if (!exited) process.kill(-(child.pid ?? 0), 'SIGKILL');
    } catch {}
  });
  // Wrangler has children of its own: the whole group ends, or none.
  const stop = () =>
    new Promise((resolve) => {
      if (exited) return resolve(undefined);
      child.on('exit', resolve);
      try {
        process.kill(-(child.pid ?? 0), 'SIGTERM');
      } catch {}
      setTimeout(() => {
        try {
          process.kill(-(child.pid ?? 0), 'SIGKILL');
        } catch {}
      }, 3000).unref();
    });
  const url = `http://127.0.0.1:${port}`;
  for (let i = 0; i < 600; i++) {
    if (exited) throw new Error(`the gateway did not start:\n${log.slice(-4000)}`);
    const healthy = await fetch(`${url}/health`).then(
      (r) => r.ok,
      () => false,
    );
    if (healthy) return { url, pid: child.pid, stop, ended, log: () => log };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop();
  throw new Error(`the gateway did not answer within a minute:\n${log.slice(-4000)}`);
}
