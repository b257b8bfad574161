import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { servicePackage } from '../chaincode/package.ts';
import { membersOf } from '../channel/channel-config.ts';
import { eventually } from './eventually.ts';
import { TestChaincode } from './test-chaincode.ts';
import { TestNetwork } from './test-network.ts';

describe('peers', { timeout: 180_000 }, () => {
  let network: TestNetwork;
  let chaincode: TestChaincode;

  before(async () => {
    network = await TestNetwork.found({ members: ['Alpha', 'Beta'] });
    chaincode = await TestChaincode.deploy(network);
    for (let index = 0; index < 5; index += 1) await chaincode.put('Alpha', `key-${index}`, `value-${index}`);
  });
  after(async () => {
    chaincode?.close();
    await network?.close();
  });

  it('install a package under the id that was computed for it, once', async () => {
    const { admin } = network.member('Alpha').peer;
    const built = servicePackage({ label: 'other_1', service: { host: 'chaincode.example', port: 9999 }, statements: { image: 'sha256:00', bundle: '11' } });
    assert.equal((await admin.install(built.octets)).packageId, built.packageId);
    assert.ok((await admin.installed()).some(({ packageId }) => packageId === built.packageId));
    await assert.rejects(admin.install(built.octets), { code: 'REFUSED', message: /already successfully installed/ });
  });

  it('rebuild everything after a volume is gone', async () => {
    const { peer } = network.member('Beta');
    const height = await network.caughtUp();
    await peer.kill();
    await peer.loseVolume();
    await peer.start();
    assert.deepEqual(await peer.admin.channels(), []);
    await peer.admin.join(network.genesis);
    await network.caughtUp();
    assert.ok((await peer.admin.height('collab')) >= height);
    assert.deepEqual((await peer.admin.block('collab', 1)).getHeader()?.getDataHash_asB64(), (await network.member('Alpha').peer.admin.block('collab', 1)).getHeader()?.getDataHash_asB64());
    // Packages are no part of the ledger: they are installed again, and the approval on the ledger fits them.
    await chaincode.reinstall('Beta');
    await eventually('read on the rebuilt peer', async () => (await chaincode.get('Beta', 'key-3')) === 'value-3');
    await chaincode.putEventually('Beta', 'after', 'rebuilt');
  });

  it('come back from a snapshot, without the blocks before it', async () => {
    const [alpha, beta] = [network.member('Alpha').peer, network.member('Beta').peer];
    // The configuration is another one than that of the first block, and is in the snapshot.
    await network.touch('Alpha');
    await network.caughtUp();
    await alpha.snapshots.request('collab');
    const [block] = await eventually('snapshot', async () => (await alpha.snapshots.pending('collab')).length === 0 && readdir(alpha.snapshotFolder('collab')));
    await assert.rejects(alpha.snapshots.request('collab', 1), { code: 'REFUSED' });
    await chaincode.put('Alpha', 'after-snapshot', 'written');
    await network.caughtUp();
    // Any institution's snapshot will do: it is the other peer's.
    const backup = await mkdtemp(join(tmpdir(), 'collabnet-fabric-'));
    try {
      await cp(join(alpha.snapshotFolder('collab'), block ?? ''), backup, { recursive: true });
      await beta.kill();
      await beta.loseVolume();
      await beta.start();
      await beta.snapshots.join(backup);
      await eventually('end of joining', async () => (await beta.snapshots.joining()) === undefined && (await beta.admin.channels()).includes('collab'));
      await network.caughtUp();
    } finally {
      await rm(backup, { recursive: true, force: true });
    }
    await chaincode.reinstall('Beta');
    await eventually('read on the restored peer', async () => (await chaincode.get('Beta', 'key-3')) === 'value-3');
    assert.equal(await chaincode.get('Beta', 'after-snapshot'), 'written');
    await assert.rejects(beta.admin.block('collab', 1), { code: 'REFUSED' });
    const [config, expected] = [await beta.admin.config('collab'), await network.config()];
    assert.deepEqual([config.sequence, membersOf(config)], [expected.sequence, membersOf(expected)]);
    await chaincode.putEventually('Beta', 'after-restore', 'yes');
  });

  it('catch up after a time away', async () => {
    const { peer } = network.member('Beta');
    await peer.kill();
    // The other alone is half of two, no majority: what it may do alone is its own configuration.
    const height = await network.touch('Alpha');
    await peer.start();
    await network.caughtUp();
    assert.ok((await peer.admin.height('collab')) > height);
  });

  it('are shut out with an expired TLS certificate, and back with a renewed one', async () => {
    const { peer } = network.member('Alpha');
    await peer.renewTls({ keepKey: true, now: Date.now() - 8 * 86_400_000 });
    await peer.restart();
    await assert.rejects(peer.admin.channels(), { code: 'UNAVAILABLE', message: /expired/ });
    await peer.renewTls({ keepKey: true });
    await peer.restart();
    assert.deepEqual(await peer.admin.channels(), ['collab']);
    await chaincode.putEventually('Alpha', 'after-expiry', 'yes');
  });

  for (const keepKey of [true, false]) {
    it(`serve with a renewed TLS certificate (${keepKey ? 'same' : 'new'} key) of the same authority after a restart`, async () => {
      const { peer } = network.member('Alpha');
      const { sequence } = await network.config();
      await peer.renewTls({ keepKey });
      await peer.restart();
      await chaincode.putEventually('Alpha', `renewed-${keepKey}`, 'yes');
      await network.caughtUp();
      assert.equal(await chaincode.get('Beta', `renewed-${keepKey}`), 'yes');
      assert.equal((await network.config()).sequence, sequence);
    });
  }
});
