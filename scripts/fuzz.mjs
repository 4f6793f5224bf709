// npm run fuzz [-- --seconds N] [--target NAME]: every fuzz target (or one), with its corpus and dictionary. The
// seconds are shared out among the targets.
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildPreset } from './build.mjs';
import { at, run, say } from './lib.mjs';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '300' }, target: { type: 'string' } } });
await buildPreset('asan', ['fuzzers']);
const targets = readdirSync(at('tests/fuzz'))
  .filter((name) => name.endsWith('_fuzz.cc'))
  .map((name) => name.slice(0, -3))
  .filter((name) => !values.target || name === `${values.target}_fuzz`);
for (const target of targets) {
  const corpus = at('tests/fuzz/corpus', target.replace('_fuzz', ''));
  const found = mkdtempSync(path.join(tmpdir(), 'isthmus-fuzz-'));
  const seconds = Math.max(1, Math.floor(Number(values.seconds) / targets.length));
  const dictionary = at('tests/fuzz/dictionaries', `${target.replace('_fuzz', '')}.dict`);
  const { output } = await run(at('build/asan', target), [
    `-max_total_time=${seconds}`,
    `-artifact_prefix=${found}/`,
    '-max_len=4096',
    ...(existsSync(dictionary) ? [`-dict=${dictionary}`] : []),
    found,
    ...(existsSync(corpus) ? [corpus] : []),
  ]);
  say(`${target}: ${output.match(/Done (\d+) runs/)?.[1] ?? '?'} runs, nothing found`);
}
