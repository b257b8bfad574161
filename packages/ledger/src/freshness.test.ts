import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockOffset, ensureFresh } from './freshness.ts';

test('a view that is young enough is not refreshed; one that stays too old is not answered from', async () => {
  let asked = 0;
  const refresh = (): Promise<void> => Promise.resolve(void (asked += 1));
  const view = { now: () => 1_000, verifiedAt: () => 900, refresh };
  await ensureFresh(view, 100);
  await ensureFresh(view, undefined);
  assert.equal(asked, 0);
  await assert.rejects(ensureFresh(view, 99), { code: 'STALE', message: /100 ms old/ });
  const broken = { ...view, refresh: () => Promise.reject(new Error('cut off')) };
  await assert.rejects(ensureFresh(broken, 99), /cut off/);
});

test('a round that was under way when the question came is not taken for an answer to it', async () => {
  let time = 1_000;
  let verifiedAt = 0;
  // As a driver does it: who comes meanwhile shares the round, which began earlier.
  let underWay: Promise<void> | undefined;
  const refresh = (): Promise<void> => {
    const began = time;
    underWay ??= new Promise<void>((resolve) => setTimeout(resolve, 5)).then(() => {
      verifiedAt = began;
      underWay = undefined;
    });
    return underWay;
  };
  const earlier = refresh();
  time = 1_001;
  await ensureFresh({ now: () => time, verifiedAt: () => verifiedAt, refresh }, 0);
  assert.equal(verifiedAt, 1_001);
  await earlier;
});

test('clocks differ only by what lies outside of asking and answering', () => {
  assert.deepEqual([clockOffset(90, 100, 110), clockOffset(105, 100, 110), clockOffset(130, 100, 110)], [10, 0, -20]);
});
