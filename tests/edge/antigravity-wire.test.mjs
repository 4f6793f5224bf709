// Antigravity's wire at the edge: what its Gemini and its Claude models are sent, by four official SDKs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, CLAUDE, edge, generations, HELLO, login } from './antigravity-lab.mjs';
import { collect } from './harness.mjs';

const CALL = { thinking: 'I must look.', calls: [{ name: 'weather', args: { city: 'Köln' } }] };
const weather = {
  type: 'object',
  properties: { city: { type: 'string', minLength: 1 }, unit: { type: 'integer', enum: [1, 2] } },
  required: ['city'],
  additionalProperties: false,
};
const FUNCTION = { type: 'function', function: { name: 'weather', description: 'Weather', parameters: weather } };
const last = () => generations().at(-1).body;

test('the envelope, and Claude’s tools without parameters: nothing of what only we asked for comes back', async () => {
  await login({ project: 'p' });
  edge.upstream.scenario({ turn: { calls: [{ name: 'now', args: {} }] } });
  const { choices } = await edge.client.chat.completions.create({
    model: 'claude-sonnet-4-6',
    max_tokens: 100,
    messages: [{ role: 'user', content: 'hi' }],
    tools: [{ type: 'function', function: { name: 'now', parameters: { type: 'object', properties: {} } } }],
  });
  const call = choices[0].message.tool_calls[0];
  assert.deepEqual([call.id, call.function.arguments], ['toolu_vrtx_now_0', '{}']);
  const { requestId, ...envelope } = last();
  assert.match(requestId, /^agent-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const reason = { type: 'string', description: 'Brief explanation of why you are calling this tool' };
  assert.deepEqual(envelope, {
    project: 'p',
    model: 'claude-sonnet-4-6',
    userAgent: 'antigravity',
    requestType: 'agent',
    request: {
      contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
      tools: [{ functionDeclarations: [{ name: 'now', parameters: { type: 'object', properties: { reason }, required: ['reason'] } }] }],
      toolConfig: { functionCallingConfig: { mode: 'VALIDATED' } },
      generationConfig: { maxOutputTokens: 100 },
      sessionId: '-1099796703622425494',
    },
  });
});

test('chat completions: Claude’s thoughts are remembered by the call and go back with their proof', async () => {
  await login();
  edge.upstream.scenario({ turn: CALL }, { turn: { text: 'Rain.' } });
  const asked = { model: 'claude-sonnet-4-6', reasoning_effort: 'high', tools: [FUNCTION] };
  const messages = [{ role: 'user', content: 'Like here?' }];
  const first = await collect(await edge.client.chat.completions.create({ ...asked, stream: true, messages }));
  assert.deepEqual([first.reasoning, first.finish, first.calls[0].arguments], ['I must look.', 'tool_calls', '{"city":"Köln"}']);
  assert.deepEqual(last().request.generationConfig.thinkingConfig, { includeThoughts: true, thinkingBudget: 24576 });
  assert.equal(last().request.generationConfig.maxOutputTokens, 64000);
  const { unit } = last().request.tools[0].functionDeclarations[0].parameters.properties;
  assert.deepEqual(unit, { type: 'integer', description: 'Allowed: 1, 2' });
  const calls = first.calls.map(({ id, name, arguments: args }) => ({ id, type: 'function', function: { name, arguments: args } }));
  messages.push({ role: 'assistant', content: null, tool_calls: calls }, { role: 'tool', tool_call_id: first.calls[0].id, content: 'wet' });
  const then = await edge.client.chat.completions.create({ ...asked, messages });
  assert.equal(then.choices[0].message.content, 'Rain.');
  const [, turn, answer] = last().request.contents;
  assert.deepEqual([turn.parts[0].text, turn.parts[0].thought], ['I must look.', true]);
  assert.match(turn.parts[0].thoughtSignature, /^R/);
  assert.equal(turn.parts[1].functionCall.id, answer.parts[0].functionResponse.id);
  assert.ok(last().request.generationConfig.thinkingConfig, 'and thinking goes on');
});

test('a tool loop that another model began goes on without thinking, either way', async () => {
  await login();
  const messages = [
    { role: 'user', content: 'Like here?' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_x', type: 'function', function: { name: 'weather', arguments: '{"city":"Rio"}' } }],
    },
    { role: 'tool', tool_call_id: 'call_x', content: 'wet' },
  ];
  assert.equal((await ask({ ...CLAUDE, messages, reasoning_effort: 'high', tools: [FUNCTION] })).status, 200);
  assert.equal(last().request.generationConfig.thinkingConfig, undefined);
  assert.equal((await ask({ ...HELLO, messages, tools: [FUNCTION] })).status, 200);
  assert.equal(last().request.contents[1].parts[0].thoughtSignature, 'skip_thought_signature_validator');
});

test('Messages, streamed: a budget below the limit, its proof wrapped and unwrapped', async () => {
  await login();
  edge.upstream.scenario({ turn: CALL }, { turn: { text: 'Rain.' } });
  const asked = {
    model: 'claude-opus-4-6',
    max_tokens: 4000,
    thinking: { type: 'enabled', budget_tokens: 3999 },
    tools: [{ name: 'weather', input_schema: weather }],
  };
  const messages = [{ role: 'user', content: 'Like here?' }];
  const first = await edge.anthropic.messages.stream({ ...asked, messages }).finalMessage();
  assert.deepEqual([first.content[0].thinking, first.stop_reason], ['I must look.', 'tool_use']);
  assert.equal(last().model, 'claude-opus-4-6-thinking');
  assert.equal(last().request.generationConfig.thinkingConfig.thinkingBudget, 3999);
  const result = { type: 'tool_result', tool_use_id: first.content[1].id, content: 'wet' };
  messages.push({ role: 'assistant', content: first.content }, { role: 'user', content: [result] });
  const then = await edge.anthropic.messages.create({ ...asked, messages });
  assert.equal(then.content[0].text, 'Rain.');
  assert.match(last().request.contents[1].parts[0].thoughtSignature, /^R/);
});

test('Responses and Gemini by their official SDKs, over a Gemini model', async () => {
  await login();
  edge.upstream.scenario({ turn: { thinking: 'Hm.', text: 'Good day.' } }, { turn: CALL });
  const said = await edge.client.responses.create({ model: 'antigravity/gemini-3-flash', input: 'hello', reasoning: { effort: 'low' } });
  assert.equal(said.output_text, 'Good day.');
  assert.deepEqual(last().request.generationConfig.thinkingConfig, { includeThoughts: true, thinkingLevel: 'low' });
  const tools = [{ functionDeclarations: [{ name: 'weather', parametersJsonSchema: weather }] }];
  const called = await edge.genai.models.generateContent({
    model: 'gemini-pro-agent',
    contents: 'Like here?',
    config: { tools, safetySettings: [], labels: { a: 'b' } },
  });
  assert.deepEqual(called.functionCalls[0].args, { city: 'Köln' });
  assert.ok(generations().every((request) => request.path.endsWith(':streamGenerateContent')));
});

test('a choice of tools, JSON and the end of an answer begun: in words for Claude', async () => {
  await login();
  const base = { ...CLAUDE, tools: [FUNCTION] };
  await ask({ ...base, tool_choice: 'required' });
  assert.match(last().request.systemInstruction.parts[0].text, /^Call at least one of the tools/);
  await ask({ ...base, tool_choice: { type: 'function', function: { name: 'weather' } } });
  assert.match(last().request.systemInstruction.parts[0].text, /these tools in this turn: weather/);
  await ask({ ...base, tool_choice: 'none' });
  assert.equal(last().request.tools, undefined);
  const json = await ask({ ...CLAUDE, response_format: { type: 'json_object' } });
  assert.equal(json.status, 200);
  assert.match(last().request.systemInstruction.parts[0].text, /one JSON object/);
  const begun = await ask({ ...CLAUDE, messages: [...CLAUDE.messages, { role: 'assistant', content: 'Well, ' }] });
  assert.equal(begun.status, 200);
});

const NAMES = {
  'gemini-2.5-computer-use-preview-10-2025': 'rev19-uic3-1p',
  'rev19-uic3-1p': 'rev19-uic3-1p',
  'gemini-3-pro-image-preview': 'gemini-3.1-flash-image',
  'gemini-3-pro-image': 'gemini-3.1-flash-image',
  'gemini-3-pro-preview': 'gemini-pro-agent',
  'gemini-3-pro-high': 'gemini-pro-agent',
  'gemini-3-flash-preview': 'gemini-3-flash',
  'gemini-3-flash': 'gemini-3-flash',
  'gemini-2.5-flash': 'gemini-2.5-flash',
  'gemini-claude-sonnet-4-5': 'claude-sonnet-4-6',
  'claude-sonnet-4-5': 'claude-sonnet-4-6',
  'gemini-claude-sonnet-4-5-thinking': 'claude-sonnet-4-6',
  'claude-sonnet-4-5-thinking': 'claude-sonnet-4-6',
  'gemini-claude-opus-4-5-thinking': 'claude-opus-4-6-thinking',
  'claude-opus-4-5-thinking': 'claude-opus-4-6-thinking',
  'antigravity-gemini-3-flash': 'gemini-3-flash',
};
test('every documented name leads to a model', async () => {
  await login();
  for (const [name, wire] of Object.entries(NAMES)) {
    const answer = await ask({ ...HELLO, model: `gemini-antigravity/${name}` });
    assert.equal(answer.status, 200, `${name}: ${JSON.stringify(answer)}`);
    assert.equal(last().model, wire, name);
  }
});

test('a model that draws gets neither tools nor instructions nor a session', async () => {
  await login();
  const messages = [{ role: 'system', content: 'Be nice.' }, ...HELLO.messages];
  assert.equal((await ask({ ...HELLO, model: 'antigravity/gemini-3.1-flash-image', messages, tools: [FUNCTION] })).status, 200);
  assert.equal(last().requestType, 'image_gen');
  assert.match(last().requestId, /^image_gen\/\d+\//);
});

test('a search of the web is a request of its own kind', async () => {
  await login();
  assert.equal((await ask({ ...HELLO, web_search_options: {} })).status, 200);
  assert.deepEqual([last().requestType, last().request.tools], ['web_search', [{ googleSearch: {} }]]);
});
