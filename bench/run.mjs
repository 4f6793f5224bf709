// `npm run bench [-- --quick] [-- --only requests,events,surfaces,frames,instance,worker,size,cold]`: sets up, builds, measures, prints tables.
import { spawnSync } from 'node:child_process';
import { at, modernNode, say } from '../scripts/lib.mjs';

const node = modernNode();
if (node !== process.execPath) process.exit(spawnSync(node, process.argv.slice(1), { stdio: 'inherit' }).status ?? 1);

const { buildWasm } = await import('../scripts/build.mjs');
const { bundle } = await import('../scripts/size.mjs');
const { setUp } = await import('../scripts/setup.mjs');
const { events, instantiation, requests } = await import('./core.mjs');
const { frames } = await import('./frames.mjs');
const { compile, Core } = await import('./host.mjs');
const { surfaces } = await import('./surfaces.mjs');
const { table } = await import('./measure.mjs');
const { coldStart, wholeWorker } = await import('./worker.mjs');

const quick = process.argv.includes('--quick');
const only = process.argv[process.argv.indexOf('--only') + 1];
const wanted = (part) => !process.argv.includes('--only') || only.split(',').includes(part);
const inNode = quick ? { rounds: 5, ms: 20 } : { rounds: 15, ms: 60 };
const inWorkerd = quick ? { rounds: 3, scale: 0.3 } : { rounds: 9, scale: 1 };

await setUp('run');
const module = compile(await buildWasm('wasi'));
say('bundling the Worker');
const size = await bundle();

const PARTS = {
  requests: () => requests(new Core(module), inNode),
  events: () => events(new Core(module), inNode),
  surfaces: () => surfaces(new Core(module), inNode),
  frames: () => frames(new Core(module), inNode),
  instance: () => instantiation(module, inNode),
  worker: () => wholeWorker(at('dist'), inWorkerd),
  cold: () => coldStart(at('dist'), { rounds: quick ? 3 : 9 }),
  size: () =>
    table(
      'The bundle',
      ['', 'bytes', 'gzip'],
      size.map(({ name, raw, zipped }) => [name, raw, zipped]),
    ),
};
const tables = [];
for (const [name, part] of Object.entries(PARTS)) {
  if (!wanted(name)) continue;
  say(`measuring: ${name}`);
  tables.push(await part());
}
console.log(tables.join('\n'));
console.log('\nRatios are medians over rounds in which the rivals took turns; below 1 is cheaper than JavaScript.');
