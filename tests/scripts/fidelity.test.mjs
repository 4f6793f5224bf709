// docs/fidelity.md says what the golden tests say, and every field that is lost has a rule.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { at, modernNode } from '../../scripts/lib.mjs';

test('the page on fidelity is what the golden tests measure', () => {
  const { status, stderr } = spawnSync(modernNode(), [at('scripts', 'fidelity.mjs'), '--check'], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
});
