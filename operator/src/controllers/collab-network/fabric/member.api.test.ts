import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CONTRACTS_VERSION, type AssetRecord, type JoinRecord, type MemberRecord, type Page } from '@collabnet/contracts';
import { makeInstitution, TestNetwork, type TestInstitution } from '@collabnet/contracts/testing';
import type { CollabNetwork } from '@collabnet/crds';
import { canonicalJson } from '@collabnet/envelope';
import { membersOf, orderingMembersOf } from '@collabnet/fabric-network';
import { HubNats, networkToken } from '@collabnet/messaging';
import { freePort, NatsProcess } from '@collabnet/messaging/testing/nats-process';
import { HubServer } from '../../../institution/hub-server.ts';
import { InstitutionAuthority } from '../../../institution/institution-authority.ts';
import type { NetworkSession } from '../../../institution/network-session.ts';
import { SecretStore } from '../../../institution/secret-store.ts';
import { Applier, CORE, type KubeClient } from '../../../runtime/index.ts';
import { eventually, TestApiServer } from '../../../testing/index.ts';
import { crd } from '../../compute-task/testing/bank.ts';
import { MemoryChain } from '../../compute-task/testing/memory-ledger.ts';
import { COLLAB_NETWORK } from '../../kinds.ts';
import type { FollowedLedger } from '../followed-ledger.ts';
import { INVITATION_ENTRY } from '../invitation.ts';
import type { NetworkStep } from '../network-run.ts';
import { admitMembers } from '../steps/admit-members.ts';
import { agreeOnChannel } from '../steps/agree-on-channel.ts';
import { ensureFabric } from '../steps/ensure-fabric.ts';
import { foundLedger } from '../steps/found-ledger.ts';
import { issueInvitations } from '../steps/issue-invitations.ts';
import { joinNetwork } from '../steps/join-network.ts';
import { leaveNetwork, rememberLeft } from '../steps/leave-network.ts';
import { accessSecret, loadAccess } from '../steps/load-access.ts';
import { serveCandidates } from '../steps/serve-candidates.ts';
import { configOf, peerAdmin } from './fabric-clients.ts';
import { definitionVersion } from './own-contracts.ts';
import { RESTORE_ANNOTATION } from './restore-peer.ts';
import { FabricKubelet } from './testing-kubelet.ts';
import { TestPlace } from './testing-place.ts';

const NAME = 'demo';
/** Nodes of Fabric on a busy machine of two cores. */
const PATIENCE_MS = 120_000;
const PEER = 'fabric-demo-peer-0';
const ORDERER = 'fabric-demo-orderer-0';
const SNAPSHOTS = 'fabric-demo-snapshots';
/** Institutions are in clusters of their own: each reaches the nodes of the other through what stands in front of them. */
const external = (code: string): CollabNetwork['spec']['ledger'] => ({ driver: 'fabric', fabric: { orderers: 1, peers: 1, external: { domain: `ledger.${code}.example`, port: 443 } } });
const WITH_SNAPSHOTS: CollabNetwork['spec']['ledger'] = { driver: 'fabric', fabric: { orderers: 1, peers: 1, snapshots: { interval: '1s', keep: 2, storage: { size: '1Gi' } } } };

let server: TestApiServer;
let hubProcess: NatsProcess;
let net: TestNetwork;
let founder: TestPlace;
let guest: TestPlace;
let stranger: TestPlace;
const kubelets: FabricKubelet[] = [];

/** The steps of the controller that concern a ledger on Fabric, in its order. */
const stepsOf = (place: TestPlace): NetworkStep[] => [
  joinNetwork,
  loadAccess,
  rememberLeft,
  ensureFabric,
  foundLedger,
  place.openSession,
  serveCandidates,
  leaveNetwork,
  agreeOnChannel,
  admitMembers,
  issueInvitations,
];

/** An institution's namespace with its nodes. @param spec beyond what every CollabNetwork here says */
async function place(institution: TestInstitution, spec: object, hubOf: (client: KubeClient, secrets: SecretStore) => Promise<HubServer>): Promise<TestPlace> {
  const namespace = await server.namespace(institution.code);
  const client = server.connect({ namespace });
  const secrets = new SecretStore(client, new Applier(client));
  const kubelet = await FabricKubelet.start(client);
  kubelets.push(kubelet);
  const network = await client.create<CollabNetwork>(COLLAB_NETWORK, { metadata: { name: NAME }, spec: { displayName: 'Test', didRef: { name: 'me' }, ledger: { driver: 'fabric' }, ...spec } } as never);
  return new TestPlace({ institution, client, secrets, network, kubelet, hub: await hubOf(client, secrets) });
}

