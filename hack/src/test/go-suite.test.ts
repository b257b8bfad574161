import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goSuites, parseGoTest } from './go-suite.ts';

const lines = (...events: object[]): string => [...events.map((event) => JSON.stringify(event)), 'not JSON'].join('\n');

test('tests without tests below them count, each once', () => {
  const output = lines(
    { Action: 'run', Package: 'p', Test: 'TestA' },
    { Action: 'output', Package: 'p', Test: 'TestA/one', Output: 'wrong\n' },
    { Action: 'fail', Package: 'p', Test: 'TestA/one' },
    { Action: 'pass', Package: 'p', Test: 'TestA/two' },
    { Action: 'fail', Package: 'p', Test: 'TestA' },
    { Action: 'pass', Package: 'p', Test: 'TestB' },
    { Action: 'skip', Package: 'p', Test: 'TestC' },
    { Action: 'fail', Package: 'p' },
  );
  assert.deepEqual(parseGoTest('m', output), { name: 'm', passed: 2, failed: 1, skipped: 1, said: 'wrong\n' });
});

test('a package that is not compiled is one failure, with what the compiler says', () => {
  const output = lines({ Action: 'output', Package: 'p', Output: 'undefined: x\n' }, { Action: 'fail', Package: 'p' }, { Action: 'pass', Package: 'q', Test: 'TestA' }, { Action: 'pass', Package: 'q' });
  assert.deepEqual(parseGoTest('m', output), { name: 'm', passed: 1, failed: 1, skipped: 0, said: 'undefined: x\n' });
});

test('the engine for sets is one of the suites', () => {
  assert.ok(goSuites().includes('compute-images/sets'));
});
