import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { batchTimeoutOf, capabilitiesOf, consentersOf, membersOf } from '../channel/channel-config.ts';
import { addMember, removeMember, setAnchorPeers, setBatchTimeout, setCapabilities, setSectionPolicy } from '../channel/changes.ts';
import { computeUpdate } from '../channel/compute-update.ts';
import { groupPolicy } from '../channel/policies.ts';
import { checkUpdateSignatures, signUpdate, updateEnvelope } from '../channel/update-envelope.ts';
import { tar } from '../chaincode/tar.ts';
import { fetchBlock } from '../client/orderer.ts';
import { PeerAdmin } from '../client/peer.ts';
import { eventually } from './eventually.ts';
import { freePort } from './ports.ts';
import { TestChaincode } from './test-chaincode.ts';
import { TestInstitution } from './test-institution.ts';
import { TestNetwork } from './test-network.ts';
import type { TestOrderer } from './test-orderer.ts';

describe('a network that grows', { timeout: 180_000 }, () => {
  let network: TestNetwork;
  let chaincode: TestChaincode | undefined;
  before(async () => {
    network = await TestNetwork.found({ members: ['Alpha'] });
  });
  after(async () => {
    chaincode?.close();
    await network.close();
  });

  it('is founded by one institution: the configuration is what was asked for, on orderer and peer alike', async () => {
    const config = await network.config();
    assert.equal(config.channel, 'collab');
    assert.equal(config.sequence, 0);
    assert.deepEqual(membersOf(config).map(({ mspId }) => mspId), ['Alpha']);
    assert.deepEqual(consentersOf(config).map(({ port }) => port), [network.orderers[0]?.endpoint.port]);
    assert.equal(batchTimeoutOf(config), '100ms');
    assert.deepEqual(capabilitiesOf(config, 'application'), ['V2_5']);
    const onPeer = await network.member('Alpha').peer.admin.config('collab');
    assert.deepEqual(onPeer.config.serializeBinary(), config.config.serializeBinary());
  });

  it('takes writes of its only member', async () => {
    chaincode = await TestChaincode.deploy(network);
    await chaincode.put('Alpha', 'first', '1');
    assert.equal(await chaincode.get('Alpha', 'first'), '1');
  });

  it('says what is wrong with a second founding, an unknown channel and a node that is away', async () => {
    const [orderer] = network.orderers as [TestOrderer];
    const { peer, institution } = network.member('Alpha');
    await assert.rejects(orderer.admin.join(network.genesis), { code: 'REFUSED', message: /already exists/ });
    assert.equal(await orderer.admin.channel('other'), undefined);
    await assert.rejects(peer.admin.join(network.genesis), { code: 'REFUSED', message: /already exists/ });
    await assert.rejects(peer.admin.height('other'), { code: 'REFUSED' });
    await assert.rejects(fetchBlock(orderer.address, 'other', institution.admin), { code: 'REFUSED', message: /no such channel/ });
    const nowhere = { ...orderer.address, port: await freePort() };
    await assert.rejects(fetchBlock(nowhere, 'collab', institution.admin, 0, { timeoutMs: 2_000 }), { code: 'UNAVAILABLE' });
    const foreign = { ...orderer.address, tlsRootCertificates: [(await TestInstitution.create('Other')).tlsAuthority.certificatePem] };
    await assert.rejects(fetchBlock(foreign, 'collab', institution.admin, 0, { timeoutMs: 2_000 }), { code: 'UNAVAILABLE', message: /certificate/ });
  });

  it('refuses to administer for a client, and to install what no service could be reached by', async () => {
    const { peer, institution } = network.member('Alpha');
    await assert.rejects(new PeerAdmin(peer.address, institution.client).installed(), { code: 'REFUSED' });
    const archive = (files: Record<string, string | Uint8Array>): Uint8Array => gzipSync(tar(Object.entries(files).map(([name, content]) => ({ name, content: Buffer.from(content) }))));
    const broken = (type: string, connection: string): Uint8Array =>
      archive({ 'metadata.json': JSON.stringify({ type, label: 'broken_1' }), 'code.tar.gz': archive({ 'connection.json': connection }) });
    await assert.rejects(peer.admin.install(broken('ccaas', '{"address":"nowhere"}')), { code: 'REFUSED', message: /build/ });
    await assert.rejects(peer.admin.install(broken('ccaas', '{"address":"x:1","tls_required":true}')), { code: 'REFUSED', message: /build/ });
    await assert.rejects(peer.admin.install(broken('golang', '{"address":"x:1"}')), { code: 'REFUSED' });
    assert.deepEqual((await peer.admin.installed()).map(({ label }) => label), ['register_1']);
  });

  it('lets a second institution in by the signature of the first, and its peer catches up', async () => {
    const { peer } = await network.addMember('Beta');
    assert.deepEqual(membersOf(await peer.admin.config('collab')).map(({ mspId }) => mspId), ['Alpha', 'Beta']);
    assert.ok((await peer.admin.height('collab')) >= 4);
  });

  it('refuses a third with one signature of two, and lets it in with two', async () => {
    await assert.rejects(network.addMember('Gamma', ['Alpha']), { code: 'REFUSED', message: /Application\/Admins|policy|signature set did not satisfy/i });
    assert.equal(membersOf(await network.config()).length, 2);
    await network.addMember('Gamma', ['Alpha', 'Beta']);
    assert.equal(membersOf(await network.member('Gamma').peer.admin.config('collab')).length, 3);
  });

  it('checks collected signatures as the orderer will', async () => {
    const config = await network.member('Alpha').peer.admin.config('collab');
    const update = computeUpdate(config, setBatchTimeout(250));
    const [alpha, beta] = [network.member('Alpha').institution, network.member('Beta').institution];
    const good = await Promise.all([signUpdate(update, alpha.admin), signUpdate(update, beta.admin)]);
    assert.deepEqual(checkUpdateSignatures(config, update, good), ['Alpha', 'Beta']);
    // Computed apart by another member from its own peer's view: the same octets.
    assert.deepEqual(computeUpdate(await network.member('Gamma').peer.admin.config('collab'), setBatchTimeout(250)), update);
  });

  it('runs on all three once all have the chaincode', async () => {
    chaincode?.close();
    chaincode = await TestChaincode.deploy(network, 2);
    await chaincode.put('Gamma', 'second', '2');
    await network.caughtUp();
    for (const mspId of ['Alpha', 'Beta', 'Gamma']) {
      assert.equal(await chaincode.get(mspId, 'first'), '1', mspId);
      assert.equal(await chaincode.get(mspId, 'second'), '2', mspId);
    }
  });

  it('changes batch timeout, capabilities and a policy by a majority', async () => {
    const config = await network.update(setBatchTimeout(50), ['Beta', 'Gamma', 'Alpha']);
    assert.equal(batchTimeoutOf(config), '50ms');
    assert.deepEqual(capabilitiesOf(await network.update(setCapabilities('application', ['V2_0', 'V2_5']), ['Alpha', 'Gamma']), 'application'), ['V2_0', 'V2_5']);
    await network.update(setSectionPolicy('application', 'LifecycleEndorsement', groupPolicy('ALL', 'Endorsement')), ['Alpha', 'Beta']);
  });

  it('lets an institution change its own anchor peers, and nobody else do it', async () => {
    const anchors = [{ host: 'peer.gamma.example', port: 7051 }, network.member('Gamma').peer.endpoint];
    await assert.rejects(network.update(setAnchorPeers('Gamma', anchors), ['Alpha', 'Beta']), { code: 'REFUSED' });
    const config = await network.update(setAnchorPeers('Gamma', anchors), ['Gamma']);
    assert.deepEqual(membersOf(config).find(({ mspId }) => mspId === 'Gamma')?.anchorPeers, anchors);
  });

  it('refuses an update that was overtaken by another', async () => {
    const config = await network.config();
    const stale = computeUpdate(config, setBatchTimeout(70));
    const admins = network.members.map(({ institution }) => institution.admin);
    const signatures = await Promise.all(admins.map((admin) => signUpdate(stale, admin)));
    await network.update(setBatchTimeout(60));
    const envelope = await updateEnvelope('collab', stale, signatures, network.member('Alpha').institution.admin);
    await assert.rejects(network.broadcast(envelope), { code: 'REFUSED', message: /version/ });
  });

  it('refuses a request from a clock that is wrong, and one from a stranger', async () => {
    const { admin } = network.member('Alpha').institution;
    const orderer = network.orderers[0] as TestOrderer;
    const ask = (now: number): Promise<unknown> => fetchBlock(orderer.address, 'collab', admin, 0, { now });
    await ask(Date.now());
    await ask(Date.now() - 14 * 60_000);
    await assert.rejects(ask(Date.now() - 16 * 60_000), { code: 'REFUSED', message: /window/ });
    await assert.rejects(ask(Date.now() + 16 * 60_000), { code: 'REFUSED', message: /window/ });
    const stranger = (await TestInstitution.create('Alpha')).admin;
    await assert.rejects(fetchBlock(orderer.address, 'collab', stranger, 0), { code: 'REFUSED' });
  });

  it('goes on without an institution that was put out, which gets no more blocks', async () => {
    const gamma = network.member('Gamma');
    const height = await network.caughtUp();
    const config = await network.update(removeMember('Gamma'), ['Alpha', 'Beta']);
    assert.deepEqual(membersOf(config).map(({ mspId }) => mspId), ['Alpha', 'Beta']);
    await chaincode?.put('Alpha', 'third', '3');
    await eventually('block on Beta', async () => (await network.member('Beta').peer.admin.height('collab')) > height + 1);
    // Not even the block that ends the membership: reading is judged by the configuration in force.
    assert.equal(await gamma.peer.admin.height('collab'), height);
  });

  it('refuses a change by the one that was put out', async () => {
    const config = await network.config();
    const { admin, msp } = network.member('Gamma').institution;
    const update = computeUpdate(config, addMember({ msp, anchorPeers: [] }));
    await assert.rejects(network.broadcast(await updateEnvelope('collab', update, [await signUpdate(update, admin)], admin)), { code: 'REFUSED' });
  });
});
