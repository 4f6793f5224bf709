// Made-up conversations of a given size: prose, code (an escape every few dozen bytes) and Chinese. The same on every run.

let seed = 1;
const random = () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};
const pick = (list) => list[Math.floor(random() * list.length)];
const between = (low, high) => low + Math.floor(random() * (high - low));

const WORDS =
  'bridge water narrow between harbour gate letter signal island ship morning carry answer quiet stone river which under the a of and to from with every other after before never almost'.split(
    ' ',
  );
const NAMES = ['buffer', 'cursor', 'frame', 'handle', 'index', 'label', 'packet', 'queue', 'sample', 'window'];
const HAN = '桥水窄港门信号岛船晨答静石河在下的和从与每其他之前之后几乎我们今天把问题分成三个部分来说明如何测量';

function prose() {
  const words = Array.from({ length: between(6, 18) }, () => pick(WORDS));
  return `${words.join(' ')}. `;
}

function code() {
  const [a, b] = [pick(NAMES), pick(NAMES)];
  return pick([
    `\tif (${a}.size() > ${between(1, 99)}) {\n\t\tlog("${a}: \\"%s\\"\\n", ${b}.name());\n\t}\n`,
    `const ${a} = {"${b}": "C:\\\\${a}\\\\${b}", 'n': ${between(1, 999)}};\n`,
    `    for (auto& ${a} : ${b}s) {\n      ${a}.push("\\t${b}");\n    }\n`,
    `// ${prose()}\n`,
  ]);
}

function chinese() {
  return `${Array.from({ length: between(8, 30) }, () => pick(HAN)).join('')}。`;
}

const SENTENCES = { prose, code, chinese };
export const KINDS = Object.keys(SENTENCES);

function text(kind, size) {
  let out = '';
  while (Buffer.byteLength(out) < size) out += SENTENCES[kind]();
  return out;
}

const TOOLS = ['read_file', 'search', 'run'].map((name) => ({
  type: 'function',
  function: {
    name,
    description: `Does what "${name}" says.`,
    parameters: {
      type: 'object',
      properties: { path: { type: 'string', description: 'Where' }, limit: { type: 'integer' } },
      required: ['path'],
    },
  },
}));

/** An agent's request of about `size` bytes: questions, answers, tool calls and their results. */
export function conversation(kind, size) {
  seed = size;
  const messages = [{ role: 'system', content: text('prose', 300) }];
  let bytes = 300;
  for (let turn = 0; bytes < size; turn++) {
    const part = Math.min(between(400, 6000), size - bytes + 100);
    const id = `call_${turn}`;
    const call = { path: `src/${pick(NAMES)}.cc`, limit: between(1, 500) };
    const added = [
      { role: 'user', content: text(kind, part / 4) },
      {
        role: 'assistant',
        content: text(kind, part / 4),
        tool_calls: [{ id, type: 'function', function: { name: 'read_file', arguments: JSON.stringify(call) } }],
      },
      { role: 'tool', tool_call_id: id, content: text(kind, part / 2) },
    ];
    bytes += Buffer.byteLength(JSON.stringify(added));
    messages.push(...added);
  }
  messages.push({ role: 'user', content: 'What next?' });
  return { model: 'gemini-2.5-flash', temperature: 0.7, max_tokens: 4096, messages, tools: TOOLS, tool_choice: 'auto' };
}

/** What Gemini streams: `count` pieces of text, then a function call and the end. */
export function geminiEvents(kind, count) {
  seed = count;
  const usageMetadata = { promptTokenCount: 900, candidatesTokenCount: count, totalTokenCount: 900 + count };
  const event = (parts, more = {}) => ({
    candidates: [{ content: { role: 'model', parts }, index: 0, ...more }],
    usageMetadata,
    modelVersion: 'gemini-2.5-flash',
  });
  const events = Array.from({ length: count - 1 }, () => event([{ text: SENTENCES[kind]() }]));
  events.push(event([{ functionCall: { name: 'read_file', args: { path: 'src/a.cc', limit: 7 } } }], { finishReason: 'STOP' }));
  return events;
}
