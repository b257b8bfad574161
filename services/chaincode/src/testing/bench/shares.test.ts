import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Profiler } from 'node:inspector';
import { sharesOf, sum } from './shares.ts';

const frame = (id: number, functionName: string, url: string, children: number[] = []): Profiler.ProfileNode => ({ id, callFrame: { functionName, url, scriptId: '0', lineNumber: 0, columnNumber: 0 }, children });

const profile: Profiler.Profile = {
  startTime: 1_000,
  endTime: 9_000,
  nodes: [
    frame(1, '(root)', '', [2, 6, 7]),
    frame(2, 'run', 'file:///app/contracts/dist/core/execute.js', [8, 4]),
    frame(3, 'multiply', 'file:///app/node_modules/@noble/curves/abstract/weierstrass.js'),
    frame(4, '#answerTo', 'file:///app/services/chaincode/dist/sync-reader.js', [5]),
    frame(5, 'parse', 'node:internal/json'),
    frame(6, '(idle)', ''),
    frame(7, 'write', 'node:internal/streams/writable'),
    frame(8, 'sm2Verify', 'file:///app/packages/sm/dist/sm2-signature.js', [3]),
  ],
  samples: [2, 3, 4, 5, 6, 7, 3],
  timeDeltas: [0, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000],
};

test('time goes to the innermost frame that says what it is for, and waiting is none', () => {
  assert.deepEqual(sharesOf(profile, 0, 10_000, 1), { contracts: 2, 'SM2 and SM3': 1, 'messages to Fabric': 1 });
});

test('only what lies within the time counts, for each call', () => {
  assert.deepEqual(sharesOf(profile, 1_500, 2_500, 4), { 'SM2 and SM3': 0.25 });
});

test('threads add up', () => {
  assert.deepEqual(sum([{ a: 1, b: 2 }, { b: 3 }]), { a: 1, b: 5 });
});
