// node tests/upstreams/main.mjs [--port N]: the simulated upstreams by themselves.
import { parseArgs } from 'node:util';
import { startUpstreams } from './server.mjs';

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
const { url } = await startUpstreams({ port: Number(values.port) });
console.log(`simulated upstream on ${url}`);
