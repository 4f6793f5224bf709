// npm run fidelity: writes docs/fidelity.md from the golden tests, which measure what becomes of every field, and from the
// rules in tests/golden/rules.json, which say why. With --check it only says whether the page is what it would write.
// A field that is dropped or refused without a rule is an error, and so is a rule for nothing.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as completions from '../tests/edge/grammar/completions.mjs';
import { grammar } from '../tests/edge/grammar.mjs';
import { at, fail } from './lib.mjs';

const PAGE = at('docs', 'fidelity.md');
const NAMES = {
  openai_chat: { title: 'OpenAI chat completions', reader: 'chat' },
  openai_responses: { title: 'OpenAI Responses', reader: 'responses' },
  anthropic: { title: 'Anthropic Messages', reader: 'anthropic' },
  gemini: { title: 'Gemini', reader: 'gemini' },
  openai_completions: { title: 'OpenAI completions', reader: 'completions' },
};
const readers = { ...grammar, completions };
const rules = JSON.parse(readFileSync(at('tests', 'golden', 'rules.json'), 'utf8'));
const used = new Set();
const problems = [];

/** Sections "=== NAME" of a golden file. @returns {[string, string][]} */
function sections(file) {
  const [, ...parts] = readFileSync(file, 'utf8').split(/^=== /m);
  return parts.map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1)]);
}

// The most particular rule: for this wire, for every wire; then what the wire says of itself.
function ruleFor(group, field, wire, fate) {
  const own = rules[group]?.[field];
  const candidates = [
    [`${group}/${field}/${wire}`, typeof own === 'object' ? own[wire] : undefined],
    [`${group}/${field}`, typeof own === 'string' ? own : own?.['*']],
    [`wires/${wire}/${fate}`, rules.wires[wire]?.[fate]],
  ];
  const [key, sentence] = candidates.find(([, text]) => text) ?? [];
  if (!sentence) problems.push(`no rule says why ${group} "${field}" is ${fate} over ${wire}`);
  used.add(key);
  return sentence ?? '';
}

