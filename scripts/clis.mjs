// npm run clis [NAME...]: the real command-line clients, headless, through the gateway. They are installed into build/clis,
// in the versions of tests/clis/clients.json; what cannot run here is said, and never counted as passed.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { at, fail, isFresh, modernNode, run, say, writeStamp } from './lib.mjs';

const folder = at('build', 'clis');
const wanted = at('tests', 'clis', 'clients.json');

async function install() {
  const stamp = path.join(folder, '.stamp');
  if (isFresh(stamp, wanted)) return;
  say('installing the clients (about 1.4 GB)');
  mkdirSync(folder, { recursive: true });
  const dependencies = JSON.parse(readFileSync(wanted, 'utf8'));
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  // Without their install scripts: each only copies a binary that is also run where it lies.
  await run('npm', ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock']);
  writeStamp(stamp);
}

const names = process.argv.slice(2);
const files = readdirSync(at('tests', 'clis'))
  .filter((file) => file.endsWith('.test.mjs') && (!names.length || names.some((name) => file.startsWith(name))))
  .map((file) => at('tests', 'clis', file));
if (!files.length) fail(`No client of that name; there are ${Object.keys(JSON.parse(readFileSync(wanted, 'utf8'))).join(', ')}.`);
if (!existsSync(process.env.ISTHMUS_WASM ?? at('build', 'isthmus.wasm'))) fail('Build first: npm run build.');
await install().catch((error) => say(`not installed: ${error.message.slice(0, 500)}`));

const args = ['--test', '--test-reporter=tap', '--test-timeout=200000', '--test-concurrency=1', ...files];
const { output } = await run(modernNode(), args, { allowFailure: true });
const results = [...output.matchAll(/^ *(not )?ok \d+ - (.+ over .+?: .+?)(?: # SKIP (.+))?$/gm)];
let failed = 0;
for (const [, not, title, reason] of results) {
  if (not) failed++;
  say(reason ? `not run: ${title}: ${reason}` : `${not ? 'FAIL' : 'ok  '} ${title}`);
}
const skipped = results.filter(([, , , reason]) => reason).length;
if (failed || !results.length) console.log(output.slice(-20_000));
console.log(`${results.length - failed - skipped} passed, ${failed} failed, ${skipped} not run`);
process.exit(failed || !results.length ? 1 : 0);
