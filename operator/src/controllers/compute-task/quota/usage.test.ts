import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowRecord, FlowStepView } from '@collabnet/contracts';
import { DID_A, DID_B, fixture, NOW } from '../testing/fixtures.ts';
import { tallyOf, type TalliedFlow } from './tallied-flow.ts';
import { DAY_MS, occupying, openFlows, secondsOfDay } from './usage.ts';

const flowOf = (change: Partial<FlowRecord>, steps: Partial<FlowStepView>[] = []): TalliedFlow => {
  const { flow, step } = fixture();
  return tallyOf({ ...flow, ...change }, steps.map((each) => ({ ...step, ...each })), DID_B);
};
const failed = (attempt: number, at: number, startedAt?: number): FlowStepView['attempts'][number] => ({ attempt, reason: 'PEER_LOST', message: '', reporter: DID_A, touched: false, at, ...(startedAt !== undefined && { startedAt }) });

test('open flows of one proposer, the oldest first', () => {
  const flows = [flowOf({ flowId: 'c', proposedHeight: 9 }), flowOf({ flowId: 'b', proposedHeight: 7 }), flowOf({ flowId: 'a', proposedHeight: 7 }), flowOf({ flowId: 'ended', finishedAt: NOW }), flowOf({ flowId: 'other', proposer: DID_B })];
  assert.deepEqual(openFlows(flows, DID_A).map(({ flowId }) => flowId), ['a', 'b', 'c']);
});

test('a flow occupies a place from when it opens until its last own step has succeeded', () => {
  const opened = { openedAt: NOW };
  const flows = [
    flowOf({ flowId: 'waits' }),
    flowOf({ flowId: 'opened', ...opened }, [{ state: 'Reserving' }]),
    flowOf({ flowId: 'done', ...opened }, [{ state: 'Succeeded' }]),
    flowOf({ flowId: 'ended', ...opened, finishedAt: NOW }, [{ state: 'Failed' }]),
  ];
  assert.deepEqual([...occupying(flows, DID_A)], ['opened']);
  const { flow, step } = fixture();
  assert.equal(tallyOf({ ...flow, ...opened }, [step], 'did:collab:of-an-auditor').occupies, false);
});

test('seconds of the last day: attempts that failed, those that run, and of older ones what reaches into it', () => {
  const day = (startedAt: number, finishedAt?: number, attempts: FlowStepView['attempts'] = []): TalliedFlow => flowOf({ openedAt: NOW }, [{ startedAt, attempts, ...(finishedAt !== undefined && { finishedAt }) }]);
  const seconds = (...flows: TalliedFlow[]): number => secondsOfDay(flows, DID_A, NOW);
  assert.equal(seconds(day(NOW - 60_000, NOW - 20_000)), 40);
  assert.equal(seconds(day(NOW - 60_000)), 60);
  assert.equal(seconds(day(NOW - DAY_MS - 60_000, NOW - DAY_MS + 5_000)), 5);
  assert.equal(seconds(day(NOW - 2 * DAY_MS, NOW - DAY_MS - 1)), 0);
  assert.equal(seconds(day(NOW - 10_000, undefined, [failed(1, NOW - 50_000, NOW - 80_000), failed(2, NOW - 20_000)])), 40);
  assert.equal(seconds(day(NOW - 80_000, NOW - 50_000, [failed(2, NOW - 50_000, NOW - 80_000)])), 30, 'the attempt with which the flow failed counts once');
  assert.equal(secondsOfDay([day(NOW - 60_000)], DID_B, NOW), 0);
});