before(async () => {
  server = await TestApiServer.start();
  await server.installCrd(crd('collabnetworks'));
  let genesis: object | undefined;
  // On paper: the genesis that the founder of a test signs, for a channel that is yet to come.
  net = await TestNetwork.found((payload, sign) => {
    genesis = { payload, signature: sign(canonicalJson(payload)) };
    return new MemoryChain(payload);
  }, {}, 'fabric');
  hubProcess = await NatsProcess.prepare();
  const [port, host] = [await freePort(), '127.0.0.1'];
  const invitations = ['guest', 'stranger'].map((name) => ({ name, displayName: name }));
  let caPem = '';
  founder = await place(net.founder, { ledger: external('founder'), founding: { hubURL: 'tls://hub:7422', hubClientURL: `tls://localhost:${port}` }, invitations }, async (client, secrets) => {
    const authority = new InstitutionAuthority(secrets, client.namespace);
    const certificate = await authority.serverCertificate(undefined, 'hub', ['localhost']);
    caPem = certificate['ca.crt'] ?? '';
    const [certFile, keyFile] = [await hubProcess.write('tls.crt', certificate['tls.crt'] ?? ''), await hubProcess.write('tls.key', certificate['tls.key'] ?? '')];
    const trust = HubNats.create('hub').ensureNetworks([networkToken(net.id)]);
    await secrets.ensure('nats-hub-trust', () => ({ 'trust.json': JSON.stringify(trust.trust) }));
    await hubProcess.start(trust.serverConfig({ serverName: 'hub', resolverDir: hubProcess.path('jwt'), listen: { host, port, tls: { certFile, keyFile } } }));
    return new HubServer({ client, secrets, authority, namespace: client.namespace, hostnames: [], clientUrl: `tls://localhost:${port}` });
  });
  await founder.secrets.ensure(`ledger-${NAME}-genesis`, () => ({ 'genesis.json': JSON.stringify(genesis) }));
  await founder.secrets.ensure(accessSecret(founder.network), () => ({ 'access.json': JSON.stringify({ networkId: net.id, did: net.founder.did, hubUrl: 'tls://hub:7422' }), 'hub-ca.crt': caPem }));
  const noHub = (client: KubeClient, secrets: SecretStore): Promise<HubServer> =>
    Promise.resolve(new HubServer({ client, secrets, authority: new InstitutionAuthority(secrets, client.namespace), namespace: client.namespace, hostnames: [] }));
  const join = { join: { invitationSecretRef: { name: 'invitation' } } };
  guest = await place(makeInstitution(net.id, 'guest'), { ...join, ledger: external('guest') }, noHub);
  stranger = await place(makeInstitution(net.id, 'stranger'), { ...join, ledger: WITH_SNAPSHOTS }, noHub);
});
after(async () => {
  for (const each of [founder, guest, stranger]) await each?.close();
  await Promise.all(kubelets.map((kubelet) => kubelet.stop()));
  await hubProcess?.dispose();
  await server?.stop();
});

/** Reconciles the places in turn, again and again, until it holds. */
async function until(what: string, places: readonly TestPlace[], holds: () => Promise<boolean> | boolean): Promise<void> {
  const all = async (): Promise<boolean> => {
    for (const each of places) await each.reconcile(stepsOf(each));
    return holds();
  };
  try {
    await eventually(what, all, PATIENCE_MS);
  } catch (cause) {
    const waits = places.map((each) => `${each.institution.code}: ${each.waits.slice(-2).join(' | ')} ${each.warnings.slice(-3).join(' | ')} ${JSON.stringify([...each.conditions.values()])}`);
    throw new Error(`${what}: ${waits.join('\n')}; the last problems of processes: ${kubelets.map((kubelet) => String(kubelet.problem)).join(', ')}`, { cause });
  }
}

async function handOverInvitation(name: string, to: TestPlace): Promise<void> {
  const values = await founder.secrets.read(`${NAME}-invitation-${name}`);
  await to.secrets.ensure('invitation', () => ({ [INVITATION_ENTRY]: values?.[INVITATION_ENTRY] ?? '' }));
}

