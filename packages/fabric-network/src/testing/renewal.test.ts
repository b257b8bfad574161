import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setMsp } from '../channel/changes.ts';
import { replaceConsenter } from '../channel/consenter-changes.ts';
import { computeUpdate } from '../channel/compute-update.ts';
import { signUpdate, updateEnvelope } from '../channel/update-envelope.ts';
import { revocationList } from '../identity/revocation.ts';
import { TestChaincode } from './test-chaincode.ts';
import { TestNetwork } from './test-network.ts';
import type { TestOrderer } from './test-orderer.ts';

describe('renewal', { timeout: 180_000 }, () => {
  let network: TestNetwork;
  let chaincode: TestChaincode;
  let count = 0;
  const own = (mspId: string): TestOrderer[] => network.orderers.filter(({ institution }) => institution.mspId === mspId);
  /** Both peers must endorse: two of two is the majority. */
  const write = async (): Promise<void> => {
    count += 1;
    for (const mspId of ['Alpha', 'Beta']) await chaincode.putEventually(mspId, `${mspId}-${count}`, String(count));
  };

  before(async () => {
    network = await TestNetwork.found({ members: ['Alpha', 'Beta'], orderers: 3 });
    chaincode = await TestChaincode.deploy(network);
  });
  after(async () => {
    chaincode?.close();
    await network?.close();
  });

  it('by the same authority needs a restart of the node and nothing else', async () => {
    const { sequence } = await network.config();
    for (const { peer } of network.members) {
      await peer.renewIdentity();
      await peer.restart();
      await write();
    }
    for (const orderer of network.orderers) {
      await orderer.renewIdentity();
      await orderer.restart();
      await network.ready();
      await write();
    }
    assert.equal((await network.config()).sequence, sequence);
  });

  it('moves to a new authority by two updates that the institution signs alone, its orderer included', async () => {
    const { institution, peer } = network.member('Alpha');
    const formerAdmin = institution.admin;
    await institution.addIdentityAuthority();
    await network.update(setMsp(institution.msp), ['Alpha']);
    await write();
    // From here on the new authority enrols: nodes first, then people.
    await institution.enrolByNewest();
    for (const node of [peer, ...own('Alpha')]) {
      await node.renewIdentity();
      await node.restart();
      await network.ready();
    }
    await write();
    institution.dropFormerAuthorities();
    await network.update(setMsp(institution.msp), ['Alpha']);
    await write();
    const update = computeUpdate(await network.config(), setMsp({ ...institution.msp, revocationLists: [] , rootCertificates: [network.member('Beta').institution.identityAuthority.certificatePem] }));
    await assert.rejects(network.broadcast(await updateEnvelope('collab', update, [await signUpdate(update, formerAdmin)], formerAdmin)), { code: 'REFUSED' });
  });

  it('moves to a new TLS authority, once its orderers stand in the configuration with their new certificates', async () => {
    const { institution, peer } = network.member('Alpha');
    await institution.addTlsAuthority();
    await network.update(setMsp(institution.msp), ['Alpha']);
    // Gateways and orderers keep the authorities that they first met a node with: all nodes start anew, those of others too.
    await network.caughtUp();
    for (const node of [network.member('Beta').peer, ...network.orderers]) {
      await node.restart();
      await network.ready();
    }
    institution.issueTlsByNewest();
    for (const node of [peer, ...own('Alpha')]) {
      await node.renewTls({ keepKey: true });
      await node.restart();
      await network.ready();
    }
    await write();
    institution.dropFormerAuthorities();
    // With the keys they had they are known to the others, but what stands there was issued by the authority that goes.
    await assert.rejects(network.update(setMsp(institution.msp), ['Alpha']), { code: 'REFUSED', message: /consenter localhost:\d+ has invalid certificate/ });
    for (const orderer of own('Alpha')) await network.update(replaceConsenter(orderer.endpoint, orderer.consenter));
    await network.update(setMsp(institution.msp), ['Alpha']);
    await write();
  });

  it('takes back an identity whose key is lost, at once and everywhere', async () => {
    const { institution } = network.member('Beta');
    const lost = institution.client;
    const list = await revocationList({ authority: institution.identityAuthority, revoked: [lost.certificatePem] });
    await network.update(setMsp({ ...institution.msp, revocationLists: [list] }), ['Beta']);
    await network.caughtUp();
    await assert.rejects(chaincode.put('Beta', 'lost', 'x', 5_000), (error: { details?: unknown }) => /access denied: channel \[collab\] creator org \[Beta\]/.test(JSON.stringify(error.details)));
    // The list is about one certificate: the next one of the same name is good.
    await institution.enrolByNewest();
    await write();
    await assert.rejects(revocationList({ authority: network.member('Alpha').institution.identityAuthority, revoked: [lost.certificatePem] }), { code: 'CERTIFICATE_INVALID', field: 'revoked[0]' });
  });

  it('cannot be done for another institution', async () => {
    const { institution } = network.member('Beta');
    await assert.rejects(network.update(setMsp({ ...institution.msp, tlsRootCertificates: [network.member('Alpha').institution.tlsAuthority.certificatePem] }), ['Alpha']), { code: 'REFUSED', message: /Beta\/Admins|policy/ });
  });
});
