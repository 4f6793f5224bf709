// OpenAI chat completions to Gemini and back, the way one writes it in JavaScript: parse, map, stringify. The yardstick.

const FINISH = { STOP: 'stop', MAX_TOKENS: 'length', SAFETY: 'content_filter', RECITATION: 'content_filter' };

function partsOf(content) {
  if (typeof content === 'string') return content ? [{ text: content }] : [];
  return (content ?? []).map((part) => {
    if (part.type === 'text') return { text: part.text };
    const [, mimeType, data] = /^data:([^;,]*);base64,(.*)$/s.exec(part.image_url.url) ?? [];
    return data ? { inlineData: { mimeType, data } } : { fileData: { fileUri: part.image_url.url } };
  });
}

function callsOf(message) {
  return (message.tool_calls ?? []).map(({ function: f }) => ({ functionCall: { name: f.name, args: JSON.parse(f.arguments || '{}') } }));
}

/** A chat completions body as the body of generateContent. */
export function toGemini(body) {
  const system = [];
  const contents = [];
  const names = new Map();
  const add = (role, parts) => {
    const last = contents.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else contents.push({ role, parts });
  };
  for (const message of body.messages) {
    if (message.role === 'system' || message.role === 'developer') {
      system.push(...partsOf(message.content));
    } else if (message.role === 'assistant') {
      for (const call of message.tool_calls ?? []) names.set(call.id, call.function.name);
      add('model', [...partsOf(message.content), ...callsOf(message)]);
    } else if (message.role === 'tool') {
      add('user', [{ functionResponse: { name: names.get(message.tool_call_id), response: { output: message.content } } }]);
    } else {
      add('user', partsOf(message.content));
    }
  }
  return {
    contents,
    systemInstruction: system.length ? { role: 'user', parts: system } : undefined,
    tools: body.tools && [
      {
        functionDeclarations: body.tools.map(({ function: f }) => ({
          name: f.name,
          description: f.description,
          parametersJsonSchema: f.parameters,
        })),
      },
    ],
    toolConfig: body.tool_choice === 'auto' ? { functionCallingConfig: { mode: 'AUTO' } } : undefined,
    generationConfig: {
      temperature: body.temperature,
      topP: body.top_p,
      maxOutputTokens: body.max_completion_tokens ?? body.max_tokens,
      thinkingConfig: { includeThoughts: true },
    },
  };
}

function read(response) {
  const candidate = response.candidates?.[0];
  const out = { content: '', reasoning: '', calls: [], finish: FINISH[candidate?.finishReason] };
  for (const part of candidate?.content?.parts ?? []) {
    if (part.functionCall) out.calls.push(part.functionCall);
    else if (part.thought) out.reasoning += part.text;
    else out.content += part.text ?? '';
  }
  return out;
}

const toolCall = ({ name, args }, index) => ({
  index,
  id: `call_${crypto.randomUUID()}`,
  type: 'function',
  function: { name, arguments: JSON.stringify(args ?? {}) },
});
const usageOf = (u = {}) => ({
  prompt_tokens: u.promptTokenCount ?? 0,
  completion_tokens: (u.candidatesTokenCount ?? 0) + (u.thoughtsTokenCount ?? 0),
  total_tokens: u.totalTokenCount ?? 0,
});

/** A whole answer. */
export function fromGemini(response, model) {
  const { content, reasoning, calls, finish } = read(response);
  const message = { role: 'assistant', content: content || null };
  if (reasoning) message.reasoning_content = reasoning;
  if (calls.length) message.tool_calls = calls.map(toolCall);
  return {
    id: `chatcmpl-${crypto.randomUUID()}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model,
    choices: [{ index: 0, message, finish_reason: calls.length ? 'tool_calls' : (finish ?? 'stop') }],
    usage: usageOf(response.usageMetadata),
  };
}

/** A stream: give it decoded text as it comes, get the text to send. */
export class ChunkStream {
  constructor(model) {
    this.base = { id: `chatcmpl-${crypto.randomUUID()}`, object: 'chat.completion.chunk', created: Math.floor(Date.now() / 1000), model };
    this.rest = '';
    this.first = true;
    this.calls = 0;
  }

  push(text) {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop();
    let out = '';
    for (const line of lines) if (line.startsWith('data: ')) out += this.chunk(JSON.parse(line.slice(6)));
    return out;
  }

  chunk(response) {
    const { content, reasoning, calls, finish } = read(response);
    const delta = this.first ? { role: 'assistant' } : {};
    this.first = false;
    if (content) delta.content = content;
    if (reasoning) delta.reasoning_content = reasoning;
    if (calls.length) delta.tool_calls = calls.map((call) => toolCall(call, this.calls++));
    const reason = finish && (this.calls ? 'tool_calls' : finish);
    return `data: ${JSON.stringify({ ...this.base, choices: [{ index: 0, delta, finish_reason: reason ?? null }] })}\n\n`;
  }

  end() {
    return 'data: [DONE]\n\n';
  }
}
