// Installs what is missing: compilers from Debian, packages from npm. Says what to do where it cannot.
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { at, fail, has, isFresh, run, say, writeStamp } from './lib.mjs';

const sdk = process.env.WASI_SDK_PATH;
const resources = '/usr/lib/llvm-22/lib/clang/22/lib';

// What each need is met by: a command or a file that shows it is there, and Debian's packages.
const RUN = [
  { shows: () => has('cmake'), packages: ['cmake'] },
  { shows: () => has('ninja'), packages: ['ninja-build'] },
  { shows: () => sdk || has('clang++-22'), packages: ['clang-22'] },
  { shows: () => sdk || existsSync('/usr/lib/llvm-22/bin/wasm-ld'), packages: ['lld-22'] },
  {
    shows: () => sdk || existsSync('/usr/include/wasm32-wasi/c++/v1/string'),
    packages: ['libc++-22-dev-wasm32', 'libc++abi-22-dev-wasm32'],
  },
  { shows: () => sdk || existsSync('/usr/include/wasm32-wasi/stdlib.h'), packages: ['wasi-libc'] },
  { shows: () => sdk || existsSync(`${resources}/wasi`), packages: ['libclang-rt-22-dev-wasm32'] },
  { shows: () => jsonFolder() !== null, packages: ['nlohmann-json3-dev'] },
];
const TEST = [
  // An emsdk on the PATH comes first, as has() finds it there.
  { shows: () => has('emcc'), packages: ['emscripten'] },
  { shows: () => has('clang++-22'), packages: ['clang-22'] },
  { shows: () => existsSync('/usr/include/gtest/gtest.h'), packages: ['libgtest-dev'] },
  {
    shows: () => ['x86_64', 'aarch64'].some((arch) => existsSync(`${resources}/linux/libclang_rt.asan-${arch}.a`)),
    packages: ['libclang-rt-22-dev'],
  },
  { shows: () => has('clang-format'), packages: ['clang-format'] },
  { shows: () => has('clang-tidy-22'), packages: ['clang-tidy-22'] },
];
// Builds are faster with the one and a tenth smaller with the other: installed along with the rest, never asked for.
const WELCOME = [
  { shows: () => has('ccache'), packages: ['ccache'] },
  { shows: () => has('wasm-opt'), packages: ['binaryen'] },
];

/** The folder that holds nlohmann/json.hpp, or null. */
function jsonFolder() {
  const folders = [process.env.NLOHMANN_JSON_INCLUDE, '/usr/include', '/usr/local/include', '/opt/homebrew/include'];
  return folders.find((folder) => folder && existsSync(`${folder}/nlohmann/json.hpp`)) ?? null;
}

const packagesOf = (needs) => needs.filter((need) => !need.shows()).flatMap((need) => need.packages);

/** What is wrong with the SDK that WASI_SDK_PATH names; nothing if it will do. */
export function sdkProblem(folder = sdk) {
  if (!folder) return null;
  for (const part of ['bin/clang++', 'share/wasi-sysroot'])
    if (!existsSync(`${folder}/${part}`))
      return `WASI_SDK_PATH is ${folder}, but there is no ${part} in it. Point it to an unpacked WASI SDK, or unset it.`;
  return null;
}

async function installPackages(needs) {
  const problem = sdkProblem();
  if (problem) fail(problem);
  const missing = packagesOf(needs);
  if (!missing.length) return;
  const why = !has('apt-get') ? 'there is no apt-get here' : process.getuid?.() !== 0 ? 'only root may install packages' : null;
  if (why) {
    fail(`These are missing, and ${why}: ${missing.join(' ')} (names of Debian's packages).

On Debian 12:     sudo apt-get install --no-install-recommends ${missing.join(' ')}
Anywhere else:    install cmake, ninja and nlohmann/json (NLOHMANN_JSON_INCLUDE may name its include folder), unpack a
                  WASI SDK and set WASI_SDK_PATH to it.
Then run this again.`);
  }
  const all = [...missing, ...packagesOf(WELCOME)];
  say(`installing ${all.join(' ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await run('apt-get', ['update', '-q'], { env });
    await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...all], { env });
  } catch (error) {
    fail(`${error.message}\n\nThe packages above could not be installed. Is there a network, and is this Debian 12 or newer?`);
  }
}

async function installModules() {
  const stamp = at('node_modules', '.isthmus-stamp');
  if (isFresh(stamp, at('package-lock.json'))) return;
  say('installing npm packages');
  try {
    await run('npm', ['ci', '--no-audit', '--no-fund']);
  } catch (error) {
    fail(`${error.message}\n\nThe npm packages could not be installed. Is there a network?`);
  }
  writeStamp(stamp);
}

// The Wasm builds see this one folder of the system's headers and no other.
function linkJson() {
  const link = at('build', 'include', 'nlohmann');
  if (existsSync(link)) return;
  mkdirSync(at('build', 'include'), { recursive: true });
  symlinkSync(`${jsonFolder()}/nlohmann`, link);
}

/** @param {'run' | 'test'} purpose */
export async function setUp(purpose) {
  await installPackages(purpose === 'test' ? [...RUN, ...TEST] : RUN);
  await installModules();
  linkJson();
}
