import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { changeId, type ChangeStatement, type CredentialRecord, type MemberRecord, type MembershipChange, type Page } from '@collabnet/contracts';
import { makeInstitution, TestNetwork, type Actor, type TestInstitution } from '@collabnet/contracts/testing';
import type { CollabNetwork } from '@collabnet/crds';
import { newNonce, openSealed, sealedAad } from '@collabnet/envelope';
import { HubNats, networkToken, parseCreds, type NatsTrust } from '@collabnet/messaging';
import { freePort, NatsProcess } from '@collabnet/messaging/testing/nats-process';
import { RawLeaf } from '@collabnet/messaging/testing/raw-leaf';
import { sm2Decrypt } from '@collabnet/sm';
import { createMetrics, NO_TRACER, silentLogger } from '@collabnet/telemetry';
import { HubServer } from '../../institution/hub-server.ts';
import { InstitutionAuthority } from '../../institution/institution-authority.ts';
import { InstitutionKeys } from '../../institution/institution-keys.ts';
import { LocalNats } from '../../institution/local-nats.ts';
import { NetworkSession } from '../../institution/network-session.ts';
import { SecretStore } from '../../institution/secret-store.ts';
import { SessionRegistry } from '../../institution/session-registry.ts';
import { Applier, systemClock, type KubeClient } from '../../runtime/index.ts';
import { eventually, TestApiServer } from '../../testing/index.ts';
import { crd, NETWORK } from '../compute-task/testing/bank.ts';
import { MemoryChain } from '../compute-task/testing/memory-ledger.ts';
import { COLLAB_NETWORK } from '../kinds.ts';
import { LedgerReplicas } from './ledger-replicas.ts';
import type { NetworkRun } from './network-run.ts';
import { admitMembers } from './steps/admit-members.ts';
import { heedMembers } from './steps/heed-members.ts';
import { leaveNetwork, rememberLeft } from './steps/leave-network.ts';
import { accessSecret, readAccess } from './steps/load-access.ts';
import { reportStatus } from './steps/report-status.ts';
import { takeUpMembership } from './steps/take-up-membership.ts';

/** Long enough for credentials to be issued first. */
const LAPSE_MS = 5_000;

let server: TestApiServer;
let chain: MemoryChain;
let net: TestNetwork;
let b: TestInstitution;
let c: TestInstitution;
let hubProcess: NatsProcess;
let leafPort: number;
let founder: Place;
let leaver: Place;

/** An institution's operator in its namespace, with what the steps of its CollabNetwork need. */
interface Place {
  readonly client: KubeClient;
  readonly secrets: SecretStore;
  readonly session: NetworkSession;
  readonly sessions: SessionRegistry;
  readonly events: string[];
  readonly run: NetworkRun;
}

async function place(institution: TestInstitution, spec: object, hubOf: (client: KubeClient, secrets: SecretStore, namespace: string) => Promise<HubServer>): Promise<Place> {
  const namespace = await server.namespace(institution.code);
  const client = server.connect({ namespace });
  const secrets = new SecretStore(client, new Applier(client));
  const network = await client.create<CollabNetwork>(COLLAB_NETWORK, { metadata: { name: NETWORK }, spec: { displayName: 'Test', didRef: { name: 'me' }, ...spec } } as CollabNetwork);
  const session = new NetworkSession({ name: NETWORK, did: institution.did, keys: new InstitutionKeys({ sign: institution.keys, agree: institution.agree }), ledger: chain.ledger() });
  const sessions = new SessionRegistry();
  sessions.set(session);
  const hub = await hubOf(client, secrets, namespace);
  const events: string[] = [];
  const ctx = { client, clock: systemClock, status: {}, logger: silentLogger(), event: ({ reason }: { reason: string }) => events.push(reason), ready: () => undefined };
  const nats = new LocalNats({ client, secrets, logger: silentLogger(), namespace });
  // Opened by nobody here: the session has its ledger already.
  const replicas = new LedgerReplicas({ secrets, nats, networks: undefined as never, logger: silentLogger(), metrics: createMetrics('t'), tracer: NO_TRACER, cache: undefined });
  const services = { secrets, sessions, hub, namespace, logger: silentLogger(), nats, replicas };
  const access = { networkId: net.id, did: institution.did, hubUrl: 'tls://hub:7422', caPem: 'ca', controlCreds: 'c', dataCreds: 'd', left: false };
  return { client, secrets, session, sessions, events, run: { ctx, network, services, session, access } as unknown as NetworkRun };
}

