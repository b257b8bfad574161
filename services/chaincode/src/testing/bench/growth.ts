import { readdirSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { Bench } from '@collabnet/contracts/testing';
import { FabricDriver } from '../fabric-driver.ts';
import type { TestLedgerNetwork } from '../test-ledger-network.ts';
import type { GrowthFigures, Sizes } from './figures.ts';
import type { BenchLedger } from './throughput.ts';

const AT_ONCE = 20;
/** propose, 2 approve, 2 confirm, 2 reserve, start, touch. */
const BEFORE_RECEIPTS = 9;

/** Two-party flows of one step, with both receipts; what a peer keeps of them. */
export async function measureGrowth({ network }: BenchLedger, flows: number): Promise<GrowthFigures> {
  const bench = await Bench.make((payload, sign) => FabricDriver.found(network, payload, sign, 'Real'));
  try {
    return await grow(bench, network, flows);
  } finally {
    await bench.net.close();
  }
}

async function grow(bench: Bench, network: TestLedgerNetwork, flows: number): Promise<GrowthFigures> {
  const data = join(network.fabric.member('Alpha').peer.process.options.folder, 'data');
  const sizes = async (): Promise<Sizes> => {
    await network.fabric.caughtUp();
    return sizesOf(data);
  };
  const before = await sizes();
  const touched = await atOnce(Array.from({ length: flows }, () => () => bench.bring('Touched')));
  const between = await sizes();
  let transactionOctets = 0;
  await atOnce(
    touched.flatMap((flow) =>
      [bench.a, bench.b].map((party) => async () => {
        const tx = await bench.net.sign(party, 'receipts', 'submit', bench.receipt(flow, party));
        transactionOctets = Math.max(transactionOctets, Buffer.byteLength(JSON.stringify(tx)));
        await bench.net.driver.execute(tx);
      }),
    ),
  );
  const after = await sizes();
  const ended = await bench.flow(touched[0] ?? { flowId: '' });
  if (ended.state !== 'Succeeded') throw new Error(`the flows of the bench ended as ${ended.state}`);
  return { flows, receipts: 2 * flows, transactionOctets, receiptsAlone: less(after, between), flowsWhole: less(after, before), flowTransactions: flows * (BEFORE_RECEIPTS + 2) };
}

async function atOnce<T>(works: readonly (() => Promise<T>)[]): Promise<T[]> {
  const done: T[] = [];
  const waiting = [...works];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let work = waiting.shift(); work !== undefined; work = waiting.shift()) done.push(await work());
    }),
  );
  return done;
}

/** What lies in a peer's folder, octets. */
export function sizesOf(data: string): Sizes {
  const sizes = { blocks: 0, state: 0, other: 0 };
  for (const entry of readdirSync(data, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const kind = path.includes(`${sep}chains${sep}chains${sep}`) ? 'blocks' : path.includes(`${sep}stateLeveldb${sep}`) ? 'state' : 'other';
    try {
      sizes[kind] += statSync(path).size;
    } catch {
      // Compacted away meanwhile.
    }
  }
  return sizes;
}

function less(after: Sizes, before: Sizes): Sizes {
  return { blocks: after.blocks - before.blocks, state: after.state - before.state, other: after.other - before.other };
}
