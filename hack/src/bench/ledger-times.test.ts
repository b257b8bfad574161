import assert from 'node:assert/strict';
import { test } from 'node:test';
import { receiptsOf, timesOf, type Block } from './ledger-times.ts';

const block = (time: number, contract: string, method: string, args: Record<string, unknown>): Block => ({ header: { time }, transactions: [{ payload: { contract, method, public: args } }] });
const flow = (time: number, method: string, flowId = 'f1'): Block => block(time, 'flows', method, method === 'approve' ? { subject: { id: flowId } } : { flowId });
const CHAIN = [
  flow(10, 'approve'),
  flow(20, 'approve'),
  flow(25, 'approve', 'f2'),
  flow(30, 'reserve'),
  flow(40, 'reserve'),
  flow(41, 'start'),
  flow(42, 'start'),
  flow(50, 'touch'),
  flow(55, 'touch'),
  block(60, 'receipts', 'submit', { flowId: 'f1', receipt: { party: 'a' } }),
  block(61, 'receipts', 'submit', { flowId: 'f2', receipt: { party: 'b' } }),
];

test('a flow is timed by its last approval and the first report of a byte', () => {
  assert.deepEqual(timesOf(CHAIN, 'f1'), { approved: 20, reserved: 40, started: 41, touched: 50 });
});

test('a flow that has not exchanged anything has no time', () => {
  assert.throws(() => timesOf(CHAIN, 'f2'), /flows\.reserve of flow f2/);
});

test('receipts are those of the flow alone', () => {
  assert.deepEqual(receiptsOf(CHAIN, 'f1').map(({ party }) => party), ['a']);
});
