import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Isolation } from './engine-files.ts';
import { assertIsolation, assertReached } from './minimum-isolation.ts';

const levels = ['SystemCalls', 'Files', 'Network'] as const;
const full: Isolation = { noNewPrivs: true, seccomp: true, landlockAbi: 7, fileRules: true, tcpRules: true, canary: 'blocked' };

/** The levels at which an engine of this kind goes on. */
function accepted(check: typeof assertIsolation, change: Partial<Isolation>): string[] {
  return levels.filter((level) => {
    try {
      check({ ...full, ...change }, level);
      return true;
    } catch (error) {
      assert.equal((error as { code: string }).code, 'ISOLATION_TOO_WEAK');
      assert.match((error as Error).message, new RegExp(`less than ${level}`));
      return false;
    }
  });
}

test('a node that offers less than is demanded gets no job', () => {
  const cases: [Partial<Isolation>, readonly string[]][] = [
    [{}, levels],
    [{ landlockAbi: 4 }, levels],
    [{ landlockAbi: 3 }, ['SystemCalls', 'Files']],
    [{ landlockAbi: 1 }, ['SystemCalls', 'Files']],
    [{ landlockAbi: 0 }, ['SystemCalls']],
    [{ seccomp: false }, []],
    [{ noNewPrivs: false }, []],
  ];
  for (const [change, expected] of cases) assert.deepEqual(accepted(assertIsolation, change), expected, JSON.stringify(change));
});

test('an engine that ended with less than the node offered delivers nothing', () => {
  const cases: [Partial<Isolation>, readonly string[]][] = [
    [{}, levels],
    [{ tcpRules: false, canary: 'open' }, ['SystemCalls', 'Files']],
    [{ canary: 'open' }, ['SystemCalls', 'Files']],
    [{ canary: 'untried' }, ['SystemCalls', 'Files']],
    [{ fileRules: false }, ['SystemCalls']],
    [{ fileRules: false, tcpRules: false, canary: 'untried' }, ['SystemCalls']],
    [{ seccomp: false }, []],
    [{ noNewPrivs: false }, []],
  ];
  for (const [change, expected] of cases) assert.deepEqual(accepted(assertReached, change), expected, JSON.stringify(change));
});
