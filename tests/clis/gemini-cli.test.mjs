// Gemini CLI with a key, whose settings must name the way it signs in.
import { converse } from './conversations.mjs';
import { program } from './lab.mjs';

const found = program('@google/gemini-cli/bundle/gemini.js');
const settings = {
  security: { auth: { selectedType: 'gemini-api-key' } },
  privacy: { usageStatisticsEnabled: false },
  general: { disableAutoUpdate: true },
};

const read = ({ events }) => ({
  text: events
    .filter((event) => event.type === 'message' && event.role === 'assistant')
    .map((event) => event.content)
    .join(''),
  problems: events.filter((event) => event.type === 'error' || event.status === 'error').map((event) => JSON.stringify(event)),
});

converse({
  name: 'gemini-cli',
  missing: found.missing,
  shell: (line) => `call run_shell_command${JSON.stringify({ command: line })}`,
  prepare: (lab, _wire, model, prompt) => ({
    command: ['node', found.where, '-p', prompt, '-m', model, '-o', 'stream-json', '--yolo', '--skip-trust'],
    env: { GEMINI_API_KEY: lab.key, GOOGLE_GEMINI_BASE_URL: lab.url },
    files: { '.gemini/settings.json': JSON.stringify(settings) },
  }),
  read,
});
