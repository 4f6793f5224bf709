// POST /v1/completions: a prompt of plain text over every wire, its rules, and the official SDK.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { send } from './ask.mjs';
import * as completions from './grammar/completions.mjs';
import { allWires, MODELS, start } from './harness.mjs';

let edge;
before(async () => (edge = await start({ accounts: allWires })));
after(() => edge.stop());
beforeEach(() => edge.upstream.reset());

const post = (body, path = '/v1/completions') => send(edge.url, 'chat', path, { model: MODELS.openai, prompt: 'Once upon', ...body });
const lastBody = () => edge.upstream.requests.filter((r) => r.method === 'POST').at(-1).body;
async function refused(body, param, words) {
  const { status, text } = await post(body);
  const { error } = JSON.parse(text);
  assert.equal(status, 400, text);
  assert.equal(error.param, param);
  assert.match(error.message, words);
  assert.deepEqual(edge.upstream.requests, []);
}

for (const [wire, model] of Object.entries(MODELS)) {
  test(`${wire}: a prompt is answered, whole and streamed`, async () => {
    const whole = await post({ model });
    assert.equal(whole.status, 200, whole.text);
    const read = completions.whole(whole.text);
    assert.match(read.text, /^You said/);
    assert.match(JSON.stringify(lastBody()), /Once upon/);
    assert.equal(read.finish, 'stop');
    assert.equal(read.model, model);
    const streamed = await post({ model, prompt: ['Once upon'], stream: true });
    assert.match(streamed.type, /^text\/event-stream/);
    assert.equal(completions.stream(streamed.text).text, read.text);
  });
}

test('the official SDK: a stream with usage, echo, and two answers', async () => {
  const stream = await edge.client.completions.create({
    model: MODELS.openai,
    prompt: 'Grüße 😀 "quoted"',
    echo: true,
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = '';
  let usage = null;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.text ?? '';
    usage = chunk.usage ?? usage;
  }
  assert.equal(text, 'Grüße 😀 "quoted"You said: Grüße 😀 "quoted"');
  assert.ok(usage.total_tokens > 0);
  const answer = await edge.client.completions.create({ model: 'gemini-2.5-flash', prompt: 'x', n: 2, best_of: 2, echo: true });
  assert.deepEqual(
    answer.choices.map((choice) => [choice.index, choice.text, choice.finish_reason]),
    [0, 1].map((index) => [index, 'xYou said: x', 'stop']),
  );
});

test('fields reach the upstream as those of a chat completion', async () => {
  const { status, text } = await post({ max_tokens: 7, stop: ['\n\n'], temperature: 0.5, seed: 3, user: 'u', suffix: '', tools: [{}] });
  assert.equal(status, 200, text);
  const body = lastBody();
  assert.deepEqual(body.messages, [{ role: 'user', content: 'Once upon' }]);
  assert.deepEqual([body.max_completion_tokens, body.stop, body.temperature, body.seed, body.user], [7, ['\n\n'], 0.5, 3, 'u']);
  assert.equal(body.tools, undefined);
  await post({});
  assert.equal(lastBody().max_completion_tokens, undefined);
});

test('log probabilities stand in four arrays', async () => {
  for (const stream of [false, true]) {
    const { text } = await post({ model: 'gemini-2.5-flash', logprobs: 1, stream });
    const { responseLogprobs, logprobs } = lastBody().generationConfig;
    assert.deepEqual([responseLogprobs, logprobs], [true, 1]);
    const bodies = stream ? [...text.matchAll(/^data: (\{.*)$/gm)].map(([, json]) => JSON.parse(json)) : [JSON.parse(text)];
    const found = bodies.map((body) => body.choices[0].logprobs).filter(Boolean);
    const tokens = found.flatMap((each) => each.tokens);
    const said = (stream ? completions.stream : completions.whole)(text).text;
    assert.ok(tokens.length && said.startsWith(tokens.join('')), tokens.join(''));
    let at = 0;
    for (const [index, offset] of found.flatMap((each) => each.text_offset).entries()) {
      assert.equal(offset, at);
      at += [...tokens[index]].length;
    }
    for (const top of found.flatMap((each) => each.top_logprobs)) assert.equal(Object.keys(top).length, 1);
  }
});

test('what cannot be done is refused, and says why', async () => {
  await refused({ prompt: [1, 2, 3] }, 'prompt', /token ids/);
  await refused({ prompt: [[1, 2, 3]] }, 'prompt', /token ids/);
  await refused({ prompt: ['a', 'b'] }, 'prompt', /one prompt per request/);
  await refused({ prompt: [] }, 'prompt', /empty/);
  await refused({ prompt: '' }, 'prompt', /empty/);
  await refused({ prompt: null }, 'prompt', /Missing/);
  await refused({ prompt: 7 }, 'prompt', /expected a string/);
  await refused({ suffix: 'the end' }, 'suffix', /between two texts/);
  await refused({ best_of: 2 }, 'best_of', /leave it out/);
  await refused({ logprobs: 6 }, 'logprobs', /at most 5/);
  await refused({ echo: true, logprobs: 1 }, 'echo', /prompt/);
  await refused({ model: MODELS.anthropic, n: 2 }, 'n', /./);
});

test('under a provider’s path; a chat body here and a text body there are told apart', async () => {
  assert.equal((await post({}, '/openai/v1/completions')).status, 200);
  const chat = await post({ prompt: undefined, messages: [{ role: 'user', content: 'hi' }] });
  assert.equal(chat.status, 400);
  assert.match(chat.text, /\/v1\/chat\/completions/);
  const other = await post({}, '/v1/chat/completions');
  assert.equal(other.status, 400);
  assert.match(other.text, /\/v1\/completions/);
});

test('errors before and within an answer are OpenAI’s', async () => {
  edge.upstream.scenario({ kind: 'overloaded', times: 9 });
  const failed = await post({});
  assert.ok(failed.status >= 500, failed.text);
  assert.ok(completions.whole(failed.text).error);
  edge.upstream.reset();
  edge.upstream.scenario({ errorEvent: 'middle' });
  assert.ok(completions.stream((await post({ model: 'gemini-2.5-flash', stream: true })).text).error);
});