const cell = (text) => text.replaceAll('|', '\\|');
const row = (cells) => `| ${cells.map(cell).join(' | ')} |`;
const table = (head, rows) => [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

// The sentences for a row: one, or one for each group of wires that share it.
function because(group, field, fates) {
  const said = new Map();
  for (const [wire, fate] of Object.entries(fates)) {
    if (fate !== 'dropped' && fate !== 'refused') continue;
    const sentence = ruleFor(group, field, wire, fate);
    said.set(sentence, [...(said.get(sentence) ?? []), wire]);
  }
  if (said.size === 1) return [...said.keys()][0];
  return [...said].map(([sentence, wires]) => `${wires.join(', ')}: ${sentence}`).join(' ');
}

function requestTable(surface) {
  const fields = sections(at('tests', 'golden', 'requests', `${surface}-fidelity.txt`)).map(([field, body]) => ({
    field,
    fates: Object.fromEntries(
      body
        .trim()
        .split('\n')
        .map((line) => line.split(': ')),
    ),
  }));
  const wires = Object.keys(fields[0].fates);
  const rows = fields.map(({ field, fates }) => [field, ...wires.map((wire) => fates[wire]), because(surface, field, fates)]);
  return table(['field', ...wires, 'rule'], rows);
}

// What an answer may carry, and how each surface shows it: by what the strict reader understood, or by its words.
const CARRIES = {
  text: (heard) => heard.text !== '',
  thinking: (heard) => heard.thinking !== '',
  'signatures, encrypted reasoning': (heard) => heard.opaque.length > 0 || heard.calls.some((call) => call.signature),
  'tool calls': (heard) => heard.calls.length > 0,
  'parallel tool calls': (heard) => heard.calls.length > 1,
  'finish: length': (heard) => heard.finish === 'length',
  'finish: filter or refusal': (heard) => heard.finish === 'filter' || heard.finish === 'refusal',
  'stop sequence that was met': (_, text) => /"stop_sequence":"/.test(text),
  'usage: input and output': (heard) => heard.usage?.output > 0,
  'usage: cached input': (heard) => heard.usage?.cached > 0,
  'usage: thinking': (heard) => heard.usage?.thinking > 0,
  media: (_, text) => /"inlineData"|"image_url"|"type":"image"|image_generation_call|!\[image\]\(data:/.test(text),
  'web search and sources': (_, text) => /groundingMetadata|url_citation|web_search_tool_result|web_search_call/.test(text),
  logprobs: (_, text) => /logprobsResult|"logprobs":(\{|\[\{)/.test(text),
  'an error after the first byte': (heard) => heard.error !== null,
};

// What is to be seen in the golden answers of one pair; answers with several choices are not for the readers.
function carried(wire, surface) {
  const seen = new Set();
  const kinds = sections(at('tests', 'golden', 'answers', `${wire}-${surface}.txt`)).filter(([name]) => /\(stream\)$/.test(name));
  for (const [name, body] of kinds) {
    if (/^fail /.test(body) || /two c|a choice that/.test(name)) continue;
    let heard = { text: '', thinking: '', opaque: [], calls: [], finish: null, usage: null, error: null };
    try {
      heard = readers[NAMES[surface].reader].stream(body.replace(/\n*$/, '\n\n'), { countUsage: true, mayLackUsage: true });
    } catch (error) {
      if (!/finishReason OTHER/.test(error.message)) problems.push(`${wire}-${surface} ${name}: ${error.message}`);
    }
    for (const [what, isThere] of Object.entries(CARRIES)) if (isThere(heard, body)) seen.add(what);
  }
  return seen;
}

function answerTable(wire, surfaces) {
  const seen = Object.fromEntries(surfaces.map((surface) => [surface, carried(wire, surface)]));
  const offered = Object.keys(CARRIES).filter((what) => surfaces.some((surface) => seen[surface].has(what)));
  const rows = offered.map((what) => {
    const fates = Object.fromEntries(surfaces.map((surface) => [surface, seen[surface].has(what) ? 'kept' : 'dropped']));
    return [what, ...surfaces.map((surface) => fates[surface]), because('answers', what, fates)];
  });
  return table(['what', ...surfaces, 'rule'], rows);
}

const surfaces = Object.keys(NAMES).filter((name) => readdirSync(at('tests', 'golden', 'requests')).includes(`${name}-fidelity.txt`));
const wires = readdirSync(at('tests', 'golden', 'answers'))
  .filter((file) => !file.includes('-'))
  .map((file) => file.replace('.txt', ''));
const page = [
  '# Fidelity: what becomes of each field',
  'Written by `npm run fidelity` from the golden tests (tests/golden); a test fails when this page is not what they say. A field is',
  '**kept** (it stands in the upstream request as it was), **mapped** (it has become something else), **dropped** (nothing differs',
  'without it) or **refused** (the client gets a 400 that names it). What is dropped or refused has a rule, in the last column.',
  '',
  'The tables show the way through the model. Where client and upstream speak the same protocol, the gateway edits the original',
  'request instead and passes the answer on: fields that nobody knows survive then, and every field is the upstream’s to judge.',
  ...surfaces.flatMap((surface) => ['', `## Requests: ${NAMES[surface].title}`, '', requestTable(surface)]),
  ...wires.flatMap((wire) => ['', `## Answers over ${NAMES[wire]?.title ?? wire}`, '', answerTable(wire, surfaces)]),
  '',
].join('\n');

for (const [group, fields] of Object.entries(rules)) {
  for (const [field, own] of Object.entries(fields)) {
    const keys = typeof own === 'string' ? [''] : Object.keys(own).map((wire) => (wire === '*' ? '' : `/${wire}`));
    for (const key of keys) if (!used.has(`${group}/${field}${key}`)) problems.push(`a rule for nothing: ${group}/${field}${key}`);
  }
}
if (problems.length) fail(problems.join('\n'));
if (!process.argv.includes('--check')) writeFileSync(PAGE, page);
else if (readFileSync(PAGE, 'utf8') !== page) fail('docs/fidelity.md is stale: npm run fidelity writes it anew.');
