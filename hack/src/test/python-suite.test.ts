import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseUnittest } from './python-suite.ts';

describe('parseUnittest', () => {
  it('reads a good run', () => {
    assert.deepEqual(parseUnittest('x', '...\n-----\nRan 7 tests in 0.1s\n\nOK (skipped=2)\n', 0), { name: 'x', passed: 5, failed: 0, skipped: 2 });
  });

  it('adds failures and errors', () => {
    const result = parseUnittest('x', 'Ran 10 tests in 1s\n\nFAILED (failures=1, errors=2)\n', 1);
    assert.deepEqual(result, { name: 'x', passed: 7, failed: 3, skipped: 0 });
  });

  it('finds nothing executed when unittest found no tests', () => {
    assert.deepEqual(parseUnittest('x', 'Ran 0 tests in 0s\n\nNO TESTS RAN\n', 5), { name: 'x', passed: 0, failed: 0, skipped: 0 });
  });

  it('does not take a crash after the tests for a success', () => {
    assert.equal(parseUnittest('x', 'Ran 3 tests in 0s\n\nOK\n', 139).failed, 1);
  });
});
