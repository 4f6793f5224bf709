// The Worker as a deploy would bundle it, around the module under test, and what wrangler.toml says it is bound to. Every test
// file runs in a process of its own and wants the same bundle: the first one makes it.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { unstable_getMiniflareWorkerOptions as optionsOf } from 'wrangler';
import { at, modernNode, quiet, run, wrangler } from '../../scripts/lib.mjs';

const wasm = () => process.env.ISTHMUS_WASM ?? at('build', 'isthmus.wasm');

/** The Worker's sources around the module under test. @param {string} folder */
export function copyWorker(folder) {
  cpSync(at('js-shim'), path.join(folder, 'js-shim'), { recursive: true });
  cpSync(at('wrangler.toml'), path.join(folder, 'wrangler.toml'));
  mkdirSync(path.join(folder, 'build'), { recursive: true });
  cpSync(wasm(), path.join(folder, 'build', 'isthmus.wasm'));
}

function digest() {
  const hash = createHash('sha256');
  const shim = readdirSync(at('js-shim'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const sources = shim.map((entry) => path.join(entry.parentPath, entry.name)).sort();
  for (const file of [...sources, at('wrangler.toml'), wasm()]) hash.update(file).update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

/** Made beside its place and moved there whole: two processes may be at it at once. @param {string} place */
async function make(place) {
  mkdirSync(path.dirname(place), { recursive: true });
  const folder = mkdtempSync(`${place}-`);
  copyWorker(folder);
  const config = path.join(folder, 'wrangler.toml');
  await run(modernNode(), [wrangler, 'deploy', '--dry-run', '--config', config, '--outdir', path.join(folder, 'bundle')], { env: quiet });
  try {
    renameSync(folder, place);
  } catch (error) {
    if (!existsSync(place)) throw error;
    rmSync(folder, { recursive: true });
  }
}

/** The bundle's folder, and what Miniflare is to bind to it, without variables. */
export async function bundle() {
  const place = at('build', 'edge', digest());
  if (!existsSync(place)) await make(place);
  const { modulesRules, ...bindings } = optionsOf(path.join(place, 'wrangler.toml')).workerOptions;
  return { folder: path.join(place, 'bundle'), bindings };
}
