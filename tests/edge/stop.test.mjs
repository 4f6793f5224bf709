// Stop sequences over the wires that have no field for them: the gateway ends the answer itself, in the surface's words, and
// lets the upstream go.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { send } from './ask.mjs';
import * as completions from './grammar/completions.mjs';
import { grammar } from './grammar.mjs';
import { allWires, MODELS, start } from './harness.mjs';

let edge;
before(async () => (edge = await start({ accounts: allWires })));
after(() => edge.stop());
beforeEach(() => edge.upstream.reset());

const PROMPT = 'one two STOP three';
const user = [{ role: 'user', content: PROMPT }];
const SURFACES = {
  chat: (model, stream, stop) => ['/v1/chat/completions', { model, stream, stop, messages: user }],
  completions: (model, stream, stop) => ['/v1/completions', { model, stream, stop, prompt: PROMPT }],
  anthropic: (model, stream, stop) => ['/v1/messages', { model, stream, stop_sequences: stop, max_tokens: 4000, messages: user }],
  gemini: (model, stream, stop) => [
    `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    { contents: [{ role: 'user', parts: [{ text: PROMPT }] }], generationConfig: { stopSequences: stop } },
  ],
};
const readers = { ...grammar, completions };

async function ask(surface, model, stream, stop) {
  const [path, body] = SURFACES[surface](model, stream, stop);
  const { status, text } = await send(edge.url, surface === 'completions' ? 'chat' : surface, path, body);
  assert.equal(status, 200, text);
  return { text, read: readers[surface][stream ? 'stream' : 'whole'](text) };
}

for (const wire of ['responses', 'kiro', 'antigravity-claude']) {
  for (const surface of Object.keys(SURFACES)) {
    test(`${surface} over ${wire}: the answer ends before the sequence`, async () => {
      for (const stream of [true, false]) {
        const { text, read } = await ask(surface, MODELS[wire], stream, ['\n\n', 'STOP']);
        assert.match(read.text, /one two $/, text);
        assert.equal(read.finish, 'stop');
        if (surface === 'anthropic') assert.match(text, /"stop_reason":"stop_sequence","stop_sequence":"STOP"/);
        assert.equal(JSON.stringify(edge.upstream.requests.at(-1).body).includes('"STOP"'), false, 'no field for it goes upstream');
      }
    });
  }
  test(`${wire}: a sequence that never comes changes nothing`, async () => {
    const { read } = await ask('anthropic', MODELS[wire], true, ['STOPP', 'threee']);
    assert.match(read.text, /one two STOP three$/);
  });
}

test('the upstream is let go once the sequence has come', async () => {
  edge.upstream.scenario({ delayMs: 150 });
  const { read } = await ask('chat', MODELS.responses, true, ['one']);
  assert.match(read.text, /^You said: $/);
  for (let i = 0; i < 30 && !edge.upstream.requests.at(-1).closedEarly; i++) await sleep(100);
  assert.equal(edge.upstream.requests.at(-1).closedEarly, true);
  assert.equal(await edge.quiet(), 0);
});

test('an upstream cut anywhere: the same answer', async () => {
  for (const chunkBytes of [1, 7]) {
    edge.upstream.scenario({ chunkBytes });
    const { read } = await ask('anthropic', MODELS.responses, true, ['two STOP']);
    assert.equal(read.text, 'You said: one ');
  }
});

test('whole answers count tokens, although the upstream was not heard to its end', async () => {
  const [path, body] = SURFACES.chat(MODELS.responses, false, ['STOP']);
  const { usage } = JSON.parse((await send(edge.url, 'chat', path, body)).text);
  assert.ok(usage.prompt_tokens > 0 && usage.completion_tokens > 0, JSON.stringify(usage));
});

test('an empty sequence ends nothing', async () => {
  for (const [surface, wire] of [
    ['chat', 'gemini'],
    ['completions', 'gemini'],
    ['anthropic', 'antigravity'],
    ['gemini', 'openai'],
    ['anthropic', 'responses'],
  ]) {
    const { read } = await ask(surface, MODELS[wire], true, ['']);
    assert.match(read.text, /one two STOP three$/, `${surface} over ${wire}`);
  }
  assert.match((await ask('chat', MODELS.gemini, false, '')).read.text, /one two STOP three$/);
});

test('blank sequences, and more than an upstream takes, are watched for', async () => {
  const many = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'STOP'];
  for (const wire of ['openai', 'gemini', 'anthropic']) {
    const { read } = await ask(wire === 'anthropic' ? 'chat' : 'anthropic', MODELS[wire], true, many);
    assert.match(read.text, /one two $/, wire);
  }
  assert.match((await ask('chat', MODELS.anthropic, true, [' '])).read.text, /^You$/);
});
