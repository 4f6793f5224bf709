// opencode, with each of the AI SDK's providers that it bundles.
import { converse } from './conversations.mjs';
import { program } from './lab.mjs';

const found = program(`opencode-linux-${process.arch}/bin/opencode`);

const SDKS = {
  '@ai-sdk/openai-compatible': '/v1',
  '@ai-sdk/openai': '/v1',
  '@ai-sdk/anthropic': '/v1',
  '@ai-sdk/google': '/v1beta',
};

function config(lab, npm, model) {
  const models = { [model]: { name: model, tool_call: true, limit: { context: 100000, output: 8000 } } };
  const provider = { lab: { npm, name: 'lab', options: { baseURL: lab.url + SDKS[npm], apiKey: lab.key }, models } };
  const chosen = `lab/${model}`;
  return JSON.stringify({ autoupdate: false, share: 'disabled', model: chosen, small_model: chosen, provider });
}

const read = ({ events }) => ({
  text: events
    .filter((event) => event.type === 'text')
    .map((event) => event.part.text)
    .join('\n'),
  problems: events.filter((event) => event.type === 'error').map((event) => JSON.stringify(event)),
});

for (const npm of Object.keys(SDKS)) {
  converse({
    name: `opencode with ${npm}`,
    missing: found.missing,
    shell: (line) => `call bash${JSON.stringify({ command: line, description: 'says something' })}`,
    prepare: (lab, _wire, model, prompt) => ({
      command: [found.where, 'run', '--format', 'json', '--auto', '-m', `lab/${model}`],
      input: prompt,
      files: { 'project/opencode.json': config(lab, npm, model) },
      env: { OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_AUTOUPDATE: '1' },
    }),
    read,
  });
}
