import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { suiteLine, totalLine, withEmptyAsFailure } from './suite-result.ts';

describe('suite results', () => {
  it('counts a suite without executed tests as a failure, skipped ones included', () => {
    const empty = { name: 'empty', passed: 0, failed: 0, skipped: 3 };
    assert.equal(withEmptyAsFailure(empty).failed, 1);
    assert.match(suiteLine(empty), /^FAIL empty: .*no test was executed/);
  });

  it('leaves a suite alone in which something ran', () => {
    const result = { name: 'a', passed: 2, failed: 0, skipped: 0 };
    assert.deepEqual(withEmptyAsFailure(result), result);
    assert.equal(suiteLine(result), 'ok   a: 2 passed, 0 failed');
    assert.equal(suiteLine({ ...result, seconds: 61.4 }), 'ok   a: 2 passed, 0 failed (61 s)');
  });

  it('sums all suites in the agreed form', () => {
    const results = [
      { name: 'a', passed: 2, failed: 0, skipped: 1 },
      { name: 'b', passed: 40, failed: 3, skipped: 0 },
    ];
    assert.equal(totalLine(results), '42 passed, 3 failed');
  });
});