/** Lets a person of the founder decide on the request of a candidate, once it is there. */
async function vote(on: TestPlace, decision: 'Approve' | 'Refuse'): Promise<boolean> {
  const session = founder.session;
  if (session === undefined) return false;
  const { items } = await session.ledger.evaluate<Page<{ id: string; digest: string; state: string; request: { did: string } }>>('membership', 'joins', { limit: 200 });
  const asked = items.find(({ request }) => request.did === on.institution.did);
  if (asked?.state !== 'Pending') return asked !== undefined;
  await session.relay(await net.signConsent(net.founder.manager, 'Membership', { id: asked.id, digest: asked.digest }, { decision, expires: Date.now() + 600_000 }));
  return true;
}

/** On the ledger a candidate has said that its release has another build, as one that was exchanged since. */
async function sayOtherContracts({ institution, secrets }: TestPlace): Promise<void> {
  const invitation = JSON.parse((await secrets.read('invitation'))?.[INVITATION_ENTRY] ?? '') as { invitationId: string };
  const { items } = (await founder.session?.ledger.evaluate<Page<JoinRecord>>('membership', 'joins', { limit: 200 })) ?? { items: [] };
  const asked = items.find(({ request }) => request.did === institution.did);
  assert.ok(asked);
  const args = { invitationId: invitation.invitationId, request: asked.request, proof: 'known', contracts: definitionVersion({ version: CONTRACTS_VERSION, digest: 'ab'.repeat(32) }) };
  await founder.session?.relay(await net.sign(institution, 'membership', 'join', args));
}

const membersAt = async (where: TestPlace): Promise<string[]> => {
  const page = await where.session?.ledger.evaluate<Page<MemberRecord>>('membership', 'members', {});
  return (page?.items ?? []).map(({ did, state }) => `${did.split(':').at(-1)} ${state}`).sort();
};

const followed = (session: NetworkSession | undefined): FollowedLedger => session?.ledger as FollowedLedger;
/** A transaction of the founder that changes nothing, through endorsement, ordering and validation. */
const ping = (): Promise<void> => (followed(founder.session) as unknown as { ping(): Promise<void> }).ping();

const organisationsAt = async ({ fabric }: TestPlace): Promise<string[]> => (fabric === undefined ? [] : membersOf(await configOf(fabric)).map(({ mspId }) => mspId));

const leftBehind = async ({ client }: TestPlace): Promise<string[]> => {
  const found: string[] = [];
  for (const type of [CORE.statefulSet, CORE.deployment, CORE.service, CORE.configMap, CORE.secret]) found.push(...(await client.list(type)).map(({ metadata }) => `${type.kind} ${metadata.name}`));
  return found.filter((each) => each.includes('fabric-'));
};

test('a candidate that names another driver than the network has is told so, and nothing is provisioned', async () => {
  await until('founded', [founder], () => founder.events.includes('InvitationIssued') && founder.events.filter((each) => each === 'InvitationIssued').length === 2);
  await handOverInvitation('guest', guest);
  const { network } = guest;
  guest.network = { ...network, spec: { ...network.spec, ledger: { driver: 'embedded' } } };
  await assert.rejects(guest.reconcile(stepsOf(guest)), { reason: 'WrongLedgerDriver', message: /is on fabric, not on embedded.*ledger\.driver: fabric/ });
  assert.deepEqual(await leftBehind(guest), []);
  guest.network = network;
});

test('a candidate whose release has another build of the contracts is told so, and makes no peer and no request', async () => {
  await handOverInvitation('stranger', stranger);
  stranger.contracts = { version: CONTRACTS_VERSION, digest: 'ab'.repeat(32) };
  await until('held', [stranger], () => stranger.waits.at(-1)?.startsWith('ContractsOutdated') === true);
  for (const named of [definitionVersion(), definitionVersion(stranger.contracts), 'Install the release that the network runs']) assert.ok(stranger.waits.at(-1)?.includes(named), stranger.waits.at(-1));
  assert.deepEqual([await leftBehind(stranger), stranger.events], [[], []]);
  // As after an upgrade of its release.
  stranger.contracts = undefined;
});

