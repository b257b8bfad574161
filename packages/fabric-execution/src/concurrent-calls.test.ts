import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench } from '@collabnet/contracts/testing';
import { canonicalJson, type SignedTransaction } from '@collabnet/envelope';
import { executeCall, type Outcome } from './execute-call.ts';
import { StampedDriver } from './testing/stamped-driver.ts';

/**
 * Transactions of one block were all run on the state before it. Fabric refuses one that has read a key which an earlier one of the
 * block writes; its sender tries again a block later, which costs every task half a second.
 */
test('all parties of an attempt can reserve in one block: none reads what another writes', async () => {
  let driver: StampedDriver | undefined;
  const bench = await Bench.make((payload, sign) => (driver = new StampedDriver(payload, sign(canonicalJson(payload)))));
  assert.ok(driver !== undefined);
  const { reader } = driver;
  const flow = await bench.bring('Pending');
  const run = async (party: typeof bench.a): Promise<Outcome> => {
    const tx: SignedTransaction = await bench.net.sign(party, 'flows', 'reserve', await bench.reservation(flow, party));
    return executeCall(reader, { tx, seenHeight: 0, time: driver?.now() ?? 0 });
  };
  const [a, b] = [await run(bench.a), await run(bench.b)];
  const written = ({ writes }: Outcome): string[] => writes.map(({ key }) => key);
  assert.ok(written(a).length > 0 && a.reads.length > 0);
  assert.deepEqual([b.reads.filter((key) => written(a).includes(key)), a.reads.filter((key) => written(b).includes(key))], [[], []]);
  await bench.net.close();
});
