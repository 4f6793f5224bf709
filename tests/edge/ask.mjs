// One conversation, asked on each surface in its own words: what the matrix sends.
import { KEY } from './harness.mjs';

/**
 * @typedef {{ name: string, parameters: object }} Tool
 * @typedef {{ user: string, image?: string }
 *   | { said: { text: string, thinking: string, opaque: string[], calls: { id?: string, name: string, args: object, signature?: string }[] } }
 *   | { results: { id?: string, name: string, text: string }[] }} Message
 * @typedef {object} Asked
 * @property {string} model
 * @property {boolean} stream
 * @property {boolean} [array] Gemini's stream as one JSON array
 * @property {Message[]} messages
 * @property {Tool[]} [tools]
 * @property {boolean} [thinking]
 * @property {object} [schema]
 */

/** Builds what one kind of message becomes. @param {Message[]} messages */
const each = (messages, { user, said, results }) =>
  messages.flatMap((message) => {
    if ('user' in message) return user(message);
    return 'said' in message ? said(message.said) : results(message.results);
  });

function chat({ model, stream, messages, tools, thinking, schema }) {
  const content = ({ user, image }) =>
    image
      ? [
          { type: 'text', text: user },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${image}` } },
        ]
      : user;
  const call = ({ id, name, args, signature }) => ({
    id,
    type: 'function',
    function: { name, arguments: JSON.stringify(args) },
    ...(signature ? { extra_content: { google: { thought_signature: signature } } } : {}),
  });
  return {
    model,
    ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
    messages: each(messages, {
      user: (message) => ({ role: 'user', content: content(message) }),
      said: ({ text, calls }) => ({ role: 'assistant', content: text || null, ...(calls.length ? { tool_calls: calls.map(call) } : {}) }),
      results: (results) => results.map(({ id, text }) => ({ role: 'tool', tool_call_id: id, content: text })),
    }),
    ...(tools ? { tools: tools.map((tool) => ({ type: 'function', function: tool })) } : {}),
    ...(thinking ? { reasoning_effort: 'low' } : {}),
    ...(schema ? { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } } } : {}),
  };
}

function responses({ model, stream, messages, tools, thinking, schema }) {
  const said = ({ text, thinking: thought, opaque, calls }) => [
    ...opaque.map((encrypted_content) => ({
      type: 'reasoning',
      summary: thought ? [{ type: 'summary_text', text: thought }] : [],
      encrypted_content,
    })),
    ...(text ? [{ role: 'assistant', content: [{ type: 'output_text', text }] }] : []),
    ...calls.map(({ id, name, args }) => ({ type: 'function_call', call_id: id, name, arguments: JSON.stringify(args) })),
  ];
  return {
    model,
    stream,
    store: false,
    input: each(messages, {
      user: ({ user, image }) => ({
        role: 'user',
        content: [
          { type: 'input_text', text: user },
          ...(image ? [{ type: 'input_image', image_url: `data:image/png;base64,${image}`, detail: 'auto' }] : []),
        ],
      }),
      said,
      results: (results) => results.map(({ id, text }) => ({ type: 'function_call_output', call_id: id, output: text })),
    }),
    ...(tools ? { tools: tools.map((tool) => ({ type: 'function', strict: false, ...tool })) } : {}),
    ...(thinking ? { reasoning: { effort: 'low', summary: 'auto' }, include: ['reasoning.encrypted_content'] } : {}),
    ...(schema ? { text: { format: { type: 'json_schema', name: 'answer', schema, strict: true } } } : {}),
  };
}

function anthropic({ model, stream, messages, tools, thinking, schema }) {
  const said = ({ text, thinking: thought, opaque, calls }) => ({
    role: 'assistant',
    content: [
      ...opaque.map((signature, index) => ({ type: 'thinking', thinking: index ? '' : thought, signature })),
      ...(text ? [{ type: 'text', text }] : []),
      ...calls.map(({ id, name, args }) => ({ type: 'tool_use', id, name, input: args })),
    ],
  });
  return {
    model,
    stream,
    max_tokens: 4000,
    messages: each(messages, {
      user: ({ user, image }) => ({
        role: 'user',
        content: [
          ...(image ? [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: image } }] : []),
          { type: 'text', text: user },
        ],
      }),
      said,
      results: (results) => ({
        role: 'user',
        content: results.map(({ id, text }) => ({ type: 'tool_result', tool_use_id: id, content: text })),
      }),
    }),
    ...(tools ? { tools: tools.map(({ name, parameters }) => ({ name, description: name, input_schema: parameters })) } : {}),
    ...(thinking ? { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } } : {}),
    ...(schema ? { output_config: { format: { type: 'json_schema', schema } } } : {}),
  };
}

function gemini({ messages, tools, thinking, schema }) {
  const said = ({ text, calls, opaque }) => ({
    role: 'model',
    parts: [
      ...(text ? [{ text, ...(calls.length || !opaque.length ? {} : { thoughtSignature: opaque.at(-1) }) }] : []),
      ...calls.map(({ id, name, args, signature }) => ({
        functionCall: { ...(id ? { id } : {}), name, args },
        ...(signature ? { thoughtSignature: signature } : {}),
      })),
    ],
  });
  return {
    contents: each(messages, {
      user: ({ user, image }) => ({
        role: 'user',
        parts: [{ text: user }, ...(image ? [{ inlineData: { mimeType: 'image/png', data: image } }] : [])],
      }),
      said,
      results: (results) => ({
        role: 'user',
        parts: results.map(({ id, name, text }) => ({ functionResponse: { ...(id ? { id } : {}), name, response: { output: text } } })),
      }),
    }),
    ...(tools
      ? { tools: [{ functionDeclarations: tools.map(({ name, parameters }) => ({ name, parametersJsonSchema: parameters })) }] }
      : {}),
    generationConfig: {
      ...(thinking ? { thinkingConfig: { includeThoughts: true } } : {}),
      ...(schema ? { responseMimeType: 'application/json', responseJsonSchema: schema } : {}),
    },
  };
}

const geminiPath = ({ model, stream, array }) =>
  `/v1beta/models/${model}:${stream ? `streamGenerateContent${array ? '' : '?alt=sse'}` : 'generateContent'}`;

const SURFACES = {
  chat: { body: chat, path: () => '/v1/chat/completions', headers: { authorization: `Bearer ${KEY}` } },
  responses: { body: responses, path: () => '/v1/responses', headers: { authorization: `Bearer ${KEY}` } },
  anthropic: { body: anthropic, path: () => '/v1/messages', headers: { 'x-api-key': KEY, 'anthropic-version': '2023-06-01' } },
  gemini: { body: gemini, path: geminiPath, headers: { 'x-goog-api-key': KEY } },
};

/**
 * Sends `asked` on `surface`, and reads the answer to its end.
 * @param {string} url of the gateway @param {keyof SURFACES} surface @param {Asked} asked
 */
export function ask(url, surface, asked) {
  return send(url, surface, SURFACES[surface].path(asked), SURFACES[surface].body(asked));
}

/** Sends a body as it is. @param {keyof SURFACES} surface @param {string} path @param {object} body @param {Record<string, string>} headers */
export async function send(url, surface, path, body, headers = {}) {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...SURFACES[surface].headers, ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  });
  return { status: response.status, type: response.headers.get('content-type') ?? '', text: await response.text() };
}
