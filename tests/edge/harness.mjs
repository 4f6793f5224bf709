// A gateway in workerd in front of the simulated upstreams, and the official SDKs to call it.
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';
import { supervise } from '../../scripts/gateway.mjs';
import { at } from '../../scripts/lib.mjs';
import { ACCOUNT as CHATGPT_ACCOUNT, file as codexLogin } from '../upstreams/codex.mjs';
import { FINE_GRAINED } from '../upstreams/copilot.mjs';
import { KEY as IFLOW_KEY } from '../upstreams/iflow.mjs';
import { KEY as KIRO_KEY } from '../upstreams/kiro.mjs';
import { TOKENS as QWEN_TOKENS } from '../upstreams/qwen.mjs';
import { startUpstreams } from '../upstreams/server.mjs';
import { bundle, copyWorker } from './bundle.mjs';
import { startWorkerd } from './workerd.mjs';

export const KEY = 'isk-test';
export const ADMIN = 'isa-test';

export const geminiAccount = (upstream, id = 'g1', key = 'sim-gemini-key') => ({
  id,
  provider: 'gemini',
  base_url: `${upstream.url}/gemini/v1beta`,
  api_key: key,
});
export const openaiAccount = (upstream) => ({
  id: 'o1',
  provider: 'openai',
  base_url: `${upstream.url}/openai/v1`,
  api_key: 'sim-openai-key',
});
export const responsesAccount = (upstream, extra = {}) => ({
  id: 'r1',
  provider: 'openai',
  wire: 'responses',
  base_url: `${upstream.url}/openai/v1`,
  api_key: 'sim-openai-key',
  ...extra,
});
export const anthropicAccount = (upstream, extra = {}) => ({
  id: 'a1',
  provider: 'anthropic',
  base_url: `${upstream.url}/anthropic`,
  api_key: 'sim-anthropic-key',
  ...extra,
});
export const cliAccount = (upstream, extra = {}) => ({
  id: 'c1',
  provider: 'gemini-cli',
  base_url: `${upstream.url}/code-assist`,
  token_url: `${upstream.url}/oauth/token`,
  refresh_token: 'sim-refresh',
  ...extra,
});
export const antigravityAccount = (upstream, extra = {}) => ({
  id: 'ag1',
  provider: 'antigravity',
  base_url: `${upstream.url}/antigravity/daily`,
  token_url: `${upstream.url}/oauth/token`,
  refresh_token: 'sim-antigravity-refresh',
  ...extra,
});
export const kiroAccount = (upstream, extra = {}) => ({
  id: 'k1',
  provider: 'kiro',
  base_url: `${upstream.url}/kiro`,
  api_key: KIRO_KEY,
  ...extra,
});
export const codexAccount = (upstream) => ({
  id: 'x1',
  provider: 'codex',
  base_url: `${upstream.url}/codex/chatgpt/codex`,
  access_token: codexLogin().tokens.access_token,
  refresh_token: codexLogin().tokens.refresh_token,
  extra: { account_id: CHATGPT_ACCOUNT },
});
export const copilotAccount = (upstream) => ({
  id: 'gh1',
  provider: 'github-copilot',
  base_url: `${upstream.url}/copilot/api`,
  refresh_token: FINE_GRAINED,
});

export const qwenAccount = (upstream) => ({
  id: 'q1',
  provider: 'qwen',
  base_url: `${upstream.url}/qwen/portal/v1`,
  ...QWEN_TOKENS,
});

export const iflowAccount = (upstream) => ({
  id: 'if1',
  provider: 'iflow',
  base_url: `${upstream.url}/iflow/api/v1`,
  api_key: IFLOW_KEY,
});

/** Upstream wires, and a model that leads to each where the accounts are `allWires`. */
export const MODELS = {
  gemini: 'gemini-3-pro-preview',
  openai: 'sim-model',
  anthropic: 'claude-sonnet-5-5',
  responses: 'gpt-sim',
  kiro: 'claude-sonnet-4.6',
  antigravity: 'gemini-3-flash',
  'antigravity-claude': 'claude-sonnet-4-6',
  codex: 'codex/gpt-5.2',
  copilot: 'github-copilot/claude-sonnet-4.5',
  'copilot-responses': 'github-copilot/gpt-5.1-codex',
  qwen: 'qwen/qwen3-coder-plus',
  iflow: 'iflow/glm-4.6',
};
export const allWires = (upstream) => [
  geminiAccount(upstream),
  { ...openaiAccount(upstream), models: [MODELS.openai] },
  anthropicAccount(upstream, { models: [MODELS.anthropic, 'claude-haiku-4-5'] }),
  responsesAccount(upstream, { models: [MODELS.responses] }),
  kiroAccount(upstream),
  antigravityAccount(upstream),
  codexAccount(upstream),
  copilotAccount(upstream),
  qwenAccount(upstream),
  iflowAccount(upstream),
];

