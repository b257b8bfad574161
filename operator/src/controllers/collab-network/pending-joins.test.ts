import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinDigest, joinProof, type FabricOrganisation, type JoinRecord, type JoinRequest } from '@collabnet/contracts';
import { makeInstitution, STATED_CONTRACTS, TestNetwork, type TestInstitution } from '@collabnet/contracts/testing';
import { CERTIFICATES } from '@collabnet/crds/testing';
import { MemoryChain } from '../compute-task/testing/memory-ledger.ts';
import { ownJoin, pendingJoins } from './pending-joins.ts';

const [IDENTITY, TLS] = CERTIFICATES;
const NO_CERTIFICATE = `-----BEGIN CERTIFICATE-----\n${'MIIB'.repeat(16)}\nAAE=\n-----END CERTIFICATE-----\n`;

async function network(): Promise<{ net: TestNetwork; chain: MemoryChain }> {
  let chain!: MemoryChain;
  const net = await TestNetwork.found((payload) => (chain = new MemoryChain(payload)), {}, 'fabric');
  return { net, chain };
}

const organisationOf = ({ code }: TestInstitution, change: Partial<FabricOrganisation> = {}): FabricOrganisation => ({
  mspId: code,
  rootCertificates: [IDENTITY.pem],
  tlsRootCertificates: [TLS.pem],
  peers: [{ host: `peer.${code}.example`, port: 7051 }],
  ...change,
});

test('who votes is shown the organisation that the ledger records, under the digest that the vote names', async () => {
  const { net, chain } = await network();
  const b = makeInstitution(net.id, 'bank-b');
  const id = await net.askToJoin(b, 'invite-b', await net.invite('invite-b'), organisationOf(b));
  const [shown, ...more] = await pendingJoins(chain.ledger(), [{ state: 'Active' }, { state: 'Active' }, { state: 'Admitted' }]);
  assert.deepEqual(more, []);
  const organisation = { mspID: 'bank-b', identityAuthorities: [IDENTITY.fingerprint], tlsAuthorities: [TLS.fingerprint], peers: ['peer.bank-b.example:7051'] };
  assert.deepEqual([shown?.id, shown?.digest, shown?.needed, shown?.votes, shown?.contracts], [id, id, 2, [], STATED_CONTRACTS]);
  assert.deepEqual(shown?.organisation, organisation);
  const request = JSON.parse(shown?.request ?? '') as JoinRequest;
  assert.deepEqual(request, net.requestOf(b, organisationOf(b)));
  assert.equal(joinDigest(net.id, shown?.invitationID ?? '', request), id);
  assert.deepEqual(ownJoin(await net.query<JoinRecord>('membership.joinRequest', { id })), { id, organisation, contracts: STATED_CONTRACTS });
});

test('a candidate cannot change what is voted on: another request is another subject, and its invitation serves one', async () => {
  const { net, chain } = await network();
  const [b, pair] = [makeInstitution(net.id, 'bank-b'), await net.invite('invite-b')];
  const id = await net.askToJoin(b, 'invite-b', pair, organisationOf(b));
  const other = net.requestOf(b, organisationOf(b, { rootCertificates: [TLS.pem] }));
  const proof = joinProof(pair.privateKey, net.id, 'invite-b', other);
  await assert.rejects(net.send(b, 'membership.join', { invitationId: 'invite-b', request: other, proof, contracts: STATED_CONTRACTS }), { code: 'INVITATION_USED' });
  await assert.rejects(net.consent(net.founder.manager, 'Membership', { id, digest: joinDigest(net.id, 'invite-b', other) }), { code: 'CONFLICT' });
  assert.equal((await pendingJoins(chain.ledger(), []))[0]?.organisation?.identityAuthorities[0], IDENTITY.fingerprint);
});

test('what is no certificate is shown as none, and only what waits is shown', async () => {
  const { net, chain } = await network();
  const [b, c] = [makeInstitution(net.id, 'bank-b'), makeInstitution(net.id, 'bank-c')];
  await net.voteOn(net.founder.manager, await net.askToJoin(b, 'invite-b', await net.invite('invite-b'), organisationOf(b)), 'Refuse');
  await net.askToJoin(c, 'invite-c', await net.invite('invite-c'), organisationOf(c, { tlsRootCertificates: [NO_CERTIFICATE, TLS.pem] }));
  const shown = await pendingJoins(chain.ledger(), []);
  assert.deepEqual(shown.map(({ did, organisation }) => [did, organisation?.tlsAuthorities]), [[c.did, ['not a certificate', TLS.fingerprint]]]);
});

test('requests that are too large together are shown in full in the order in which they came', async () => {
  const { net, chain } = await network();
  const large = `-----BEGIN CERTIFICATE-----\n${`${'A'.repeat(64)}\n`.repeat(120)}-----END CERTIFICATE-----\n`;
  const codes = ['bank-f', 'bank-e', 'bank-d', 'bank-c', 'bank-b'];
  for (const code of codes) {
    const institution = makeInstitution(net.id, code);
    const certificates = { rootCertificates: [large, large, large, large], tlsRootCertificates: [large, large, large, large] };
    await net.askToJoin(institution, `invite-${code}`, await net.invite(`invite-${code}`), organisationOf(institution, certificates));
  }
  const shown = await pendingJoins(chain.ledger(), []);
  assert.deepEqual(shown.map(({ did, request }) => [did?.split(':').at(-1), request !== undefined]), [['bank-f', true], ['bank-e', true], ['bank-d', true], ['bank-c', true], ['bank-b', false]]);
  assert.ok(Buffer.byteLength(JSON.stringify(shown)) < 400_000);
});
