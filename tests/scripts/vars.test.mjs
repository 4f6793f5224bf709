// .dev.vars is a person's file: what the scripts add to it leaves every line of it as it was.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { addVars, readVars } from '../../scripts/lib.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'isthmus-vars-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const wanted = { API_KEY: () => 'made', SEAL_KEY: () => 'made' };

const FILES = {
  'a last line without its end': ['ACCOUNTS=[{}]', { ACCOUNTS: '[{}]', API_KEY: 'made', SEAL_KEY: 'made' }],
  'a last line with its end': ['SEAL_KEY="mine"\n', { API_KEY: 'made', SEAL_KEY: 'mine' }],
  'line ends of Windows': ['SEAL_KEY=mine\r\nA=b\r\n', { A: 'b', API_KEY: 'made', SEAL_KEY: 'mine' }],
  nothing: ['', { API_KEY: 'made', SEAL_KEY: 'made' }],
};
for (const [what, [text, variables]] of Object.entries(FILES))
  test(`a file that has ${what}`, () => {
    const file = path.join(folder, 'vars');
    writeFileSync(file, text);
    for (const _ of [1, 2]) addVars(wanted, file);
    assert.deepEqual(readVars(file), variables);
    assert.ok(readFileSync(file, 'utf8').startsWith(text));
  });

test('a new file is for its owner alone', () => {
  const file = path.join(folder, 'new');
  addVars(wanted, file);
  assert.equal(statSync(file).mode & 0o777, 0o600);
});
