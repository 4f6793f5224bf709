// npm test: sets itself up and runs everything. The last line counts what passed and failed.
import { readdirSync } from 'node:fs';
import { buildPreset, buildWasm } from './build.mjs';
import { at, modernNode, run, say } from './lib.mjs';
import { setUp } from './setup.mjs';

const total = { passed: 0, failed: 0 };
const failures = [];

/** Runs one step. `count` reads its test counts from its output; a step without counts is one test. */
async function step(name, work, count = () => ({ passed: 1, failed: 0 })) {
  const begun = Date.now();
  let result;
  try {
    const done = await work();
    result = count(done?.output ?? '');
    if (done?.code && !result.failed) result.failed = 1;
    if (result.failed) failures.push(`${name}:\n${whatFailed(done.output)}`);
  } catch (error) {
    result = { passed: 0, failed: 1 };
    failures.push(`${name}: ${error.message}`);
  }
  total.passed += result.passed;
  total.failed += result.failed;
  say(
    `${result.failed ? 'FAIL' : 'ok  '} ${name} (${result.passed} passed${result.failed ? `, ${result.failed} failed` : ''}, ${((Date.now() - begun) / 1000).toFixed(1)} s)`,
  );
}

// What a long log says of its failures: each "not ok" of TAP with its block, or the end of what was printed.
function whatFailed(output) {
  const lines = output.split('\n');
  const blocks = lines.flatMap((line, index) => {
    if (!/^\s*not ok /.test(line)) return [];
    const end = lines.findIndex((other, at) => at > index && /^\s*\.\.\.$/.test(other));
    return [lines.slice(index, Math.min(end < 0 ? lines.length : end, index + 40)).join('\n')];
  });
  return blocks.length ? blocks.join('\n').slice(0, 16000) : output.slice(-8000);
}

const googleTest = (output) => ({
  passed: Number(output.match(/\[ {2}PASSED {2}\] (\d+)/)?.[1] ?? 0),
  failed: Number(output.match(/(\d+) FAILED TEST/)?.[1] ?? 0),
});
const nodeTest = (output) => ({
  passed: Number(output.match(/^# pass (\d+)/m)?.[1] ?? 0),
  failed: Number(output.match(/^# fail (\d+)/m)?.[1] ?? 1) + Number(output.match(/^# cancelled (\d+)/m)?.[1] ?? 0),
});
const fuzzed = (output) => ({ passed: output.match(/nothing found/g)?.length ?? 0, failed: 0 });
const files = (folder) =>
  readdirSync(at(folder))
    .filter((name) => name.endsWith('.test.mjs'))
    .map((name) => at(folder, name));
const nodeTests = (folder, env = {}) =>
  run(modernNode(), ['--test', '--test-reporter=tap', '--test-timeout=60000', '--test-concurrency=1', ...files(folder)], {
    allowFailure: true,
    env,
  });
const edgeTests = (toolchain) =>
  step(`edge tests (${toolchain})`, () => nodeTests('tests/edge', { ISTHMUS_WASM: at('build', toolchain, 'isthmus.wasm') }), nodeTest);

await setUp('test');
await step('build for Wasm with clang', () => buildWasm('wasi').then(() => undefined));
await step('build for Wasm with Emscripten', () => buildWasm('emscripten').then(() => undefined));
await step('build with sanitizers', () => buildPreset('asan', ['unit_tests', 'fuzzers']));
await step(
  'unit, script and property tests, under sanitizers',
  () => run(at('build/asan/unit_tests'), [], { allowFailure: true }),
  googleTest,
);
await step('fuzz, 20 s', () => run(process.execPath, [at('scripts/fuzz.mjs'), '--seconds', '20']), fuzzed);
await step('simulated upstreams', () => nodeTests('tests/upstreams'), nodeTest);
await step('scripts', () => nodeTests('tests/scripts'), nodeTest);
// Both builds pass the same suite. Most of its time is waiting, so the two run side by side.
await Promise.all(['wasi', 'emscripten'].map(edgeTests));
await step('check', () => run(process.execPath, [at('scripts/check.mjs')]));
await step('bundle', () => run(process.execPath, [at('scripts/size.mjs')]));

for (const failure of failures) console.log(`\n---- ${failure}`);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed ? 1 : 0);