// Each SDK on its own surface, as its users configure it: no retries of its own, so that a test sees every answer.
const sdks = (url) => ({
  client: new OpenAI({ apiKey: KEY, baseURL: `${url}/v1`, maxRetries: 0 }),
  anthropic: new Anthropic({ apiKey: KEY, baseURL: url, maxRetries: 0 }),
  genai: new GoogleGenAI({ apiKey: KEY, httpOptions: { baseUrl: url } }),
});

// A run that is told to stop exits, and so takes its gateway along.
process.once('SIGTERM', () => process.exit(1));

async function inWorkerd(place, vars) {
  const { folder, bindings } = await bundle();
  return startWorkerd(folder, { ...bindings, bindings: vars }, path.join(place, 'state'));
}

async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const inNode = async (folder, vars) => {
  copyWorker(folder);
  const port = await freePort();
  return supervise([at('tests/edge/node-host.mjs'), folder, String(port)], { port, env: { VARS: JSON.stringify(vars) } });
};

/** @param {{ accounts?: (upstream: any) => object[], vars?: Record<string, string> }} options */
export async function start({ accounts, vars = {} } = {}) {
  const upstream = await startUpstreams({});
  try {
    return await startInFrontOf(upstream, accounts, vars);
  } catch (error) {
    await upstream.close(); // or the process would wait for it for ever
    throw error;
  }
}

async function startInFrontOf(upstream, accounts, vars) {
  const folder = mkdtempSync(path.join(tmpdir(), 'isthmus-edge-'));
  const records = (accounts ?? ((u) => [geminiAccount(u), openaiAccount(u)]))(upstream);
  const variables = {
    API_KEY: KEY,
    ADMIN_KEY: ADMIN,
    SEAL_KEY: 'seal',
    MEDIA_FROM_PRIVATE_HOSTS: 'true',
    CORS_ORIGINS: 'https://app.example',
    ACCOUNTS: JSON.stringify(records),
    ...vars,
  };
  const run = () => (process.env.ISTHMUS_HOST === 'node' ? inNode : inWorkerd)(folder, variables);
  let gateway = await run();
  const admin = (method, route, body) =>
    fetch(gateway.url + route, {
      method,
      headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
  return {
    upstream,
    get url() {
      return gateway.url;
    },
    log: () => gateway.log(),
    /** Another process over the same storage, at another address. The SDKs above know the first one only. */
    async restart() {
      await gateway.stop();
      gateway = await run();
    },
    admin,
    ...sdks(gateway.url),
    post: (body, headers = {}) =>
      fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream ? body : JSON.stringify(body),
        ...(body instanceof ReadableStream && { duplex: 'half' }),
      }),
    health: async () => (await admin('GET', '/health')).json(),
    /** Waits until no request is in flight. */
    async quiet() {
      let live = -1;
      for (let i = 0; i < 50 && live !== 0; i++) {
        live = (await (await admin('GET', '/health')).json()).live;
        if (live) await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return live;
    },
    async stop() {
      await gateway.stop();
      await upstream.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a stream of chunks adds up to. @param {AsyncIterable<any>} stream */
export async function collect(stream) {
  const out = { text: '', reasoning: '', calls: [], finish: null, usage: null, chunks: 0 };
  for await (const chunk of stream) {
    out.chunks++;
    if (chunk.usage) out.usage = chunk.usage;
    const choice = chunk.choices[0];
    if (!choice) continue;
    out.text += choice.delta.content ?? '';
    out.reasoning += choice.delta.reasoning_content ?? '';
    for (const call of choice.delta.tool_calls ?? []) {
      out.calls[call.index] ??= { id: call.id, name: call.function.name, arguments: '' };
      out.calls[call.index].arguments += call.function.arguments ?? '';
    }
    out.finish = choice.finish_reason ?? out.finish;
  }
  return out;
}
