import assert from 'node:assert/strict';
import { it } from 'node:test';
import { sleep } from '../lib/run.ts';
import { inLanes } from './in-lanes.ts';

it('inLanes works every item off once, no more at a time than there are lanes, and a quick lane takes more', async () => {
  const done: string[] = [];
  let now = 0;
  let most = 0;
  await inLanes([60, 1, 1, 1], 2, async (ms, lane) => {
    most = Math.max(most, ++now);
    await sleep(ms);
    now--;
    done.push(`${lane}:${ms}`);
  });
  assert.equal(most, 2);
  assert.deepEqual(done, ['2:1', '2:1', '2:1', '1:60']);
});
