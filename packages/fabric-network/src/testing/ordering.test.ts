import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { consentersOf, orderingMembersOf } from '../channel/channel-config.ts';
import { removeConsenter, replaceConsenter } from '../channel/consenter-changes.ts';
import { eventually } from './eventually.ts';
import { TestChaincode } from './test-chaincode.ts';
import { TestNetwork } from './test-network.ts';

describe('ordering', { timeout: 240_000 }, () => {
  let network: TestNetwork;
  let chaincode: TestChaincode;
  let key = 0;
  /** Writes, and looks that every running peer has it. */
  const write = async (): Promise<void> => {
    key += 1;
    await chaincode.putEventually('Alpha', `key-${key}`, String(key));
    await eventually(`read ${key}`, async () => (await chaincode.get('Beta', `key-${key}`)) === String(key));
  };

  before(async () => {
    network = await TestNetwork.found({ members: ['Alpha', 'Beta'] });
    chaincode = await TestChaincode.deploy(network);
  });
  after(async () => {
    chaincode?.close();
    await network?.close();
  });

  it('grows from one orderer to three, one of them of another institution', async () => {
    await write();
    await network.addOrderer('Beta');
    await write();
    await network.addOrderer('Alpha');
    await write();
    const config = await network.config();
    assert.equal(consentersOf(config).length, 3);
    assert.deepEqual(orderingMembersOf(config).map(({ mspId, endpoints }) => [mspId, endpoints.length]), [['Alpha', 2], ['Beta', 1]]);
    const heights = await Promise.all(network.orderers.map(async ({ admin }) => (await admin.channel('collab'))?.height));
    assert.ok(heights.every((height) => height !== undefined && height > 5), String(heights));
  });

  it('goes on with one of three killed', async () => {
    await network.orderers[0]?.kill();
    await write();
  });

  it('stops with two killed, while reading goes on, and resumes with one back; nothing is lost', async () => {
    await network.orderers[1]?.kill();
    // Let the last one notice: until then it hands on to a leader that is gone.
    await delay(2_000);
    await assert.rejects(chaincode.put('Alpha', 'never', 'x', 4_000));
    assert.equal(await chaincode.get('Beta', `key-${key}`), String(key));
    await network.orderers[1]?.start();
    await write();
    await network.orderers[0]?.start();
    await write();
    for (let each = 1; each <= key; each += 1) assert.equal(await chaincode.get('Alpha', `key-${each}`), String(each));
    const target = await network.caughtUp();
    await eventually('all orderers at one height', async () => {
      const heights = await Promise.all(network.orderers.map(async ({ admin }) => (await admin.channel('collab'))?.height ?? 0));
      return heights.every((height) => height >= target);
    });
  });

  it('goes on while each orderer gets a new TLS certificate for its key, without an update of the channel', async () => {
    const { sequence } = await network.config();
    for (const orderer of network.orderers) {
      const before = orderer.tls.certificatePem;
      await orderer.renewTls({ keepKey: true });
      await orderer.restart();
      assert.notEqual(orderer.tls.certificatePem, before);
      await network.ready();
      await write();
    }
    assert.equal((await network.config()).sequence, sequence);
  });

  it('takes a new TLS key of an orderer by an update', async () => {
    const [orderer] = network.orderers;
    assert.ok(orderer);
    await orderer.renewTls({ keepKey: false });
    await network.update(replaceConsenter(orderer.endpoint, orderer.consenter));
    await orderer.restart();
    await network.ready();
    await write();
    await eventually('the renewed orderer follows', async () => {
      const [mine, other] = await Promise.all([orderer, network.orderers[1]].map(async (each) => each?.admin.channel('collab')));
      return mine?.status === 'active' && mine.height === other?.height;
    });
  });

  it('brings back an orderer whose volume is gone', async () => {
    const lost = network.orderers[2];
    assert.ok(lost);
    await lost.kill();
    await lost.loseVolume();
    await write();
    await network.rebuildOrderer(lost);
    assert.equal((await lost.admin.channel('collab'))?.height, (await network.orderers[0]?.admin.channel('collab'))?.height);
    await write();
  });

  it('goes back to two', async () => {
    const leaving = network.orderers[2];
    assert.ok(leaving);
    await network.update(removeConsenter(leaving.endpoint));
    await leaving.stop();
    await write();
    assert.equal(consentersOf(await network.config()).length, 2);
  });
});
