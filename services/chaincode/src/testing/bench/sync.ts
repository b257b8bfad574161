import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@collabnet/fabric-network/testing';
import { SqliteState } from '@collabnet/ledger';
import { FabricLedgerClient, type StoredFabricBlock } from '@collabnet/ledger-fabric';
import type { SyncFigures } from './figures.ts';
import { timed } from './rate.ts';
import type { BenchLedger } from './throughput.ts';

const LONG_MS = 300_000;

/** A peer that has lost its volume comes back, and a view starts from nothing. Beta's chaincode is gone afterwards. */
export async function measureSync({ network, driver }: BenchLedger): Promise<SyncFigures> {
  const { fabric } = network;
  await fabric.caughtUp();
  await driver.client.refresh();
  const last = driver.client.lastBlock?.number ?? 0;
  const reading = await timed(async () => {
    let number = -1;
    for await (const block of driver.client.blocks(0)) ({ number } = block);
    if (number !== last) throw new Error(`the stream of blocks ended at ${number}, not at ${last}`);
  });
  const { view, viewOctets, transactions } = await newView({ network, driver }, last);
  const { peer } = fabric.member('Beta');
  await peer.kill();
  await peer.loseVolume();
  await peer.start();
  const joined = await timed(async () => {
    await peer.admin.join(fabric.genesis);
    await eventually('the new peer at the height of the others', async () => (await peer.admin.height(fabric.channel)) > last, LONG_MS);
  });
  return { blocks: last + 1, transactions, peer: joined, reading, view, viewOctets };
}

async function newView({ network, driver }: Pick<BenchLedger, 'network' | 'driver'>, last: number): Promise<{ view: number; viewOctets: number; transactions: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'collabnet-bench-view-'));
  const file = join(folder, 'view.db');
  const state = new SqliteState<StoredFabricBlock>(file, { durable: false });
  const client = new FabricLedgerClient(network.options('Alpha', { networkId: driver.networkId, chaincode: driver.chaincode, state }));
  try {
    const view = await timed(async () => {
      client.start();
      await eventually('the new view at the head', () => (client.lastBlock?.number ?? -1) >= last, LONG_MS);
    });
    const transactions = state.blocks(0, 1_000_000).reduce((sum, block) => sum + block.transactions.length, 0);
    await client.close();
    return { view, viewOctets: statSync(file).size, transactions };
  } finally {
    await client.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
