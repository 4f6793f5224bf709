// npm run soak: the gateway under mixed faults for a while (tests/soak/soak.mjs says what must hold).
import { buildWasm } from './build.mjs';
import { at, modernNode, run } from './lib.mjs';
import { setUp } from './setup.mjs';

await setUp('test');
await buildWasm('wasi');
await run(modernNode(), [at('tests/soak/soak.mjs'), ...process.argv.slice(2)], { loud: true });
