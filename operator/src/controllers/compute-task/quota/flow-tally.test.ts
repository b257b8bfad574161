import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FlowRecord } from '@collabnet/contracts';
import type { LedgerEvent } from '@collabnet/ledger';
import type { LedgerView } from '../ledger-view.ts';
import { DID_A, DID_B, fixture, NOW } from '../testing/fixtures.ts';
import { FlowTally } from './flow-tally.ts';
import { DAY_MS } from './usage.ts';

/** A ledger of flows that counts how often they are listed and read one by one. */
class Flows {
  readonly records = new Map<string, FlowRecord>();
  lists = 0;
  reads = 0;
  unreachable = false;
  #listener: (network: string, events: LedgerEvent[]) => void = () => undefined;

  readonly sessions = {
    onChange: (listener: (network: string, events: LedgerEvent[]) => void): (() => void) => {
      this.#listener = listener;
      return () => undefined;
    },
  };

  readonly view = {
    session: { name: 'net', did: DID_B },
    list: async function* (this: { flows: Flows }) {
      await Promise.resolve();
      this.flows.lists += 1;
      if (this.flows.unreachable) throw new Error('nobody answers');
      yield* this.flows.records.values();
    },
    read: async (_contract: string, method: string, { flowId }: { flowId: string }) => {
      await Promise.resolve();
      if (this.unreachable) throw new Error('nobody answers');
      if (method === 'steps') return { items: [{ ...fixture().step, flowId, startedAt: NOW - 10_000 }] };
      this.reads += 1;
      return this.records.get(flowId);
    },
    flows: this,
  } as unknown as LedgerView;

  put(flowId: string, change: Partial<FlowRecord> = {}): void {
    this.records.set(flowId, { ...fixture().flow, flowId, ...change });
    this.#listener('net', [{ type: 'flow.started', subject: flowId } as LedgerEvent]);
  }

  open(): void {
    this.#listener('net', []);
  }
}

const ids = async (tally: FlowTally, flows: Flows, now = NOW): Promise<string[]> => (await tally.of(flows.view, now)).map(({ flowId }) => flowId).sort();

test('all flows are read once, then those that blocks name; who asks at the same time waits for the same answer', async () => {
  const flows = new Flows();
  const tally = new FlowTally(flows.sessions);
  flows.put('open');
  flows.put('recent', { finishedAt: NOW - 1_000 });
  flows.put('old', { finishedAt: NOW - DAY_MS });
  flows.put('audited', { parties: [DID_A], auditors: [DID_B] });
  assert.deepEqual(await Promise.all([ids(tally, flows), ids(tally, flows)]), [['open', 'recent'], ['open', 'recent']]);
  assert.deepEqual([flows.lists, flows.reads], [1, 0]);
  flows.put('new', { openedAt: NOW - 20_000 });
  flows.put('open', { finishedAt: NOW });
  assert.deepEqual(await ids(tally, flows), ['new', 'open', 'recent']);
  assert.deepEqual([flows.lists, flows.reads], [1, 2]);
  assert.deepEqual((await tally.of(flows.view, NOW)).find(({ flowId }) => flowId === 'new')?.runs, [{ from: NOW - 10_000 }]);
  assert.deepEqual(await ids(tally, flows, NOW + DAY_MS - 500), ['new', 'open'], 'a day after its end a flow counts no more');
});

test('a process that has just started, and a session that was opened anew, come to the same from the ledger', async () => {
  const flows = new Flows();
  const [first, second] = [new FlowTally(flows.sessions), new FlowTally(flows.sessions)];
  flows.put('done', { openedAt: NOW - 60_000, finishedAt: NOW });
  assert.deepEqual(await first.of(flows.view, NOW), await second.of(flows.view, NOW));
  flows.open();
  assert.deepEqual(await ids(second, flows), ['done']);
  assert.equal(flows.lists, 3);
});

test('what could not be read is read at the next look', async () => {
  const flows = new Flows();
  const tally = new FlowTally(flows.sessions);
  flows.unreachable = true;
  await assert.rejects(tally.of(flows.view, NOW), /nobody answers/);
  flows.unreachable = false;
  flows.put('one');
  assert.deepEqual(await ids(tally, flows), ['one']);
  flows.put('one', { finishedAt: NOW - DAY_MS });
  flows.unreachable = true;
  await assert.rejects(tally.of(flows.view, NOW), /nobody answers/);
  flows.unreachable = false;
  assert.deepEqual(await ids(tally, flows), []);
});
