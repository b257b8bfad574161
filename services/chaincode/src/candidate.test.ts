import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CONTRACTS_VERSION, CURRENT_RELEASE, joinProof, releasesOf, type ContractsReleases, type FabricOrganisation, type JoinRecord, type MemberRecord, type Page } from '@collabnet/contracts';
import { makeInstitution, STATED_CONTRACTS, TestNetwork, type TestInstitution } from '@collabnet/contracts/testing';
import { newNonce } from '@collabnet/envelope';
import { addMember, blockFromText, setBatchTimeout } from '@collabnet/fabric-network';
import { TestInstitution as Organisation, TestPeer } from '@collabnet/fabric-network/testing';
import { MAX_REPLY_BYTES, type SubmittedTransaction } from '@collabnet/ledger';
import { FabricCandidateClient, serveCandidates } from '@collabnet/ledger-fabric';
import { connect, HubNats, invitationInbox, invitationLedgerSubject, networkToken, type NatsConnection } from '@collabnet/messaging';
import { freePort, NatsProcess } from '@collabnet/messaging/testing/nats-process';
import type { Sm2KeyPair } from '@collabnet/sm';
import { FabricDriver } from './testing/fabric-driver.ts';
import { TestLedgerNetwork } from './testing/test-ledger-network.ts';

const FOUNDER = 'bank-a';
const INVITATION = 'invitation-b';