test('a refused candidate has had a peer and contracts, and nothing of them stays but the claim that no operator may delete', async () => {
  await until('asked', [stranger], () => stranger.status.membership === 'Pending');
  assert.ok((await leftBehind(stranger)).includes(`StatefulSet ${PEER}`));
  await stranger.client.get(CORE.persistentVolumeClaim, SNAPSHOTS);
  await until('refused', [founder], () => vote(stranger, 'Refuse'));
  const stalled = async (): Promise<boolean> => stranger.reconcile(stepsOf(stranger)).then(() => false, (error: Error & { reason?: string }) => error.reason === 'JoinRefused');
  await eventually('stalled', stalled, 30_000);
  assert.deepEqual(await leftBehind(stranger), []);
  assert.deepEqual(stranger.events, ['JoinRequested', 'NodesRemoved']);
  assert.ok(await stalled(), 'a second look finds the refusal again, and makes nothing');
  assert.deepEqual([await leftBehind(stranger), stranger.events.length], [[], 2]);
  await stranger.client.get(CORE.persistentVolumeClaim, SNAPSHOTS);
});

test('an institution joins by invitation, with both operators killed after each of their writes', async () => {
  const kills = [guest.kill(), founder.kill()];
  try {
    await until('asked', [guest], () => guest.status.membership === 'Pending');
    // Its release is exchanged for another build while the members vote: it says why they would not take it in.
    guest.contracts = { version: CONTRACTS_VERSION, digest: 'ab'.repeat(32) };
    await until('held', [guest], () => guest.waits.at(-1)?.startsWith('ContractsOutdated') === true);
    guest.contracts = undefined;
    await sayOtherContracts(guest);
    await until('joined', [guest, founder], async () => {
      await vote(guest, 'Approve');
      return guest.status.fabric !== undefined && guest.conditions.get('ChannelAgreed')?.status === 'True' && founder.conditions.get('ChannelAgreed')?.status === 'True';
    });
  } finally {
    guest.spare();
    founder.spare();
  }
  const [ofGuest, ofFounder] = kills.map(({ at }) => [...at]);
  assert.ok((ofGuest?.length ?? 0) >= 12, ofGuest?.join(', '));
  assert.ok(ofGuest?.includes('membership.activate'), ofGuest?.join(', '));
  assert.ok(ofFounder?.includes('membership.issueCredential'), ofFounder?.join(', '));
  await until('settled', [guest, founder], async () => (await membersAt(guest)).length === 2);
  for (const each of [founder, guest]) {
    assert.deepEqual(await membersAt(each), ['bank-a Active', 'guest Active']);
    assert.deepEqual(await organisationsAt(each), ['bank-a', 'guest']);
  }
  assert.equal(guest.status.membership, 'Active');
  assert.deepEqual([guest.status.fabric?.orderers, guest.status.fabric?.contracts.sequence], [[], 1]);
  assert.deepEqual(guest.events, ['JoinRequested', 'ContractsStated', 'ChannelJoined', 'ContractsApproved'], 'the members take it in with what it says last');
  const [node] = (await guest.client.list<{ metadata: { name: string }; spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: string } } }>(CORE.statefulSet)).filter(({ metadata }) => metadata.name === PEER);
  assert.equal(node?.spec.persistentVolumeClaimRetentionPolicy.whenDeleted, 'Retain', 'the volume of a member outlives its resource');
});

test('the channel names the external addresses, by which each reaches the nodes of the other, and not its own', async () => {
  assert.ok(founder.fabric !== undefined);
  const config = await peerAdmin(founder.fabric).config(founder.fabric.channel);
  const [ofFounder, ofGuest] = kubelets.map((kubelet) => (name: string) => kubelet.relay(name));
  assert.deepEqual(orderingMembersOf(config).flatMap(({ endpoints }) => endpoints.map(({ port }) => port)), [ofFounder?.('orderer-0').port]);
  assert.deepEqual(membersOf(config).map(({ anchorPeers }) => anchorPeers.map(({ port }) => port)), [[ofFounder?.('peer-0').port], [ofGuest?.('peer-0').port]]);
  await until('in work', [guest, founder], () => ping().then(() => true, () => false));
  const before = ofFounder?.('orderer-0').connections ?? 0;
  assert.ok(before > 0, 'the peer of the guest reads blocks from the orderer');
  assert.ok((ofFounder?.('peer-0').connections ?? 0) > 0, 'and speaks with the peer');
  await kubelets[0]?.without([PEER], () => Promise.resolve());
  await eventually('the founder writes by its new peer', () => ping().then(() => true, () => false), 60_000);
  assert.equal(ofFounder?.('orderer-0').connections, before, 'which has not come through the relay');
});

