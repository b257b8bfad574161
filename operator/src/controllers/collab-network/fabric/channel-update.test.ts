import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { ChannelUpdateRecord } from '@collabnet/contracts';
import { readUpdate, signUpdate, type ChannelConfig } from '@collabnet/fabric-network';
import { TestInstitution } from '@collabnet/fabric-network/testing';
import { wantedChanges, type WantedChange } from './channel-changes.ts';
import { channelUpdate, type ChannelUpdate } from './channel-update.ts';
import { organisationOf, testChannel, testDid, testMember } from './testing-channel.ts';

const base64 = (octets: Uint8Array): string => Buffer.from(octets).toString('base64');

describe('channelUpdate', () => {
  let config: ChannelConfig;
  let alpha: TestInstitution;
  let beta: TestInstitution;
  let gamma: TestInstitution;
  let addition: WantedChange;
  before(async () => {
    const channel = await testChannel('alpha', 'beta', 'gamma');
    config = channel.config;
    [alpha, beta, gamma] = channel.institutions as [TestInstitution, TestInstitution, TestInstitution];
    const delta = await TestInstitution.create('delta');
    [addition] = wantedChanges(config, [testMember('delta', { fabric: organisationOf(delta) })]) as [WantedChange];
  });
  const by = (institution: TestInstitution, signatures: Record<string, Uint8Array> = {}, change = addition): Promise<ChannelUpdate> =>
    channelUpdate(config, change, testDid(institution.mspId), institution.admin, () =>
      Promise.resolve({ signatures: Object.fromEntries(Object.entries(signatures).map(([code, octets]) => [testDid(code), base64(octets)])) } as unknown as ChannelUpdateRecord),
    );

  it('is the same octets and id at each member, and waits for a majority', async () => {
    const [one, other] = [await by(alpha), await by(beta)];
    assert.deepEqual(one.octets, other.octets);
    assert.equal(one.id, other.id);
    assert.equal(readUpdate(one.octets, 'collab').getChannelId(), 'collab');
    assert.deepEqual([one.missing, one.handedOver, one.signers], [1, false, ['alpha']]);
  });

  it('is complete with the signature of another, and knows its own on the ledger', async () => {
    const { own } = await by(beta);
    const update = await by(alpha, { beta: own });
    assert.deepEqual([update.missing, update.handedOver, update.signers, update.others.length], [0, false, ['alpha', 'beta'], 1]);
    const waiting = await by(alpha, { alpha: update.own });
    assert.deepEqual([waiting.missing, waiting.handedOver, waiting.others.length], [1, true, 0]);
  });

  it('does not count a signature over something else, of a stranger, of no administrator, or twice of one', async () => {
    const [removal] = wantedChanges(config, [testMember('gamma', { state: 'Left' })]) as [WantedChange];
    const { octets } = await by(alpha);
    const stranger = await TestInstitution.create('beta');
    const wrong = [(await by(beta, {}, removal)).own, await signUpdate(octets, stranger.admin), await signUpdate(octets, beta.client), Buffer.from('none')];
    for (const signature of wrong) assert.equal((await by(alpha, { beta: signature })).missing, 1);
    const twice = await by(gamma, { alpha: await signUpdate(octets, gamma.admin), beta: await signUpdate(octets, gamma.admin) });
    assert.equal(twice.missing, 1);
  });

  it('refuses an organisation that no channel can have', async () => {
    const [wrong] = wantedChanges(config, [testMember('delta', { fabric: { ...organisationOf(alpha), mspId: 'delta', rootCertificates: ['none'] } })]) as [WantedChange];
    await assert.rejects(by(alpha, {}, wrong), { code: 'CERTIFICATE_INVALID' });
  });
});
