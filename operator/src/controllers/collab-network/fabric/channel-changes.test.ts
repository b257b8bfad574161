import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { MemberRecord } from '@collabnet/contracts';
import type { ChannelConfig } from '@collabnet/fabric-network';
import { TestInstitution } from '@collabnet/fabric-network/testing';
import { otherLeaver, ownRemoval, wantedChanges } from './channel-changes.ts';
import { organisationOf, testChannel, testDid, testMember } from './testing-channel.ts';

describe('wantedChanges', () => {
  let config: ChannelConfig;
  let gamma: MemberRecord;
  before(async () => {
    ({ config } = await testChannel('alpha', 'beta'));
    gamma = testMember('gamma', { fabric: organisationOf(await TestInstitution.create('gamma')) });
  });
  const wanted = (...members: MemberRecord[]): string[] => wantedChanges(config, members).map(({ kind, did }) => `${kind} ${did.split(':').at(-1)}`);

  it('is nothing while the channel has the members that the ledger has', () => {
    assert.deepEqual(wanted(testMember('alpha'), testMember('beta')), []);
    assert.deepEqual(wanted(testMember('alpha'), testMember('beta', { state: 'Suspended' })), []);
  });

  it('adds who is a member, and removes who has left', () => {
    assert.deepEqual(wanted(testMember('alpha'), testMember('beta'), gamma), ['AddMember gamma']);
    assert.deepEqual(wanted(testMember('alpha'), testMember('beta'), { ...gamma, state: 'Admitted' }), ['AddMember gamma'], 'it can only come by the channel');
    assert.deepEqual(wanted(testMember('alpha'), testMember('beta'), { ...gamma, state: 'Lapsed' }), [], 'nobody waits for it any more');
    assert.deepEqual(wanted(testMember('alpha'), testMember('beta', { state: 'Lapsed' })), ['RemoveMember beta']);
    assert.deepEqual(wanted(testMember('alpha'), testMember('beta', { state: 'Left' })), ['RemoveMember beta']);
    assert.deepEqual(wanted(testMember('alpha'), testMember('beta'), { ...gamma, state: 'Left' }), [], 'who was never on the channel is not removed');
    assert.deepEqual(wanted(testMember('alpha'), testMember('beta'), testMember('delta')), [], 'without an organisation nobody can be added');
  });

  it('comes to one order, whatever the order of the members: removals first', () => {
    const members = [gamma, testMember('beta', { state: 'Left' }), testMember('alpha')];
    assert.deepEqual(wanted(...members), ['RemoveMember beta', 'AddMember gamma']);
    assert.deepEqual(wanted(...members.toReversed()), wanted(...members));
  });

  it('names another that has left and is still on the channel, never the one that asks', () => {
    const left = testMember('beta', { state: 'Left' });
    assert.equal(otherLeaver(config, [testMember('alpha'), left], testDid('alpha'))?.did, left.did);
    assert.equal(otherLeaver(config, [testMember('alpha'), left, gamma], left.did), undefined);
    assert.equal(otherLeaver(config, [testMember('alpha'), testMember('beta'), gamma], testDid('alpha')), undefined);
  });

  it('lets one sign its own removal while it is on the channel', () => {
    assert.equal(ownRemoval(config, testDid('beta'))?.kind, 'RemoveMember');
    assert.equal(ownRemoval(config, testDid('gamma')), undefined);
  });
});
