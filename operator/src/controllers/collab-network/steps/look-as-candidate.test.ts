import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONTRACTS_VERSION } from '@collabnet/contracts';
import { makeInstitution, MINUTE, STATED_CONTRACTS, TestNetwork, type TestInstitution } from '@collabnet/contracts/testing';
import { TestInstitution as Organisation } from '@collabnet/fabric-network/testing';
import { silentLogger } from '@collabnet/telemetry';
import { systemClock } from '../../../runtime/index.ts';
import { MemoryChain } from '../../compute-task/testing/memory-ledger.ts';
import { organisationOf } from '../fabric/testing-channel.ts';
import { INVITATION_ENTRY } from '../invitation.ts';
import type { NetworkRun } from '../network-run.ts';
import { lookAsCandidate } from './look-as-candidate.ts';

const OWN = { version: CONTRACTS_VERSION, digest: 'ab'.repeat(32) };

/** An institution that was voted in, with its invitation; the members have these contracts in force. */
async function admitted(): Promise<{ net: TestNetwork; guest: TestInstitution; look: (inForce: string, expires?: number) => Promise<string | undefined>; closed: () => number }> {
  let chain!: MemoryChain;
  const net = await TestNetwork.found((payload) => (chain = new MemoryChain(payload)), { admissionLapseMs: MINUTE }, 'fabric');
  const [guest, pair] = [makeInstitution(net.id, 'guest'), await net.invite('invite-guest')];
  await net.voteOn(net.founder.manager, await net.askToJoin(guest, 'invite-guest', pair, organisationOf(await Organisation.create('guest'))));
  let closed = 0;
  const look = async (inForce: string, expires = Date.now() + MINUTE): Promise<string | undefined> => {
    const invitation = { schema: 'collabnet.dev/invitation/v1', networkId: net.id, networkName: 'Test', ledgerDriver: 'fabric', invitationId: 'invite-guest', invitationKey: pair.privateKey, hubClientUrl: 'tls://hub:4222', caPem: '', creds: '', expires };
    const ledger = Object.assign(chain.ledger(), { definition: inForce, refresh: () => Promise.resolve(), start: () => undefined });
    const services = {
      contracts: OWN,
      secrets: { read: () => Promise.resolve({ [INVITATION_ENTRY]: JSON.stringify(invitation) }) },
      joins: { open: () => Promise.resolve({ ledger }), close: () => Promise.resolve(void (closed += 1)) },
      logger: silentLogger(),
    };
    const network = { metadata: { name: 'demo' }, spec: { join: { invitationSecretRef: { name: 'invitation' } } } };
    const run = { ctx: { clock: systemClock }, network, services, keys: { signPublicKey: guest.keys.publicKey }, access: { networkId: net.id, did: guest.did } };
    return (await lookAsCandidate(run as unknown as NetworkRun))?.reason;
  };
  return { net, guest, look, closed: () => closed };
}

test('who was voted in sees that the members have agreed on other contracts, as long as its invitation holds', async () => {
  const { look, closed, net, guest } = await admitted();
  assert.equal(await look(STATED_CONTRACTS), undefined, 'nothing is wrong: it waits for the members');
  const other = STATED_CONTRACTS.replaceAll('ab', 'cd');
  assert.equal(await look(other), 'ContractsOutdated');
  assert.deepEqual([await look(other, Date.now() - 1), closed()], [undefined, 1]);
  await net.activate(guest);
  assert.equal(await look(other), undefined, 'a member whose peer reads everything anew waits for nobody');
});

test('who came too late is told that its admission has lapsed', async () => {
  const { net, guest, look } = await admitted();
  await net.driver.advanceTime(2 * MINUTE);
  await net.send(net.founder, 'membership.lapse', { did: guest.did });
  assert.equal(await look(STATED_CONTRACTS), 'AdmissionLapsed');
});
