// Builds the core: `node scripts/build.mjs [wasi|emscripten]`. The result of wasi is what the Worker runs.
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { at, isFresh, run, say } from './lib.mjs';
import { setUp } from './setup.mjs';

/** The module may import from "host" alone. @param {string} file */
export function checkImports(file) {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(file)));
  const foreign = imports.filter((i) => i.module !== 'host').map((i) => `${i.module}.${i.name}`);
  if (foreign.length) throw new Error(`${file} imports more than "host": ${foreign.join(', ')}`);
}

/** @param {string} preset any CMake preset @param {string[]} targets */
export async function buildPreset(preset, targets = []) {
  if (!existsSync(at('build', preset, 'build.ninja'))) {
    const configure = ['cmake', '--preset', preset];
    if (preset === 'emscripten') configure.unshift('emcmake');
    await run(configure[0], configure.slice(1));
  }
  await run('cmake', ['--build', '--preset', preset, ...(targets.length ? ['--target', ...targets] : [])]);
}

/** @param {'wasi' | 'emscripten'} toolchain @returns {Promise<string>} the module's file */
export async function buildWasm(toolchain) {
  say(`building the core (${toolchain})`);
  await buildPreset(toolchain);
  const file = at('build', toolchain, 'isthmus.wasm');
  checkImports(file);
  // Copied only when it changed, so that a running `wrangler dev` is not restarted for nothing.
  if (toolchain === 'wasi' && !isFresh(at('build', 'isthmus.wasm'), file)) copyFileSync(file, at('build', 'isthmus.wasm'));
  return file;
}

if (process.argv[1] === import.meta.filename) {
  await setUp(process.argv[2] === 'emscripten' ? 'test' : 'run');
  say(`built ${await buildWasm(process.argv[2] === 'emscripten' ? 'emscripten' : 'wasi')}`);
}
