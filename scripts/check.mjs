// npm run check: style and structure that no compiler holds. Every finding is printed; any ends in a failure.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { at, modernNode, quiet, run, wrangler } from './lib.mjs';
import { tidy } from './tidy.mjs';

// Dependencies run one way: a folder includes only those to its left, and itself.
const LAYERS = ['base', 'json', 'http', 'host', 'chat', 'protocol', 'config', 'account', 'provider', 'gateway'];
const MAX_LINES = 450;
const MAX_FUNCTION = 70;

const findings = [];
const tracked = spawnSync('git', ['ls-files'], { cwd: at(), encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
const textOf = (file) => readFileSync(at(file), 'utf8');
const sources = tracked.filter((file) => /^src\/.*\.(cc|h)$/.test(file));

function checkLayers() {
  for (const file of sources) {
    const own = LAYERS.indexOf(file.split('/')[1]);
    for (const [, folder] of textOf(file).matchAll(/^#include "(\w+)\//gm)) {
      const other = LAYERS.indexOf(folder);
      if (own >= 0 && other > own) findings.push(`${file}: includes "${folder}/", which stands above it`);
    }
  }
}

// A coroutine's parameters must outlive it. A view, or a reference that can bind to a temporary, may not; captures never do.
function checkCoroutines() {
  for (const file of sources) {
    const text = textOf(file);
    for (const [, name, parameters] of text.matchAll(/base::Task<[^;{}]*?>\s+([\w:]+)\(([^)]*)\)/g)) {
      if (/string_view|span</.test(parameters)) findings.push(`${file}: coroutine ${name} takes a view, which may not outlive it`);
      if (/&&|const std::[^,]*&/.test(parameters))
        findings.push(`${file}: coroutine ${name} takes a reference that binds to temporaries: take a value`);
    }
    if (/\[[^\]\n]+\]\([^)]*\)\s*->\s*base::Task/.test(text)) findings.push(`${file}: a coroutine lambda captures`);
  }
}

function checkNlohmann() {
  const allowed = /^src\/protocol\/schema(_\w+)?\.cc$/;
  for (const file of sources) {
    if (/nlohmann/.test(textOf(file)) && !allowed.test(file) && !file.endsWith('runtime.cc')) {
      findings.push(`${file}: nlohmann/json is for tool schemas only`);
    }
  }
}

function checkText() {
  const words = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].join('|')})\\b`);
  for (const file of tracked.filter((name) => /\.(cc|h|m?js|md|toml|json|cmake)$/.test(name) && name !== 'package-lock.json')) {
    const lines = textOf(file).split('\n');
    if (/\.(cc|h|m?js)$/.test(file) && lines.length > MAX_LINES) findings.push(`${file}: ${lines.length} lines, more than ${MAX_LINES}`);
    lines.forEach((line, index) => {
      if (words.test(line)) findings.push(`${file}:${index + 1}: unfinished work is done or filed, not noted here`);
      if (/\/(home|root|Users)\/\w/.test(line)) findings.push(`${file}:${index + 1}: a path of somebody's machine`);
    });
  }
}

// clang-tidy measures the functions of C++. A function of a script begins and ends in its first column.
function checkFunctions() {
  for (const file of tracked.filter((name) => /\.m?js$/.test(name))) {
    const lines = textOf(file).split('\n');
    lines.forEach((line, begin) => {
      if (!/^(export )?(async )?function\*? \w+/.test(line)) return;
      const size = lines.slice(begin).indexOf('}') + 1;
      if (size > MAX_FUNCTION) findings.push(`${file}:${begin + 1}: a function of ${size} lines, more than ${MAX_FUNCTION}`);
    });
  }
}

// Every provider that the registry knows has its row in the README and its page.
function checkProviders() {
  const readme = textOf('README.md');
  for (const file of sources.filter((name) => name.startsWith('src/provider/'))) {
    for (const [, id] of textOf(file).matchAll(/string_view id\(\) const override \{\s*return "([\w-]+)";/g)) {
      if (!readme.includes(`| \`${id}\` |`)) findings.push(`README.md: the table of providers lacks ${id}`);
      if (!tracked.includes(`docs/providers/${id}.md`)) findings.push(`docs/providers/${id}.md: there is no such page`);
    }
  }
}

// Every variable that the core knows stands in the list of settings.
function checkSettings() {
  const known = textOf('docs/settings.md');
  const read = [...textOf('src/config/settings.cc').matchAll(/name == "([A-Z_]+)"/g)];
  for (const file of sources.filter((name) => name.startsWith('src/provider/') && !name.endsWith('descriptor.h'))) {
    read.push(...textOf(file).matchAll(/variable\("([A-Z_]+)"\)|kVariable = "([A-Z_]+)"/g));
    for (const [list] of textOf(file).matchAll(/"environment": (\{[^}]*\})|kVariables\[\] = (\{[^;]*\});/g))
      read.push(...list.matchAll(/"([A-Z][A-Z_]+)"/g));
  }
  for (const [, ...names] of read) {
    const name = names.find(Boolean);
    if (!known.includes(`\`${name}\``)) findings.push(`docs/settings.md: ${name} is missing`);
  }
}

function checkFormat() {
  const files = tracked.filter((name) => /^(src|tests)\/.*\.(cc|h)$/.test(name));
  const formatted = spawnSync('clang-format', ['--dry-run', '-Werror', ...files], { cwd: at(), encoding: 'utf8' });
  if (formatted.status !== 0) findings.push(`clang-format (npm run format mends it):\n${formatted.stderr.slice(0, 3000)}`);
}

async function checkScripts() {
  const biome = await run(at('node_modules/.bin/biome'), ['ci', '--colors=off', 'bench', 'js-shim', 'scripts', 'tests'], {
    allowFailure: true,
  });
  if (biome.code) findings.push(`biome:\n${biome.output.slice(-4000)}`);
  await run(modernNode(), [wrangler, 'types', at('build', 'worker-configuration.d.ts'), '--include-env=false'], { env: quiet });
  const tsc = await run(at('node_modules/.bin/tsc'), ['--noEmit', '-p', '.'], { allowFailure: true });
  if (tsc.code) findings.push(`tsc:\n${tsc.output.slice(0, 4000)}`);
}

checkLayers();
checkCoroutines();
checkNlohmann();
checkText();
checkFunctions();
checkProviders();
checkSettings();
checkFormat();
await checkScripts();
findings.push(...(await tidy(sources)));
for (const finding of findings) console.log(finding);
console.log(findings.length ? `${findings.length} findings` : 'nothing found');
process.exit(findings.length ? 1 : 0);
