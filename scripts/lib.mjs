// What every script needs: where things are, running commands, saying what happens.
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..');
export const at = (...parts) => path.join(root, ...parts);

const started = Date.now();
/** A line of progress, with the seconds since the start. */
export function say(line) {
  console.log(`[${((Date.now() - started) / 1000).toFixed(1).padStart(6)}s] ${line}`);
}

/** Ends the script with a sentence for the person at the terminal. */
export function fail(sentence, code = 1) {
  console.error(`\n${sentence}`);
  process.exit(code);
}

/** Runs a command to its end. Its output is shown only when it fails, or always with `loud`. */
export function run(command, args, { loud = false, cwd = root, env = {}, allowFailure = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (bytes) => {
        output += bytes;
        if (loud) process.stdout.write(bytes);
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0 || allowFailure) resolve({ code, output });
      else reject(new Error(`${command} ${args.join(' ')} failed (${code}):\n${output.slice(-6000)}`));
    });
  });
}

export const has = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

/** Wrangler needs Node 22.12; where the installed one is older, the one from the npm package runs it. */
export function modernNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 12)) return process.execPath;
  const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
  const packaged = at('node_modules', `node-linux-${arch}`, 'bin', 'node');
  if (!existsSync(packaged)) fail(`Node ${process.versions.node} is too old for Wrangler: install Node 22.12 or newer.`);
  return packaged;
}

// The tests of the scripts bring a Wrangler of their own, and a place for what it leaves behind.
export const wrangler = process.env.ISTHMUS_WRANGLER ?? at('node_modules', 'wrangler', 'bin', 'wrangler.js');
/** What a deploy left for the next one, and for npm run account. */
export const stateFolder = process.env.ISTHMUS_STATE ?? at('.isthmus');
/** No questions, no reports, no colours: the same in a terminal and in CI. */
export const quiet = {
  WRANGLER_SEND_METRICS: 'false',
  CI: '1',
  NO_COLOR: '1',
  WRANGLER_LOG_SANITIZE: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
};

/** Variables of a .dev.vars file. */
export function readVars(file = at('.dev.vars')) {
  if (!existsSync(file)) return {};
  const lines = readFileSync(file, 'utf8').split(/\r?\n/);
  return Object.fromEntries(
    lines.filter((l) => l.includes('=')).map((l) => [l.slice(0, l.indexOf('=')), l.slice(l.indexOf('=') + 1).replace(/^"|"$/g, '')]),
  );
}

/** Adds to a .dev.vars file what it lacks. @param {Record<string, () => string>} wanted */
export function addVars(wanted, file = at('.dev.vars')) {
  const set = readVars(file);
  const missing = Object.entries(wanted).filter(([name]) => !set[name]);
  if (!missing.length) return;
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const apart = text && !text.endsWith('\n') ? '\n' : ''; // or the first would join the last line that is there
  appendFileSync(file, apart + missing.map(([name, make]) => `${name}=${make()}\n`).join(''), { mode: 0o600 });
}

/** Is `product` there and newer than `source`? */
export function isFresh(product, source) {
  return existsSync(product) && existsSync(source) && statSync(product).mtimeMs >= statSync(source).mtimeMs;
}

export function writeStamp(file) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, '');
}
