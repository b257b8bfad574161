import assert from 'node:assert/strict';
import { test } from 'node:test';
import { programText } from './program-text.ts';

test('a program is shown line by line as it was registered, below what is decided on', () => {
  assert.equal(programText(undefined), '');
  assert.equal(programText('# Why\nreveal x = sum(y)\n', 2), '\n  program\n    # Why\n    reveal x = sum(y)');
});
