import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { consentersOf } from '../channel/channel-config.ts';
import { addConsenter, removeConsenter, replaceConsenter } from '../channel/consenter-changes.ts';
import { certificateFacts } from '../identity/certificate.ts';
import { TestNetwork } from './test-network.ts';
import { TestOrderer } from './test-orderer.ts';

const DAY = 86_400_000;

/** What a year of renewals with the same keys comes to: the configuration still has the first certificates. */
describe('orderers whose certificates in the configuration have expired', { timeout: 240_000 }, () => {
  let network: TestNetwork;
  before(async () => {
    network = await TestNetwork.found({ members: ['Alpha'], orderers: 3, pinnedAsOf: Date.now() - 8 * DAY });
  });
  after(() => network?.close());

  /** A block that nobody else is needed for. */
  const write = async (): Promise<void> => {
    await network.touch('Alpha');
    await network.caughtUp();
  };

  it('order and elect, each with the certificate of today for its key', async () => {
    for (const { serverTlsCertificate } of consentersOf(await network.config())) assert.ok(certificateFacts(serverTlsCertificate).notAfter < Date.now());
    await write();
    for (const orderer of network.orderers) {
      await orderer.restart();
      await network.ready();
      await write();
    }
  });

  it('take in another one, take one out, and let one come back that has lost its volume', async () => {
    const fourth = await network.addOrderer('Alpha');
    await write();
    await network.update(removeConsenter(fourth.endpoint));
    await fourth.stop();
    network.orderers.pop();
    const [, , lost] = network.orderers;
    assert.ok(lost instanceof TestOrderer);
    await lost.kill();
    await lost.loseVolume();
    await network.rebuildOrderer(lost);
    await write();
  });

  it('can be given their certificates of today by an update', async () => {
    const [first] = network.orderers;
    assert.ok(first);
    await network.update(replaceConsenter(first.endpoint, first.consenter));
    await write();
  });

  it('refuse a new one only if its own certificate has expired', async () => {
    const [first] = network.orderers;
    assert.ok(first);
    const { certificatePem } = await first.institution.issueTls({ now: Date.now() - 8 * DAY });
    await assert.rejects(network.update(addConsenter({ host: 'localhost', port: 1, clientTlsCertificate: certificatePem, serverTlsCertificate: certificatePem })), { code: 'REFUSED', message: /expired/ });
  });
});
