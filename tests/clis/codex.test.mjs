// Codex, which speaks the Responses API only: as a custom provider, and as its built-in one, which tries a socket first.
import { converse } from './conversations.mjs';
import { program } from './lab.mjs';

const found = program('@openai/codex/bin/codex.js');

const common = (model) => `model = "${model}"\ncheck_for_update_on_startup = false\n[analytics]\nenabled = false\n`;
const custom = (lab, model) => `model_provider = "gateway"
${common(model)}
[model_providers.gateway]
name = "gateway"
base_url = "${lab.url}/v1"
wire_api = "responses"
env_key = "GATEWAY_KEY"
request_max_retries = 0
stream_max_retries = 0
`;
const builtIn = (lab, model) => `openai_base_url = "${lab.url}/v1"\n${common(model)}`;

const read = ({ events }) => ({
  text: events
    .filter((event) => event.type === 'item.completed' && event.item.type === 'agent_message')
    .map((event) => event.item.text)
    .join('\n'),
  problems: events
    .filter((event) => event.type === 'error' || event.type === 'turn.failed' || event.item?.type === 'error')
    .map((event) => JSON.stringify(event))
    .filter((text) => !/Model metadata for/.test(text)),
});

for (const [name, config, env] of [
  ['codex', custom, (lab) => ({ GATEWAY_KEY: lab.key })],
  ['codex with its own provider', builtIn, (lab) => ({ OPENAI_API_KEY: lab.key, CODEX_API_KEY: lab.key })],
]) {
  converse({
    name,
    missing: found.missing,
    shell: (line) => `call exec_command${JSON.stringify({ cmd: line })}`,
    prepare: (lab, _wire, model, prompt) => ({
      command: ['node', found.where, 'exec', '--skip-git-repo-check', '--json', '--dangerously-bypass-approvals-and-sandbox', prompt],
      env: env(lab),
      files: { '.codex/config.toml': config(lab, model) },
    }),
    read,
  });
}
