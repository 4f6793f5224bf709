// Claude Code, with a token as for a gateway and with a key as for Anthropic's own API.
import { converse } from './conversations.mjs';
import { program } from './lab.mjs';

const found = program(`@anthropic-ai/claude-code-linux-${process.arch}/claude`);

const read = ({ events }) => ({
  text: events
    .filter((event) => event.type === 'result')
    .map((event) => event.result)
    .join('\n'),
  problems: events.filter((event) => event.type === 'result' && event.is_error).map((event) => JSON.stringify(event)),
});

for (const [name, key] of [
  ['claude-code with a token', 'ANTHROPIC_AUTH_TOKEN'],
  ['claude-code with a key', 'ANTHROPIC_API_KEY'],
]) {
  converse({
    name,
    missing: found.missing,
    shell: (line) => `call Bash${JSON.stringify({ command: line })}`,
    prepare: (lab, _wire, model, prompt) => ({
      command: [found.where, '-p', prompt, '--model', model, '--output-format', 'stream-json', '--verbose', '--allowedTools', 'Bash'],
      env: { ANTHROPIC_BASE_URL: lab.url, [key]: lab.key, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1' },
    }),
    read,
  });
}
