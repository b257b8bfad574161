import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { LedgerPool } from '@collabnet/ledger';
import { CORE } from '../../../runtime/index.ts';
import { eventually } from '../../../testing/index.ts';
import { TestFounder } from './testing-founder.ts';

const [FIRST, SECOND] = ['fabric-demo-peer-0', 'fabric-demo-peer-1'] as const;
const TWO = 'PodDisruptionBudget fabric-demo-peer';

/** Where a service would have its Secret. */
const mount = mkdtempSync(join(tmpdir(), 'collabnet-service-'));

let founder: TestFounder;
let pool: LedgerPool;

before(async () => {
  founder = await TestFounder.start({ orderers: 1 });
  await founder.provision();
  await founder.write('1.0.0');
  pool = founder.ledgerPool();
  const network = await founder.serviceNetwork(mount);
  await eventually('followed by a service', () => pool.get(network));
});
after(async () => {
  await pool?.close();
  await founder?.stop();
  rmSync(mount, { recursive: true });
});

const heights = (): Record<string, number | undefined> => Object.fromEntries((founder.status.fabric?.peers ?? []).map(({ name, height }) => [name, height]));
/** Both peers have the same blocks. */
const together = async (): Promise<boolean> => (await founder.once()) === undefined && heights()[FIRST] !== undefined && heights()[FIRST] === heights()[SECOND];

test('a second peer joins a living network, with an operator that is killed after each act', async () => {
  const killed = founder.kill();
  const quiet = killed.events(founder.ctx);
  await founder.change({ peers: 2 });
  await founder.provision();
  founder.spare();
  quiet();
  for (const act of [`StatefulSet ${SECOND}`, `Secret ${SECOND}`, TWO]) assert.ok(killed.at.has(act), [...killed.at].join());
  await eventually('caught up', together, 60_000);
  assert.ok((heights()[SECOND] ?? 0) > 1);
  const connection = JSON.parse((await founder.secrets.read('fabric-demo-client'))?.['connection.json'] ?? '') as { peers: string[] };
  assert.equal(connection.peers.length, 2);
  assert.equal(founder.last.fabricReading?.peers.length, 2, 'data proxies and result store learn of both');
});

test('it is counted with those of all institutions, and too few are told of', async () => {
  const said = (): unknown[] => [founder.conditions.get('PeersSufficient')?.status, founder.status.fabric?.livePeers];
  await eventually('counted', async () => (await founder.once()) === undefined && said()[1] === 2, 60_000);
  assert.deepEqual(said(), ['True', 2]);
  await founder.change({ minimumPeers: 3 });
  await founder.provision();
  assert.deepEqual(said(), ['False', 2]);
  assert.match(founder.conditions.get('PeersSufficient')?.message ?? '', /^2 peers of all institutions are alive, at least 3 should be/);
});

test('another look changes nothing', async () => {
  await founder.provision();
  const before = await founder.resourceVersions();
  await founder.provision();
  assert.deepEqual(await founder.resourceVersions(), before);
});

for (const [away, there, version] of [[FIRST, SECOND, '1.1.0'], [SECOND, FIRST, '1.2.0']] as const) {
  test(`${away} may be away: it is told of, and the ledger is written and read by the other, also by a service that followed the ledger before there were two`, async () => {
    await founder.restart();
    await founder.provision();
    await founder.kubelet.without([away], async () => {
      await founder.once();
      const { reason, message } = founder.conditions.get('FabricHealthy') ?? {};
      assert.equal(reason, 'FabricNodeUnavailable');
      assert.match(message ?? '', new RegExp(away));
      const before = heights();
      assert.ok((before[there] ?? 0) > 0 && before[away] === undefined, JSON.stringify(before));
      const height = await founder.write(version);
      await eventually('seen by the service', async () => (pool.get(await founder.serviceNetwork(mount))?.head().height ?? 0) >= height, 60_000);
      await founder.once();
      assert.ok((heights()[there] ?? 0) > (before[there] ?? 0));
    });
    await eventually('both are back', together, 90_000);
    assert.equal(founder.conditions.get('FabricHealthy')?.status, 'True');
  });
}

test('a first peer that has lost its volume is rebuilt while the operator goes on by the other', async () => {
  await founder.kubelet.loseVolumes(FIRST);
  await founder.write('1.3.0');
  await eventually('rebuilt', together, 120_000);
  // What is private to the institution, such as the approval of the contracts, has to be there as well.
  await founder.kubelet.without([SECOND], async () => {
    await eventually('written', () => founder.write('1.4.0').then(() => true, () => false), 90_000);
  });
  await eventually('both are back', together, 90_000);
});

test('a peer that is no longer asked for ends, its Secret stays, and the other goes on', async () => {
  await founder.change({ peers: 1 });
  await founder.provision();
  assert.equal(await founder.client.find(CORE.statefulSet, SECOND), undefined);
  assert.equal(await founder.client.find(CORE.podDisruptionBudget, 'fabric-demo-peer'), undefined);
  assert.notEqual(await founder.client.find(CORE.secret, SECOND), undefined);
  await founder.write('1.5.0');
  assert.deepEqual(Object.keys(heights()), [FIRST]);
});
