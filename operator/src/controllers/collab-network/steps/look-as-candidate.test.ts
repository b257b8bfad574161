import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WaitError } from '../../../runtime/index.ts';
import { INVITATION_ENTRY } from '../invitation.ts';
import type { NetworkRun } from '../network-run.ts';
import { lookAsCandidate } from './look-as-candidate.ts';

const EXPIRES = 1_000;
const INVITATION = {
  schema: 'collabnet.dev/invitation/v1',
  networkId: 'ab'.repeat(32),
  networkName: 'Test',
  ledgerDriver: 'fabric',
  invitationId: 'one',
  invitationKey: 'cd'.repeat(32),
  hubClientUrl: 'tls://hub:4222',
  caPem: 'none',
  creds: 'none',
  expires: EXPIRES,
};
const awaiting = new WaitError('AwaitingChannel', 'the channel does not have this institution', 1_500);

test('an institution whose invitation has expired learns who can say what it waits for', async () => {
  const closed: string[] = [];
  const run = {
    network: { metadata: { name: 'demo' }, spec: { join: { invitationSecretRef: { name: 'invitation' } } } },
    ctx: { clock: { now: () => EXPIRES } },
    services: {
      secrets: { read: () => Promise.resolve({ [INVITATION_ENTRY]: JSON.stringify(INVITATION) }) },
      joins: { close: (name: string) => Promise.resolve(void closed.push(name)), open: () => Promise.reject(new Error('the hub refuses it')) },
    },
  } as unknown as NetworkRun;
  const told = await lookAsCandidate(run, awaiting);
  assert.ok(told instanceof WaitError);
  assert.deepEqual([told.reason, told.requeueAfterMs], [awaiting.reason, awaiting.requeueAfterMs]);
  assert.match(told.message, /^the channel does not have this institution\. The invitation has expired.*ChannelAgreed/);
  assert.deepEqual(closed, ['demo']);
});

test('one without an invitation waits as before', async () => {
  const run = { network: { metadata: { name: 'demo' }, spec: {} } } as unknown as NetworkRun;
  assert.equal(await lookAsCandidate(run, awaiting), awaiting);
});