/** A hub and a channel of real nodes: an invited institution has neither a peer nor any other right. */
describe('a candidate of a network on Fabric', { timeout: 240_000 }, () => {
  let network: TestLedgerNetwork;
  let nats: NatsProcess;
  let hub: HubNats;
  let url: string;
  let host: NatsConnection;
  let net: TestNetwork;
  let driver: FabricDriver;
  let stop: () => void;
  let candidate: FabricCandidateClient;
  let b: TestInstitution;
  let key: Sm2KeyPair;
  const folder = mkdtempSync(join(tmpdir(), 'collabnet-candidate-'));
  const failures: unknown[] = [];
  const seen: SubmittedTransaction[] = [];
  const connections: NatsConnection[] = [];
  const clients: FabricCandidateClient[] = [];

  before(async () => {
    network = await TestLedgerNetwork.start({ members: [FOUNDER] });
    net = await TestNetwork.found(async (payload, sign) => (driver = await FabricDriver.found(network, payload, sign, 'Real')));
    hub = HubNats.create('hub').ensureNetworks([networkToken(net.id)]);
    nats = await NatsProcess.prepare();
    const port = await freePort();
    url = `nats://127.0.0.1:${port}`;
    await nats.start(hub.serverConfig({ serverName: 'hub', resolverDir: nats.path('jwt'), listen: { host: '127.0.0.1', port }, leafListen: { host: '127.0.0.1', port: await freePort() } }));
    host = await connectAs(hub.ledgerHost(networkToken(net.id)).creds, `inbox.${networkToken(net.id)}.host`);
    stop = serve();
    b = makeInstitution(net.id, 'bank-b');
    key = await net.invite(INVITATION);
    candidate = await candidateOf(INVITATION);
  });
  after(async () => {
    await Promise.allSettled([...clients.map((each) => each.close()), net?.close()]);
    await Promise.allSettled(connections.map((each) => each.close()));
    await nats?.dispose();
    await network?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function serve(): () => void {
    return serveCandidates({ connection: host, networkToken: networkToken(net.id), ledger: driver.client, observe: (each) => seen.push(each), onError: (error) => failures.push(error) });
  }

  async function connectAs(creds: string | undefined, inboxPrefix: string): Promise<NatsConnection> {
    const connection = await connect({ servers: url, creds: creds ?? '', name: 'test', inboxPrefix, waitOnFirstConnect: false, stopWhenRefused: true });
    connections.push(connection);
    return connection;
  }

  const byInvitation = (id: string): Promise<NatsConnection> => connectAs(hub.invitation(networkToken(net.id), id, Math.floor(Date.now() / 1000) + 600).creds, invitationInbox(networkToken(net.id), id));

  async function candidateOf(invitationId: string, networkId = net.id, releases?: ContractsReleases): Promise<FabricCandidateClient> {
    const client = new FabricCandidateClient({ networkId, releases, invitationId, connection: await byInvitation(invitationId), chaincode: driver.chaincode });
    clients.push(client);
    return client;
  }

  function organisation(): FabricOrganisation {
    const { msp } = network.fabric.member(FOUNDER).institution;
    const pem = (text: string): string => `${text.trim()}\n`;
    return { mspId: 'bank-b', rootCertificates: msp.rootCertificates.map(pem), tlsRootCertificates: (msp.tlsRootCertificates ?? []).map(pem), peers: [{ host: 'peer.bank-b.example', port: 7051 }] };
  }

  const firstBlock = async (): Promise<ReturnType<typeof blockFromText>> => blockFromText(Buffer.from(await candidate.firstBlock()).toString('base64'));

  /** The request of b under an invitation, signed. */
  function request(invitationId = INVITATION): ReturnType<TestNetwork['sign']> {
    const asked = net.requestOf(b, organisation());
    return net.sign(b, 'membership', 'join', { invitationId, request: asked, proof: joinProof(key.privateKey, net.id, invitationId, asked), contracts: STATED_CONTRACTS });
  }

  test('reads and verifies the channel from its first block on, and is given that block', async () => {
    await net.publish(net.founder);
    await candidate.refresh();
    assert.deepEqual({ ...candidate.head(), verifiedAt: 0 }, { ...driver.client.head(), verifiedAt: 0 });
    const { items } = await candidate.evaluate<Page<MemberRecord>>('membership', 'members', {}, { maxStalenessMs: 60_000 });
    assert.deepEqual(items.map(({ did }) => did), [net.founder.did]);
    const first = await firstBlock();
    // The rest, the metadata, is what each peer notes for itself.
    assert.deepEqual([first.getHeader()?.toObject(), first.getData()?.toObject()], [network.fabric.genesis.getHeader()?.toObject(), network.fabric.genesis.getData()?.toObject()]);
  });

  test('asks to join through the host, and sees the votes as they come', async () => {
    const changed: string[] = [];
    candidate.onChange((events) => changed.push(...events.map(({ type }) => type)));
    candidate.start();
    const tx = await request();
    const { height, digest } = await candidate.submit(tx);
    assert.deepEqual(await candidate.submit(tx), { height, digest }, 'the same again is adopted');
    const pending = async (): Promise<JoinRecord | undefined> => (await candidate.evaluate<Page<JoinRecord>>('membership', 'joins', {}, { maxStalenessMs: 0 })).items[0];
    const record = await pending();
    assert.deepEqual([record?.state, record?.request.fabric], ['Pending', organisation()]);
    await net.voteOn(net.founder.manager, record?.id ?? '');
    assert.equal((await pending())?.state, 'Active');
    assert.ok(changed.includes('membership.admitted'));
    const member = (await candidate.evaluate<Page<MemberRecord>>('membership', 'members', {})).items.find(({ did }) => did === b.did);
    assert.deepEqual(member?.fabric, organisation());
    assert.deepEqual(seen.map(({ payload, outcome }) => [payload.method, outcome]), [['join', 'Accepted']]);
  });

  test('may call nothing else, and not under the invitation of another', async () => {
    await assert.rejects(candidate.submit(await net.sign(b, 'catalogue', 'publish', net.assetOf(b))), { code: 'FORBIDDEN', field: 'method' });
    await assert.rejects(candidate.submit(await request('invitation-c')), { code: 'FORBIDDEN', field: 'invitationId' });
    const used = await net.sign(makeInstitution(net.id, 'bank-x'), 'membership', 'join', { invitationId: INVITATION, request: net.requestOf(b), proof: 'AA' });
    await assert.rejects(candidate.submit(used), { code: 'INVALID_SIGNATURE' });
    const connection = connections.at(-1) as NatsConnection;
    const ask = async (operation: 'blocks' | 'join', body: string): Promise<{ ok: boolean; error?: { code: string } }> =>
      (await connection.request(invitationLedgerSubject(networkToken(net.id), INVITATION, operation), body, { timeout: 5_000 })).json();
    for (const body of ['', '{}', '{"from":-1,"offset":0}', '{"from":0,"offset":0,"limit":1}']) assert.equal((await ask('blocks', body)).ok, false, body);
    assert.equal((await ask('blocks', '{"from":0,"offset":100000000}')).error?.code, 'INVALID_ARGUMENT');
    assert.equal((await ask('join', JSON.stringify({ nonce: newNonce() }))).error?.code, 'MALFORMED');
  });

  test('reads blocks that fit no message', async () => {
    // Each transaction fits; the orderer puts those of two seconds into one block.
    await network.fabric.update(setBatchTimeout(2_000));
    const columns = Array.from({ length: 200 }, (_, n) => ({ name: `column-${n}`, type: 'String' as const, role: 'Feature' as const, description: 'y'.repeat(500) }));
    const before = driver.client.lastBlock?.number ?? 0;
    await Promise.all(Array.from({ length: 8 }, (_, n) => net.publish(net.founder, { ...net.assetOf(net.founder, `large-${n}`), columns })));
    await network.fabric.update(setBatchTimeout(20));
    const sizes: number[] = [];
    for await (const { octets } of driver.client.blocks(before + 1)) sizes.push(octets.length);
    assert.ok(Math.max(...sizes) > MAX_REPLY_BYTES, `the largest block has ${Math.max(...sizes)} octets`);
    await candidate.refresh();
    assert.deepEqual({ ...candidate.head(), verifiedAt: 0 }, { ...driver.client.head(), verifiedAt: 0 });
    const later = await candidateOf('invitation-later');
    await later.refresh();
    assert.deepEqual(await later.firstBlock(), await candidate.firstBlock());
  });

  test('knows which contracts are in force, also where its own release cannot run them', async () => {
    await candidate.refresh();
    assert.equal(candidate.definition, CONTRACTS_VERSION, 'the version that the test network has agreed on');
    const older = await candidateOf('invitation-older', net.id, releasesOf({ ...CURRENT_RELEASE, version: '0.9.0' }));
    assert.equal(older.definition, undefined);
    for (let look = 0; look < 2; look += 1) await assert.rejects(older.refresh(), { code: 'CONTRACTS_MISMATCH', message: new RegExp(CONTRACTS_VERSION) });
    assert.equal(older.definition, CONTRACTS_VERSION);
  });

  test('is told that the channel is not that of its invitation', async () => {
    const other = `${net.id.slice(0, 16)}${'0'.repeat(48)}`;
    const misled = await candidateOf('invitation-other', other);
    await assert.rejects(misled.refresh(), { code: 'BLOCK_INVALID', message: /network id/ });
    await assert.rejects(misled.firstBlock(), { code: 'BLOCK_INVALID' });
    await assert.rejects(misled.evaluate('membership', 'members', {}), { code: 'BLOCK_INVALID' });
  });

  test('is told that the host has gone, and goes on when it is back', async () => {
    stop();
    // The server knows of it once it has answered: until then it would deliver a request to nobody.
    await host.flush();
    await assert.rejects(candidate.evaluate('membership', 'members', {}, { maxStalenessMs: 0 }), { code: 'UNAVAILABLE' });
    stop = serve();
    await host.flush();
    assert.ok(await candidate.evaluate('membership', 'members', {}, { maxStalenessMs: 0 }));
  });

  test('gets no answer from a host whose own peer has gone, but why', async () => {
    await network.fabric.member(FOUNDER).peer.stop();
    const fresh = await candidateOf('invitation-late');
    await until(() => assert.rejects(fresh.refresh(), { code: 'UNAVAILABLE', message: /peer/ }));
    await network.fabric.member(FOUNDER).peer.start();
    await until(() => fresh.refresh());
    assert.deepEqual(failures, []);
  });

  // The last one: a majority of two endorses from here on, and the second has no contracts.
  test('has its own peer join with the first block that it was given; it catches up once it is in the channel', async () => {
    const own = await Organisation.create('bank-b');
    const peer = await TestPeer.prepare(own, join(folder, 'peer'));
    try {
      await peer.start();
      await peer.admin.join(await firstBlock());
      await network.fabric.update(addMember({ msp: own.msp, anchorPeers: [peer.endpoint] }), [FOUNDER]);
      const wanted = driver.client.lastBlock?.number ?? 0;
      await until(async () => assert.ok((await peer.admin.height(network.fabric.channel)) > wanted));
    } finally {
      await peer.stop();
    }
  });
});

async function until(check: () => Promise<void>, timeoutMs = 30_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(200);
    }
  }
}
