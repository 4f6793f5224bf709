// npm test: sets itself up and runs everything. The last line counts what passed and failed.
import { existsSync, readdirSync } from 'node:fs';
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
    if (result.failed) failures.push(`${name}:\n${done.output.slice(-8000)}`);
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

const googleTest = (output) => ({
  passed: Number(output.match(/\[ {2}PASSED {2}\] (\d+)/)?.[1] ?? 0),
  failed: Number(output.match(/(\d+) FAILED TEST/)?.[1] ?? 0),
});
const nodeTest = (output) => ({
  passed: Number(output.match(/^# pass (\d+)/m)?.[1] ?? 0),
  failed: Number(output.match(/^# fail (\d+)/m)?.[1] ?? 1) + Number(output.match(/^# cancelled (\d+)/m)?.[1] ?? 0),
});
const fuzzed = (output) => ({ passed: output.match(/nothing found/g)?.length ?? 0, failed: 0 });
/** The test files of a folder, or those of them that are named. */
const files = (folder, only) =>
  existsSync(at(folder))
    ? readdirSync(at(folder))
        .filter((f) => f.endsWith('.test.mjs') && (!only || only.includes(f.slice(0, -'.test.mjs'.length))))
        .map((f) => at(folder, f))
    : [];
const nodeTests = (folder, env = {}, only = undefined) =>
  run(modernNode(), ['--test', '--test-reporter=tap', '--test-timeout=60000', '--test-concurrency=1', ...files(folder, only)], {
    allowFailure: true,
    env,
  });

await setUp('test');
await step('build for Wasm with clang', () => buildWasm('wasi').then(() => undefined));
await step('build for Wasm with Emscripten', () => buildWasm('emscripten').then(() => undefined));
await step('build natively', () => buildPreset('native', ['unit_tests']));
await step('unit and script tests', () => run(at('build/native/unit_tests'), [], { allowFailure: true }), googleTest);
await step('build with sanitizers', () => buildPreset('asan', ['unit_tests', 'fuzzers']));
await step('the same under sanitizers', () => run(at('build/asan/unit_tests'), [], { allowFailure: true }), googleTest);
await step('fuzz, 20 s', () => run(process.execPath, [at('scripts/fuzz.mjs'), '--seconds', '20']), fuzzed);
await step('simulated upstreams', () => nodeTests('tests/upstreams'), nodeTest);
await step('scripts', () => nodeTests('tests/scripts'), nodeTest);
// The whole suite judges the reference build. What a second compiler could get wrong, coroutines, vectors, memory and
// traps, shows in these files; the rest would only repeat itself.
const EDGE = { wasi: undefined, emscripten: ['chat', 'faults', 'matrix'] };
for (const [toolchain, only] of Object.entries(EDGE)) {
  const env = { ISTHMUS_WASM: at('build', toolchain, 'isthmus.wasm') };
  await step(`edge tests (${toolchain})`, () => nodeTests('tests/edge', env, only), nodeTest);
}
await step('check', () => run(process.execPath, [at('scripts/check.mjs')]));
await step('bundle', () => run(process.execPath, [at('scripts/size.mjs')]));

for (const failure of failures) console.log(`\n---- ${failure}`);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed ? 1 : 0);
