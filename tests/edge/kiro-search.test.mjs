// Kiro searches the web by a tool that its clients run: here the gateway runs it, and the client sees one answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SOCIAL_ARN } from '../upstreams/kiro.mjs';
import { edge, generations, HELLO, state, withKey, withLogin } from './kiro-lab.mjs';

const model = 'claude-sonnet-4.6';
const searches = () => edge.upstream.requests.filter(({ path }) => path.endsWith('/mcp'));
const SEARCH = { thinking: 'I must look.', text: 'Let me see.', calls: [{ name: 'web_search', args: { query: 'rain in Köln' } }] };
const script = (...turns) => edge.upstream.scenario(...turns.map((turn) => ({ turn, key: 'kiro' })));
const names = (request) =>
  state(request).currentMessage.userInputMessage.userInputMessageContext.tools.map((tool) => tool.toolSpecification.name);
const MESSAGES = { model, max_tokens: 100, messages: [{ role: 'user', content: 'Rain?' }] };
const SERVER_TOOL = { type: 'web_search_20250305', name: 'web_search' };

for (const stream of [false, true]) {
  test(`Messages, ${stream ? 'streamed' : 'whole'}: what was searched for and found stands between the words`, async () => {
    await withKey();
    script(SEARCH, { text: 'It rains.' });
    const asked = { ...MESSAGES, tools: [SERVER_TOOL] };
    const { content, stop_reason, usage } = stream
      ? await edge.anthropic.messages.stream(asked).finalMessage()
      : await edge.anthropic.messages.create(asked);
    assert.deepEqual(
      content.map(({ type }) => type),
      ['thinking', 'text', 'server_tool_use', 'web_search_tool_result', 'text'],
    );
    const [, before, use, result, after] = content;
    assert.deepEqual([before.text, after.text, stop_reason], ['Let me see.', 'It rains.', 'end_turn']);
    assert.equal(use.id, result.tool_use_id);
    assert.equal(result.content[0].url, 'https://example.com/a');
    assert.ok(usage.output_tokens > 0);
    assert.equal(searches()[0].body.params.arguments.query, 'rain in Köln');
    const [first, second] = generations();
    assert.deepEqual(names(first), ['web_search']);
    const { history, currentMessage } = state(second);
    const answer = history.at(-1).assistantResponseMessage;
    assert.deepEqual([answer.content, answer.toolUses[0].input], ['Let me see.', { query: 'rain in Köln' }]);
    assert.equal(answer.reasoningContent.reasoningText.text, 'I must look.');
    const [told] = currentMessage.userInputMessage.userInputMessageContext.toolResults;
    assert.match(told.content[0].text, /About “rain in Köln”\nhttps:\/\/example.com\/a\nIt rains\./);
  });
}

test('Responses, Gemini and chat have the answer in one piece', async () => {
  await withKey();
  const turns = [SEARCH, { text: 'It rains.' }];
  script(...turns, ...turns, ...turns);
  const said = await edge.client.responses.create({ model, input: 'Rain?', tools: [{ type: 'web_search' }] });
  assert.ok(said.output.some((item) => item.type === 'web_search_call' && item.action.query === 'rain in Köln'));
  assert.match(said.output_text, /It rains\./);
  const found = await edge.genai.models.generateContent({ model, contents: 'Rain?', config: { tools: [{ googleSearch: {} }] } });
  assert.match(found.text, /It rains\./);
  const chat = await edge.client.chat.completions.create({ ...HELLO, web_search_options: {} });
  assert.deepEqual([chat.choices[0].message.tool_calls, chat.choices[0].finish_reason], [undefined, 'stop']);
  assert.match(chat.choices[0].message.content, /It rains\./);
  assert.equal(searches().length, 3);
});

test('nobody searches who was not asked to; a tool of the client’s own by that name stays its own', async () => {
  await withKey();
  const own = { name: 'web_search', input_schema: { type: 'object', properties: { query: { type: 'string' } } } };
  script(SEARCH);
  const called = await edge.anthropic.messages.create({ ...MESSAGES, tools: [own] });
  assert.deepEqual([called.stop_reason, called.content.at(-1).name], ['tool_use', 'web_search']);
  const remote = { ...SEARCH, calls: [{ name: 'remote_web_search', args: { query: 'rain' } }] };
  script(remote, { text: 'It rains.' });
  const body = { ...HELLO, web_search_options: {}, tools: [{ type: 'function', function: { name: 'web_search', parameters: {} } }] };
  const { choices } = await (await edge.post(body)).json();
  assert.match(choices[0].message.content, /It rains\./);
  assert.deepEqual(names(generations()[1]).sort(), ['remote_web_search', 'web_search']);
  assert.equal(searches().length, 1);
});

test('beside a call of the client’s tool a search waits: the client answers first', async () => {
  await withKey();
  const weather = { name: 'weather', args: { city: 'Köln' } };
  script({ calls: [SEARCH.calls[0], weather] });
  const tools = [SERVER_TOOL, { name: 'weather', input_schema: { type: 'object', properties: { city: { type: 'string' } } } }];
  const { content, stop_reason } = await edge.anthropic.messages.create({ ...MESSAGES, tools });
  assert.deepEqual(
    content.map(({ type, name, input }) => [type, name, input]),
    [['tool_use', 'weather', weather.args]],
  );
  assert.equal(stop_reason, 'tool_use');
});

test('a search that fails is told to the model, and one that goes on and on is ended', async () => {
  await withKey();
  edge.upstream.scenario({ kind: 'down', key: 'mcp' });
  script(SEARCH, { text: 'I cannot tell.' });
  const { content } = await edge.anthropic.messages.create({ ...MESSAGES, tools: [SERVER_TOOL] });
  assert.equal(content.at(-1).text, 'I cannot tell.');
  const results = state(generations()[1]).currentMessage.userInputMessage.userInputMessageContext.toolResults;
  assert.match(results[0].content[0].text, /The search failed: The search is down\./);
  edge.upstream.reset();
  script(...Array(20).fill(SEARCH));
  const endless = await edge.anthropic.messages.create({ ...MESSAGES, tools: [SERVER_TOOL] });
  assert.equal(endless.stop_reason, 'end_turn');
  assert.equal(generations().length, 6);
});

test('a refusal after a search is the answer’s end', async () => {
  await withKey();
  edge.upstream.scenario({ turn: SEARCH, key: 'kiro' }, { kind: 'too_long', key: 'kiro', times: 9 });
  await assert.rejects(edge.anthropic.messages.create({ ...MESSAGES, tools: [SERVER_TOOL] }), /too long/);
});

test('a login’s profile goes along', async () => {
  await withLogin('social', { authMethod: 'social', profileArn: SOCIAL_ARN });
  script(SEARCH, { text: 'It rains.' });
  const { choices } = await (await edge.post({ ...HELLO, web_search_options: {} })).json();
  assert.match(choices[0].message.content, /It rains\./);
  assert.equal(searches()[0].headers['x-amzn-kiro-profile-arn'], SOCIAL_ARN);
});
