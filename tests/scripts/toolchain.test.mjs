// A WASI SDK of one's own, and what people see whose machine lacks something.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { at, has } from '../../scripts/lib.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'isthmus-toolchain-'));
after(() => rmSync(folder, { recursive: true }));

const which = (command) => spawnSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' }).stdout.trim();

/** A folder that is laid out like an unpacked WASI SDK, made of Debian's packages. */
function makeSdk() {
  const sdk = path.join(folder, 'sdk');
  mkdirSync(path.join(sdk, 'bin'), { recursive: true });
  symlinkSync(which('clang++-22'), path.join(sdk, 'bin', 'clang++'));
  for (const kind of ['include', 'lib']) {
    mkdirSync(path.join(sdk, 'share', 'wasi-sysroot', kind), { recursive: true });
    symlinkSync(`/usr/${kind}/wasm32-wasi`, path.join(sdk, 'share', 'wasi-sysroot', kind, 'wasm32-wasi'));
  }
  return sdk;
}

test('the SDK that WASI_SDK_PATH names does the compiling', { skip: !has('clang++-22') && 'no clang++-22' }, () => {
  const sdk = makeSdk();
  const build = path.join(folder, 'build');
  const run = (...args) => spawnSync('cmake', args, { cwd: at(), env: { ...process.env, WASI_SDK_PATH: sdk }, encoding: 'utf8' });
  const toolchain = ['--toolchain', at('cmake/wasi-toolchain.cmake'), `-DISTHMUS_JSON_INCLUDE=${at('build/include')}`];
  const configured = run('-G', 'Ninja', '-S', at(), '-B', build, ...toolchain);
  assert.equal(configured.status, 0, configured.stderr);
  // One file with the C++ library, one with the C library, one with nlohmann/json.
  const objects = ['json/document', 'base/runtime', 'account/record'].map((name) => `CMakeFiles/core.dir/src/${name}.cc.obj`);
  const built = run('--build', build, '--verbose', '--target', ...objects);
  assert.equal(built.status, 0, built.stdout.slice(-3000));
  assert.ok(built.stdout.includes(`${sdk}/bin/clang++`) && built.stdout.includes(`--sysroot=${sdk}/share/wasi-sysroot`), built.stdout);
});

/** scripts/build.mjs on a machine that has only `commands`. */
function buildWith(commands, env = {}) {
  const bin = mkdtempSync(path.join(folder, 'bin-'));
  for (const command of ['sh', ...commands]) symlinkSync(realpathSync(which(command)), path.join(bin, command));
  const options = { env: { PATH: bin, HOME: folder, ...env }, encoding: /** @type {const} */ ('utf8') };
  const { status, stderr } = spawnSync(process.execPath, [at('scripts/build.mjs')], options);
  return { status, stderr };
}

test('a machine without apt is told what is missing and what to do', () => {
  const { status, stderr } = buildWith([]);
  assert.equal(status, 1);
  assert.match(stderr, /These are missing, and there is no apt-get here: .*cmake.*ninja-build.*clang-22/);
  assert.match(stderr, /set WASI_SDK_PATH/);
  assert.doesNotMatch(stderr, /at .*\.mjs:\d+/, 'no stack trace');
});

test('a WASI_SDK_PATH that leads nowhere is named', () => {
  const { status, stderr } = buildWith(['cmake', 'ninja'], { WASI_SDK_PATH: folder });
  assert.equal(status, 1);
  assert.match(stderr, /WASI_SDK_PATH is .*, but there is no bin\/clang\+\+ in it/);
});
