// Qwen Code, in each of the four dialects that it speaks.
import { converse } from './conversations.mjs';
import { program } from './lab.mjs';

const found = program('@qwen-code/qwen-code/cli-entry.js');

const read = ({ events }) => ({
  text: events
    .filter((event) => event.type === 'result')
    .map((event) => event.result)
    .join('\n'),
  problems: events.filter((event) => event.type === 'result' && event.is_error).map((event) => JSON.stringify(event)),
});

const variables = {
  openai: (lab, model) => ({ OPENAI_API_KEY: lab.key, OPENAI_BASE_URL: `${lab.url}/v1`, OPENAI_MODEL: model }),
  'openai-responses': (lab, model) => ({ OPENAI_API_KEY: lab.key, OPENAI_BASE_URL: `${lab.url}/v1`, OPENAI_MODEL: model }),
  anthropic: (lab, model) => ({ ANTHROPIC_API_KEY: lab.key, ANTHROPIC_BASE_URL: lab.url, ANTHROPIC_MODEL: model }),
  gemini: (lab, model) => ({ GEMINI_API_KEY: lab.key, GOOGLE_GEMINI_BASE_URL: lab.url, GEMINI_MODEL: model }),
};

for (const dialect of Object.keys(variables)) {
  converse({
    name: `qwen-code as ${dialect}`,
    missing: found.missing,
    // A command that ends at once may lose its output on the way through the client's terminal.
    shell: (line) => `call run_shell_command${JSON.stringify({ command: `${line}; sleep 1`, is_background: false })}`,
    prepare: (lab, _wire, model, prompt) => ({
      command: ['node', found.where, prompt, '-o', 'stream-json', '--yolo', '--auth-type', dialect, '-m', model],
      env: variables[dialect](lab, model),
    }),
    read,
  });
}
