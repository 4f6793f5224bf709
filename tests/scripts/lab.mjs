// A gateway whose providers are the simulators, and the scripts as child processes in front of it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { at } from '../../scripts/lib.mjs';
import { ADMIN, start } from '../edge/harness.mjs';

/** Where each provider's services are, at the simulators. */
function places(url) {
  const kiro = (part) => `${url}/kiro/${part}`;
  const google = { authorize_url: `${url}/oauth/authorize`, token_url: `${url}/oauth/token`, userinfo_url: `${url}/oauth/userinfo` };
  return {
    kiro: {
      runtime_url: kiro('runtime/{region}'),
      q_url: kiro('q/{{region}}'),
      management_url: kiro('management/{region}'),
      oidc_url: kiro('oidc/{region}'),
      refresh_idc_url: kiro('oidc/{region}/token'),
      refresh_url: kiro('social/refreshToken'),
      device_url: kiro('social/device'),
    },
    'github-copilot': {
      github_url: `${url}/copilot/github`,
      github_api_url: `${url}/copilot/github`,
      api_url: `${url}/copilot/api`,
    },
    codex: { issuer_url: `${url}/codex/auth` },
    antigravity: { ...google, daily_url: `${url}/antigravity/daily`, prod_url: `${url}/antigravity/prod` },
    'gemini-cli': { ...google, base_url: `${url}/code-assist` },
  };
}

/** A gateway without accounts, in front of the simulators. */
export async function startLab() {
  const edge = await start({ accounts: () => [] });
  for (const [provider, values] of Object.entries(places(edge.upstream.url))) {
    const put = await edge.admin('PUT', `/admin/descriptors/${provider}`, { values });
    assert.equal(put.status, 204, await put.text());
  }
  const home = mkdtempSync(path.join(tmpdir(), 'isthmus-home-'));
  const accounts = async () => (await (await edge.admin('GET', '/admin/accounts')).json()).data;
  return {
    ...edge,
    home,
    accounts,
    async clear() {
      for (const { id } of await accounts()) await edge.admin('DELETE', `/admin/accounts/${id}`);
      edge.upstream.reset();
    },
    /** Runs a script against the gateway. @param {string} script @param {string[]} args @param {Run} options */
    run: (script, args, options = {}) =>
      run(script, args, {
        ...options,
        env: { HOME: home, ISTHMUS_STATE: home, ISTHMUS_URL: edge.url, ISTHMUS_ADMIN_KEY: ADMIN, ...options.env },
      }),
    async stop() {
      rmSync(home, { recursive: true, force: true });
      await edge.stop();
    },
  };
}

/**
 * @typedef {{ input?: string | null, terminal?: boolean, env?: Record<string, string>, onOutput?: (said: string, child: import('node:child_process').ChildProcess) => void }} Run
 * `input` null: the standard input stays open for `onOutput`. `terminal`: it is one, and so is the output (all of it in `said`).
 */

/**
 * A script on the Node of the tests, with nothing of the environment but where programs are.
 * @param {string} script @param {string[]} args @param {Run} options
 */
export async function run(script, args, { input = '', env = {}, terminal = false, onOutput } = {}) {
  const command = [process.execPath, at('scripts', script), ...args];
  const inTerminal = ['script', '-qec', command.map((word) => `'${word}'`).join(' '), '/dev/null'];
  const [program, ...rest] = terminal ? inTerminal : command;
  const child = spawn(program, rest, { env: { PATH: process.env.PATH ?? '', ...env } });
  let said = '';
  let stderr = '';
  child.stderr.on('data', (bytes) => (stderr += bytes));
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes) => {
      said += bytes;
      onOutput?.(said, child);
    });
  child.stdin.on('error', () => {}); // it may end before it has read everything
  if (input !== null) child.stdin.end(input);
  const status = await new Promise((resolve) => child.on('close', resolve));
  return { status, said, stderr };
}
