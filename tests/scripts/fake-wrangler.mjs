// Stands in for Wrangler: keeps a Worker's secrets in a file, and answers as Wrangler 4 does.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const file = process.env.FAKE_WORKER ?? '';
const worker = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
const [command, ...rest] = process.argv.slice(2);

if (command === 'whoami') {
  if (process.env.FAKE_STATE === 'offline') {
    console.error('✘ [ERROR] A fetch request failed, likely due to a connectivity issue.');
    process.exit(1);
  }
  console.log(process.env.FAKE_STATE === 'logged-out' ? 'You are not authenticated. Please run `wrangler login`.' : 'You are logged in.');
} else if (command === 'secret') {
  if (!worker) {
    console.error('✘ [ERROR] A request to the Cloudflare API failed. This Worker does not exist on your account. [code: 10007]');
    process.exit(1);
  }
  console.log(JSON.stringify(Object.keys(worker.secrets).map((name) => ({ name, type: 'secret_text' }))));
} else if (command === 'deploy') {
  if (process.env.FAKE_STATE === 'broken') process.exit(1);
  const at = rest.indexOf('--secrets-file');
  const secrets = at < 0 ? {} : JSON.parse(readFileSync(rest[at + 1], 'utf8'));
  writeFileSync(file, JSON.stringify({ deploys: (worker?.deploys ?? 0) + 1, secrets: { ...worker?.secrets, ...secrets } }));
  console.log('Deployed isthmus triggers\n  https://isthmus.someone.workers.dev');
}