test('another look changes nothing on the channel', async () => {
  await until('quiet', [guest, founder], () => true);
  const heights = (): unknown[] => [guest, founder].map(({ status }) => status.fabric?.peers[0]?.height);
  const before = heights();
  await until('quiet', [guest, founder], () => true);
  assert.deepEqual(heights(), before);
});

test('a transaction of the member is on the ledger of both, and needs the endorsement of both', async () => {
  await guest.session?.submit({ kind: 'Asset', contract: 'catalogue', method: 'publish', public: { ...net.assetOf(guest.institution) } });
  for (const { session } of [guest, founder]) {
    await followed(session).refresh();
    const record = await session?.ledger.evaluate<AssetRecord>('catalogue', 'get', { assetId: 'guest/customers' });
    assert.equal(record?.owner, guest.institution.did);
  }
  await ping();
  await kubelets[1]?.without([PEER], async () => {
    await assert.rejects(ping(), { name: 'LedgerError' });
    await assert.rejects(followed(founder.session).refresh(), { name: 'LedgerError' }, 'half of two is no majority, so that no view is confirmed');
  });
  await eventually('both endorse again', () => ping().then(() => true, () => false), 60_000);
});

test('a member whose peer has lost its volume begins with a snapshot, works on, and believes no orderer about the channel', async () => {
  const { network } = guest;
  const works = async (): Promise<boolean> => (await guest.reconcile(stepsOf(guest))) === undefined && guest.conditions.get('ChannelAgreed')?.status === 'True';
  const pings = (): Promise<boolean> => ping().then(() => true, () => false);
  guest.network = { ...network, spec: { ...network.spec, ledger: WITH_SNAPSHOTS } };
  await until('a snapshot', [guest], () => (guest.status.fabric?.snapshots?.count ?? 0) > 0);
  const block = guest.status.fabric?.snapshots?.lastBlock;
  await kubelets[1]?.loseVolumes(PEER);
  guest.network = { ...guest.network, metadata: { ...network.metadata, annotations: { [RESTORE_ANNOTATION]: String(block) } } };
  await until('begun with it', [guest], () => guest.events.includes('PeerRestoring'));
  await until('in work', [guest, founder], works);
  assert.ok(guest.fabric !== undefined);
  const { fabric } = guest;
  await assert.rejects(peerAdmin(fabric).block(fabric.channel, 0), { code: 'REFUSED' }, 'it has no blocks from before the snapshot');
  await kubelets[0]?.without([ORDERER], async () => assert.deepEqual(await organisationsAt(guest), ['bank-a', 'guest'], 'its own state has the configuration'));
  await eventually('both endorse', pings, 60_000);
  // For the next test: an operator that is killed has nothing in memory, and needs the blocks from the first on.
  guest.network = network;
  await kubelets[1]?.loseVolumes(PEER);
  await until('rebuilt', [guest, founder], works);
  await eventually('both endorse', pings, 60_000);
});

test('the member leaves, killed after each write; then the founder writes alone', async () => {
  guest.network = { ...guest.network, spec: { ...guest.network.spec, leave: true } };
  const kills = guest.kill();
  try {
    await until('left', [guest], () => guest.status.membership === 'Left');
  } finally {
    guest.spare();
  }
  assert.ok(kills.at.has('channel.sign') && kills.at.has('membership.leave'), [...kills.at].join(', '));
  await kubelets[1]?.without([PEER], async () => {
    await until('taken off the channel', [founder], async () => founder.conditions.get('ChannelAgreed')?.status === 'True' && (await organisationsAt(founder)).length === 1);
    assert.deepEqual(await membersAt(founder), ['bank-a Active', 'guest Left']);
    assert.ok(founder.events.includes('ChannelMemberRemoved'));
    await eventually('written alone', () => ping().then(() => true, () => false), 60_000);
    await founder.session?.submit({ kind: 'Asset', contract: 'catalogue', method: 'publish', public: { ...net.assetOf(net.founder) } });
  });
});