before(async () => {
  server = await TestApiServer.start();
  await server.installCrd(crd('collabnetworks'));
  net = await TestNetwork.found((payload) => (chain = new MemoryChain(payload)), { admissionLapseMs: LAPSE_MS });
  b = await net.admit('bank-b', [net.founder]);
  c = await net.admit('bank-c', [net.founder, b]);
  hubProcess = await NatsProcess.prepare();
  const port = await freePort();
  leafPort = await freePort();
  const founding = { founding: { hubURL: 'tls://hub:7422', hubClientURL: 'tls://hub:4222' } };
  founder = await place(net.founder, founding, async (client, secrets, namespace) => {
    const authority = new InstitutionAuthority(secrets, namespace);
    const certificate = await authority.serverCertificate(undefined, 'hub', ['localhost']);
    const [certFile, keyFile] = [await hubProcess.write('tls.crt', certificate['tls.crt'] ?? ''), await hubProcess.write('tls.key', certificate['tls.key'] ?? '')];
    const trust = HubNats.create('hub').ensureNetworks([networkToken(net.id)]);
    await secrets.ensure('nats-hub-trust', () => ({ 'trust.json': JSON.stringify(trust.trust) }));
    const host = '127.0.0.1';
    await hubProcess.start(trust.serverConfig({ serverName: 'hub', resolverDir: hubProcess.path('jwt'), listen: { host, port, tls: { certFile, keyFile } }, leafListen: { host, port: leafPort } }));
    return new HubServer({ client, secrets, authority, namespace, hostnames: [], clientUrl: `tls://localhost:${port}` });
  });
  Object.assign(founder.run.access ?? {}, { caPem: (await founder.secrets.read('institution-ca'))?.['ca.crt'] });
  leaver = await place(b, { join: { invitationSecretRef: { name: 'x' } }, leave: true }, (client, secrets, namespace) =>
    Promise.resolve(new HubServer({ client, secrets, authority: new InstitutionAuthority(secrets, namespace), namespace, hostnames: [] })),
  );
});
after(async () => {
  await hubProcess.dispose();
  await server.stop();
});

/** Opens what the host of the hub sealed for a member, and connects as that member's server would. */
async function leavesOf(member: TestInstitution): Promise<Record<'control' | 'data', () => Promise<RawLeaf>>> {
  const { sealed, nonce } = await net.query<CredentialRecord>('membership.credential', { did: member.did });
  const aad = sealedAad({ network: net.id, contract: 'membership', method: 'issueCredential', nonce });
  const opened = await openSealed(sealed, `${member.did}#agree-1`, (bytes) => Promise.resolve(sm2Decrypt(bytes, member.agree.privateKey)), aad);
  const { control, data } = opened as { control: string; data: string };
  return { control: () => RawLeaf.connect(leafPort, parseCreds(control)), data: () => RawLeaf.connect(leafPort, parseCreds(data)) };
}

const ownHub = async (): Promise<NatsTrust> => JSON.parse((await founder.secrets.read('nats-hub-trust'))?.['trust.json'] ?? '') as NatsTrust;

