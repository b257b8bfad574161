import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { SignedTransaction } from '@collabnet/envelope';
import { Bench } from '../testing/bench.ts';
import { MemoryDriver } from '../testing/index.ts';

/** Remembers whose the last transaction was. */
class ListeningDriver extends MemoryDriver {
  parties: readonly string[] = [];

  override async execute(tx: SignedTransaction): ReturnType<MemoryDriver['execute']> {
    const done = await super.execute(tx);
    this.parties = (done as unknown as { parties: string[] }).parties;
    return done;
  }
}

describe('whose own node must have run a transaction', () => {
  let bench: Bench;
  let driver: ListeningDriver;
  before(async () => {
    bench = await Bench.make((payload) => (driver = new ListeningDriver(payload)));
  });
  after(() => bench.net.close());

  test('the owner of what is published or granted; nobody where a right is taken back', async () => {
    const { net, b } = bench;
    await net.publish(b, net.assetOf(b, 'more'));
    assert.deepEqual(driver.parties, [b.did]);
    const grant = await net.grant(b, net.grantOf(b, net.founder));
    assert.deepEqual(driver.parties, [b.did]);
    await net.revoke(b, grant);
    assert.deepEqual(driver.parties, []);
    await net.send(b, 'catalogue.withdraw', { assetId: 'bank-b/more' });
    assert.deepEqual(driver.parties, []);
  });

  test('all owners of inputs when a task opens and when it starts, each for its own consent, and nobody for what only reports or ends', async () => {
    const { a, b } = bench;
    const both = [a.did, b.did].sort();
    const asked = async (work: Promise<unknown>, whose: readonly string[]): Promise<void> => {
      await work;
      assert.deepEqual(driver.parties, whose);
    };
    const flow = await bench.propose();
    assert.deepEqual(driver.parties, []);
    await asked(bench.approve(flow, a), [a.did]);
    await asked(bench.approve(flow, b), [b.did]);
    await asked(bench.confirm(flow, a), []);
    await asked(bench.confirm(flow, b), both);
    await asked(bench.reserve(flow, a), []);
    await asked(bench.reserve(flow, b), []);
    await asked(bench.start(flow), both);
    await asked(bench.start(flow, b), []);
    await asked(bench.touch(flow), []);
    await asked(bench.fail(flow), []);
    await asked(bench.net.send(b, 'flows.cancel', { flowId: flow.flowId, reason: 'tested' }), []);
  });
});
