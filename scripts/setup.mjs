// Installs what is missing: compilers from Debian, packages from npm. Says what to do where it cannot.
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { at, fail, has, isFresh, run, say, writeStamp } from './lib.mjs';

// What each need is met by: a command or a file that shows it is there, and Debian's packages.
const RUN = [
  { shows: () => has('cmake'), packages: ['cmake'] },
  { shows: () => has('ninja'), packages: ['ninja-build'] },
  { shows: () => process.env.WASI_SDK_PATH || has('clang++-22'), packages: ['clang-22'] },
  { shows: () => process.env.WASI_SDK_PATH || existsSync('/usr/lib/llvm-22/bin/wasm-ld'), packages: ['lld-22'] },
  {
    shows: () => process.env.WASI_SDK_PATH || existsSync('/usr/include/wasm32-wasi/c++/v1/string'),
    packages: ['libc++-22-dev-wasm32', 'libc++abi-22-dev-wasm32'],
  },
  { shows: () => process.env.WASI_SDK_PATH || existsSync('/usr/include/wasm32-wasi/stdlib.h'), packages: ['wasi-libc'] },
  {
    shows: () => process.env.WASI_SDK_PATH || existsSync('/usr/lib/llvm-22/lib/clang/22/lib/wasi'),
    packages: ['libclang-rt-22-dev-wasm32'],
  },
  { shows: () => existsSync('/usr/include/nlohmann/json.hpp') || process.env.NLOHMANN_JSON_INCLUDE, packages: ['nlohmann-json3-dev'] },
  { shows: () => has('ccache'), packages: ['ccache'] },
];
const TEST = [
  { shows: () => has('emcc'), packages: ['emscripten'] },
  { shows: () => has('clang++-22'), packages: ['clang-22'] },
  { shows: () => existsSync('/usr/include/gtest/gtest.h'), packages: ['libgtest-dev'] },
  {
    shows: () =>
      existsSync('/usr/lib/llvm-22/lib/clang/22/lib/linux/libclang_rt.asan-x86_64.a') ||
      existsSync('/usr/lib/llvm-22/lib/clang/22/lib/linux/libclang_rt.asan-aarch64.a'),
    packages: ['libclang-rt-22-dev'],
  },
  { shows: () => has('clang-format'), packages: ['clang-format'] },
];

async function installPackages(needs) {
  const missing = needs.filter((need) => !need.shows()).flatMap((need) => need.packages);
  if (!missing.length) return;
  if (!has('apt-get') || process.getuid?.() !== 0) {
    fail(`Missing: ${missing.join(' ')} (names of Debian's packages).
Install them, or a WASI SDK from its releases page and set WASI_SDK_PATH to it (plus cmake, ninja and nlohmann/json,
whose include folder NLOHMANN_JSON_INCLUDE may name). Then run this again.`);
  }
  say(`installing ${missing.join(' ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { env });
  await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...missing], { env });
}

async function installModules() {
  const stamp = at('node_modules', '.isthmus-stamp');
  if (isFresh(stamp, at('package-lock.json'))) return;
  say('installing npm packages');
  await run('npm', ['ci', '--no-audit', '--no-fund']);
  writeStamp(stamp);
}

// The Wasm builds see this one folder of the system's headers and no other.
function linkJson() {
  const link = at('build', 'include', 'nlohmann');
  if (existsSync(link)) return;
  mkdirSync(at('build', 'include'), { recursive: true });
  symlinkSync(`${process.env.NLOHMANN_JSON_INCLUDE ?? '/usr/include'}/nlohmann`, link);
}

/** @param {'run' | 'test'} purpose */
export async function setUp(purpose) {
  await installPackages(purpose === 'test' ? [...RUN, ...TEST] : RUN);
  await installModules();
  linkJson();
}