test('a member leaves as its spec says; the hub then cuts both its links and refuses it, and nobody else', async () => {
  await admitMembers(founder.run);
  const [ofB, ofC] = [await leavesOf(b), await leavesOf(c)];
  const connected = [await ofB.control(), await ofB.data(), await ofC.control(), await ofC.data()];
  for (const leaf of connected) assert.ok(!leaf.closed, leaf.received);

  await leaver.secrets.ensure(accessSecret(leaver.run.network), () => ({ 'access.json': JSON.stringify({ networkId: net.id, did: b.did, hubUrl: 'tls://hub:7422' }), 'control.creds': 'x', 'data.creds': 'y' }));
  assert.equal(await leaveNetwork(leaver.run), 'done');
  const { items } = await net.query<Page<MemberRecord>>('membership.members');
  assert.equal(items.find(({ did }) => did === b.did)?.state, 'Left');
  assert.deepEqual(leaver.events, ['Left']);
  assert.equal(leaver.sessions.get(NETWORK), undefined, 'no other controller acts there any more');
  assert.equal((await readAccess(leaver.secrets, accessSecret(leaver.run.network)))?.left, true);
  assert.doesNotMatch((await leaver.secrets.read('nats-config'))?.['nats.conf'] ?? '', /7422/, 'its own server does not call the hub any more');

  await admitMembers(founder.run);
  assert.ok(founder.events.includes('CredentialRevoked'));
  await eventually('both links of the leaver cut', () => connected.slice(0, 2).every(({ closed }) => closed));
  assert.deepEqual(connected.slice(2).map(({ closed }) => closed), [false, false]);
  for (const open of [ofB.control, ofB.data]) assert.ok((await open()).closed, 'its credentials are refused');
  const again = await ofC.data();
  assert.ok(!again.closed);
  const revoked = await ownHub();
  const before = founder.events.length;
  await admitMembers(founder.run);
  assert.deepEqual([await ownHub(), founder.events.length], [revoked, before], 'a second look changes nothing');
  for (const leaf of [...connected, again]) leaf.end();
});

test('a network that was left stays left after a restart, without asking a ledger that it may not see', async () => {
  chain.unreachable = true;
  try {
    const access = await readAccess(leaver.secrets, accessSecret(leaver.run.network));
    const status: { membership?: string } = {};
    const run = { ...leaver.run, access, session: undefined, ctx: { ...leaver.run.ctx, status } } as unknown as NetworkRun;
    assert.equal(await rememberLeft(run), 'done');
    assert.equal(status.membership, 'Left');
  } finally {
    chain.unreachable = false;
  }
});

/** Asks to join and is voted in, by all who may vote. */
async function voteIn(code: string): Promise<TestInstitution> {
  const institution = makeInstitution(net.id, code);
  const join = await net.askToJoin(institution, `invite-${code}`, await net.invite(`invite-${code}`));
  for (const voter of [net.founder, c]) await net.voteOn(voter.manager, join);
  return institution;
}

const stateOf = async ({ did }: TestInstitution): Promise<string> => (await net.query<MemberRecord>('membership.member', { did })).state;
const sessionOf = ({ did, keys, agree }: TestInstitution): NetworkSession => new NetworkSession({ name: NETWORK, did, keys: new InstitutionKeys({ sign: keys, agree }), ledger: chain.ledger() });

test('who was voted in takes its membership up by itself, once', async () => {
  const d = await voteIn('bank-d');
  assert.equal(await stateOf(d), 'Admitted');
  const run = { ...leaver.run, ctx: { ...leaver.run.ctx, event: ({ reason }: { reason: string }) => events.push(reason) } } as unknown as NetworkRun;
  const events: string[] = [];
  await takeUpMembership(run, sessionOf(d));
  assert.equal(await stateOf(d), 'Active');
  const height = chain.height;
  await takeUpMembership(run, sessionOf(d));
  assert.deepEqual([chain.height, events], [height, ['MembershipTakenUp']]);
  await assert.rejects(takeUpMembership(run, sessionOf(makeInstitution(net.id, 'bank-x'))), { reason: 'CatchingUp' });
  await net.send(d, 'membership.leave', {});
});

