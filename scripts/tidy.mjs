// clang-tidy over the sources, as far as it is installed. What was found clean is not looked at again before it, a
// header or the rules change.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { at, has, run, say } from './lib.mjs';

const TOOL = 'clang-tidy-22';

const hashOf = (...texts) => texts.reduce((hash, text) => hash.update(text).update('\0'), createHash('sha256')).digest('hex');
const read = (file) => readFileSync(at(file));

/** What it finds, one text for each file that is not clean. @param {string[]} sources @returns {Promise<string[]>} */
export async function tidy(sources) {
  if (!has(TOOL)) {
    say(`${TOOL} is not installed: its checks are left out`);
    return [];
  }
  if (!existsSync(at('build/native/compile_commands.json'))) await run('cmake', ['--preset', 'native']);
  mkdirSync(at('build', 'tidy'), { recursive: true });
  const shared = hashOf(read('.clang-tidy'), read('CMakeLists.txt'), ...sources.filter((file) => file.endsWith('.h')).map(read));
  const queue = sources
    .filter((file) => file.endsWith('.cc'))
    .map((file) => ({ file, stamp: at('build', 'tidy', hashOf(shared, file, read(file))) }))
    .filter(({ stamp }) => !existsSync(stamp));
  const findings = [];
  const worker = async () => {
    for (let next = queue.pop(); next; next = queue.pop()) {
      const { code, output } = await run(TOOL, ['-p', at('build/native'), '--quiet', at(next.file)], { allowFailure: true });
      if (code === 0) writeFileSync(next.stamp, '');
      else findings.push(`${TOOL}, ${next.file}:\n${output.slice(0, 3000)}`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return findings;
}
