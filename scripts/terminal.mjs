// Asking a person, or whoever writes to the standard input, and telling them that something takes time.
import readline from 'node:readline';
import { Writable } from 'node:stream';

/** @type {AsyncIterator<string> | undefined} the lines of a standard input that is no terminal */
let piped;

async function nextLine() {
  piped ??= readline.createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
  const { value, done } = await piped.next();
  return done ? null : value.trim();
}

/**
 * A line from the terminal, or the next one of the standard input.
 * @param {string} question @param {{ hidden?: boolean, signal?: AbortSignal }} options `hidden`: what is typed is not shown; `signal`:
 *   the answer is not needed any more
 * @returns {Promise<string | null>} null: there is nothing more to read
 */
export function ask(question, { hidden = false, signal } = {}) {
  if (!process.stdin.isTTY) return nextLine();
  const output = hidden ? new Writable({ write: (_bytes, _encoding, done) => done() }) : process.stdout;
  const terminal = readline.createInterface({ input: process.stdin, output, terminal: true });
  if (hidden) process.stdout.write(question); // now that the terminal echoes no more
  return new Promise((resolve) => {
    /** @type {string | null} */
    let answer = null;
    // The terminal sends Ctrl-C as a key while a line is read.
    terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    terminal.on('close', () => {
      if (hidden) process.stdout.write('\n');
      resolve(answer);
    });
    signal?.addEventListener('abort', () => terminal.close());
    terminal.question(hidden ? '' : question, (line) => {
      answer = line.trim();
      terminal.close();
    });
  });
}

/** One line that changes in place. Where output is no terminal, its first words are said once. */
export function progressLine() {
  let shown = false;
  return {
    show(line) {
      if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${line}`);
      else if (!shown) console.log(line);
      shown = true;
    },
    clear() {
      if (process.stdout.isTTY && shown) process.stdout.write('\r\x1b[K');
      shown = false;
    },
  };
}