test('the admission of one that does not come lapses; the hub refuses it, and it is told why', async () => {
  const e = await voteIn('bank-e');
  const before = founder.events.length;
  await admitMembers(founder.run);
  assert.deepEqual([founder.events.slice(before), await stateOf(e)], [['CredentialIssued'], 'Admitted']);
  const leaf = await (await leavesOf(e)).control();
  assert.ok(!leaf.closed, leaf.received);
  await eventually('lapsed', async () => {
    await admitMembers(founder.run);
    return (await stateOf(e)) === 'Lapsed';
  }, 4 * LAPSE_MS);
  await admitMembers(founder.run);
  assert.deepEqual(founder.events.slice(before), ['CredentialIssued', 'AdmissionLapsed', 'CredentialRevoked']);
  await eventually('its link cut', () => leaf.closed);
  await assert.rejects(takeUpMembership(leaver.run, sessionOf(e)), { reason: 'AdmissionLapsed', message: /new invitation/ });
  assert.equal(await stateOf(c), 'Active', 'a member that is there stays, however long');
  const { height } = chain;
  await admitMembers(founder.run);
  assert.equal(chain.height, height, 'a second look changes nothing');
});

/** Members vote for a change of bank-c, all that are named. */
async function decideOnC(change: MembershipChange, voters: readonly Actor[]): Promise<void> {
  const statement: ChangeStatement = { schema: 'collabnet.dev/membership-change-statement/v1', network: net.id, did: c.did, change, nonce: newNonce(), expires: net.driver.now() + 3_600_000 };
  const id = changeId(statement);
  for (const voter of voters) await net.consent(voter, 'MembershipChange', { id, digest: id }, { body: { statement } });
}

test('a suspended member waits and acts again when it is reinstated; an expelled one is told why, and then the hub refuses it', async () => {
  const of = await place(c, { join: { invitationSecretRef: { name: 'x' } } }, (client, secrets, namespace) =>
    Promise.resolve(new HubServer({ client, secrets, authority: new InstitutionAuthority(secrets, namespace), namespace, hostnames: [] })),
  );
  await of.secrets.ensure(accessSecret(of.run.network), () => ({ 'access.json': JSON.stringify({ networkId: net.id, did: c.did, hubUrl: 'tls://hub:7422' }), 'control.creds': 'x', 'data.creds': 'y' }));
  const { status } = of.run.ctx;
  const both = [net.founder.officer, c.officer];
  await heedMembers(of.run);

  await decideOnC('Suspend', [net.founder.officer]);
  await heedMembers(of.run);
  await reportStatus(of.run);
  assert.deepEqual(status.pendingChanges?.map(({ did, change, votes, needed, reason }) => [did, change, votes.length, needed, reason]), [[c.did, 'Suspend', 1, 2, 'tested']]);
  await decideOnC('Suspend', both);
  await assert.rejects(heedMembers(of.run), { reason: 'MembershipSuspended', message: /no rights and no vote there until they reinstate it/ });
  assert.deepEqual([status.membership, status.members?.find(({ did }) => did === c.did)?.state], ['Suspended', 'Suspended']);

  await decideOnC('Reinstate', [net.founder.officer]);
  let due = 0;
  of.sessions.onChange(() => (due += 1));
  await heedMembers({ ...of.run, network: { ...of.run.network, status: { membership: 'Suspended' } } });
  assert.deepEqual([await stateOf(c), due], ['Active', 1], 'what was refused meanwhile is due again');

  const leaf = await (await leavesOf(c)).control();
  await decideOnC('Expel', both);
  await admitMembers(founder.run);
  assert.ok(!leaf.closed, 'it may read why it is gone');
  await assert.rejects(heedMembers(of.run), { reason: 'Expelled', message: /new invitation/ });
  assert.deepEqual([status.membership, of.sessions.get(NETWORK)], ['Expelled', undefined]);
  const access = await readAccess(of.secrets, accessSecret(of.run.network));
  await assert.rejects(rememberLeft({ ...of.run, access, session: undefined }), { reason: 'Expelled' });
  await admitMembers({ ...founder.run, ctx: { ...founder.run.ctx, clock: { ...systemClock, now: () => Date.now() + 61_000 } } });
  await eventually('its link cut', () => leaf.closed);
});
