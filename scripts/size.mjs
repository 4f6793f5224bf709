// Bundles the Worker as a deploy would and holds its size against the limit.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { at, fail, modernNode, quiet, run, wrangler } from './lib.mjs';

const LIMIT = 200 * 1024; // bytes of gzip, Wasm and shim together

await run(modernNode(), [wrangler, 'deploy', '--dry-run', '--outdir', at('dist')], { env: quiet });
let raw = 0;
let zipped = 0;
for (const name of readdirSync(at('dist')).filter((n) => /\.(js|wasm)$/.test(n))) {
  const bytes = readFileSync(at('dist', name));
  raw += bytes.length;
  zipped += gzipSync(bytes, { level: 9 }).length;
}
console.log(`bundle: ${raw} bytes, gzip ${zipped} of ${LIMIT}`);
if (zipped > LIMIT) fail(`The bundle is ${zipped - LIMIT} bytes over its limit.`);
