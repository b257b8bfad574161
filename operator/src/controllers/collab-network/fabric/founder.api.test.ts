import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONTRACTS_VERSION, type AlgorithmRecord, type MemberRecord, type Page } from '@collabnet/contracts';
import { TestNetwork, type TestInstitution } from '@collabnet/contracts/testing';
import type { CollabNetwork } from '@collabnet/crds';
import { canonicalJson } from '@collabnet/envelope';
import { certificateFacts } from '@collabnet/fabric-network';
import { LedgerPool, type Ledger } from '@collabnet/ledger';
import { followFabricLedger } from '@collabnet/ledger-fabric';
import { createMetrics, NO_TRACER, silentLogger } from '@collabnet/telemetry';
import { NetworkSession } from '../../../institution/network-session.ts';
import { InstitutionKeys } from '../../../institution/institution-keys.ts';
import { serviceAccess } from '../../../institution/service-access.ts';
import { SecretStore } from '../../../institution/secret-store.ts';
import { Applier, CORE, systemClock, WaitError, type KubeClient, type KubeObject } from '../../../runtime/index.ts';
import { eventually, TestApiServer } from '../../../testing/index.ts';
import { crd, testConfig } from '../../compute-task/testing/bank.ts';
import { MemoryChain } from '../../compute-task/testing/memory-ledger.ts';
import { COLLAB_NETWORK } from '../../kinds.ts';
import type { SignedGenesis } from '../followed-ledger.ts';
import { LedgerReplicas } from '../ledger-replicas.ts';
import type { NetworkRun } from '../network-run.ts';
import { ensureFabric } from '../steps/ensure-fabric.ts';
import { foundLedger } from '../steps/found-ledger.ts';
import { requireQuorum } from '../steps/require-quorum.ts';
import { definitionVersion } from './own-contracts.ts';
import { provisionFabric } from './provision.ts';
import { Killed, KillingWrites } from './testing-kills.ts';
import { FabricKubelet } from './testing-kubelet.ts';

const DAY = 24 * 3600 * 1000;
const NAME = 'demo';
const ORDERERS = ['fabric-demo-orderer-0', 'fabric-demo-orderer-1', 'fabric-demo-orderer-2'];
/** Nodes of Fabric on a busy machine of two cores. */
const FOUNDING_MS = 240_000;

let server: TestApiServer;
let client: KubeClient;
let kubelet: FabricKubelet;
let founder: TestInstitution;
let run: NetworkRun;
let replicas: LedgerReplicas;
/** The operator's clock: far enough back that everything issued at first is due for renewal now. */
let clockOffset = -300 * DAY;
const events: string[] = [];

before(async () => {
  server = await TestApiServer.start();
  await server.installCrd(crd('collabnetworks'));
  const namespace = await server.namespace('bank');
  client = server.connect({ namespace });
  kubelet = await FabricKubelet.start(client);
  let genesis: SignedGenesis | undefined;
  // On paper: the genesis that the founder of a test signs, for a channel that is yet to come.
  const net = await TestNetwork.found((payload, sign) => {
    genesis = { payload, signature: sign(canonicalJson(payload)) };
    return new MemoryChain(payload);
  });
  founder = net.founder;
  const secrets = new SecretStore(client, new Applier(client));
  const network = await client.create<CollabNetwork>(COLLAB_NETWORK, {
    metadata: { name: NAME },
    spec: { displayName: 'Test', didRef: { name: 'me' }, ledger: { driver: 'fabric', fabric: { orderers: 3 } }, founding: { hubURL: 'tls://hub:7422', hubClientURL: 'tls://hub:4222' } },
  } as never);
  await secrets.ensure(`ledger-${NAME}-genesis`, () => ({ 'genesis.json': JSON.stringify(genesis) }));
  replicas = new LedgerReplicas({ secrets, nats: undefined as never, networks: undefined as never, logger: silentLogger(), metrics: createMetrics('t'), tracer: NO_TRACER, cache: undefined });
  const ctx = {
    client,
    applier: new Applier(client),
    clock: { ...systemClock, now: () => Date.now() + clockOffset },
    status: {} as Record<string, unknown>,
    logger: silentLogger(),
    signal: new AbortController().signal,
    event: ({ reason }: { reason: string }) => events.push(reason),
    setCondition: (condition: object) => conditions.push(condition),
  };
  const services = { config: testConfig(), namespace, secrets, replicas, fabric: kubelet.addresses, logger: silentLogger() };
  const access = { networkId: net.id, did: founder.did };
  run = { ctx, network, services, access } as unknown as NetworkRun;
});
const conditions: object[] = [];
after(async () => {
  await replicas?.close();
  await kubelet?.stop();
  await server?.stop();
});

/** Reconciles as the runtime does: again after each wait, until all steps succeed. */
async function reconcile(): Promise<void> {
  const waits: string[] = [];
  try {
    await eventually('provisioned', async () => (await onceThrough(waits)) === undefined, FOUNDING_MS);
  } catch (cause) {
    throw new Error(`not provisioned; waited for ${waits.slice(-3).join(' | ')}; the last problem of a process: ${String(kubelet.problem)}`, { cause });
  }
}

/** @returns why it waits */
async function onceThrough(waits: string[]): Promise<string | undefined> {
  try {
    delete run.fabricProblem;
    await ensureFabric(run);
    await foundLedger(run);
    return undefined;
  } catch (error) {
    if (error instanceof Killed) return 'Killed';
    if (!(error instanceof WaitError)) throw error;
    waits.push(`${error.reason}: ${error.message}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    return error.reason;
  }
}

const resourceVersions = async (): Promise<Record<string, string | undefined>> => {
  const all: KubeObject[] = [];
  for (const type of [CORE.secret, CORE.configMap, CORE.service, CORE.statefulSet, CORE.deployment]) all.push(...(await client.list(type)).map((object) => ({ ...object, kind: type.kind })));
  return Object.fromEntries(all.map(({ kind, metadata }) => [`${kind} ${metadata.name}`, metadata.resourceVersion]));
};

const heightOfPeer = (): number => run.ctx.status.fabric?.peers[0]?.height ?? 0;

test('the founder gets orderer, peer, channel and contracts, and the genesis is on the channel, with an operator that is killed after each write', async () => {
  const killed = new KillingWrites(run);
  try {
    await reconcile();
  } finally {
    killed.restore();
  }
  assert.ok(killed.at.size >= 12, [...killed.at].join(', '));
  assert.deepEqual(await run.services.secrets.read('fabric-demo-authorities'), killed.made.get('fabric-demo-authorities'), 'the first authorities are kept');
  const ledger = await replicas.open(run.network, run.access!, run.ctx.signal);
  await ledger.refresh();
  assert.equal(ledger.head().height, 0);
  const { items } = await ledger.evaluate<Page<MemberRecord>>('membership', 'members', {});
  assert.deepEqual(items.map(({ did }) => did), [founder.did]);
  const { fabric } = run.ctx.status;
  assert.equal(fabric?.mspID, founder.code);
  assert.deepEqual(fabric.orderers.map(({ name, state }) => [name, state]), ORDERERS.map((name) => [name, 'active']));
  assert.ok(ORDERERS.includes(fabric.leader ?? ''), fabric.leader);
  assert.match(fabric.contracts.version, /^1\.0\.0\+sha256\.[0-9a-f]{64}$/);
  assert.equal(fabric.contracts.sequence, 1);
  assert.deepEqual(events.slice(-2), ['ContractsCommitted', 'LedgerFounded']);
  assert.deepEqual([...new Set(events)], ['ContractsApproved', 'ContractsCommitted', 'LedgerFounded']);
});

test('a session over it submits a transaction of the contracts', async () => {
  const ledger = await replicas.open(run.network, run.access!, run.ctx.signal);
  const session = new NetworkSession({ name: NAME, did: founder.did, keys: new InstitutionKeys({ sign: founder.keys, agree: founder.agree }), ledger });
  const content = { name: 'psi', version: '1.0.0', engine: 'spu', image: 'engine:1', trustClass: 'ReviewedProtocol', trustModels: ['TwoPartySemiHonest'], leakage: 'sizes' };
  const { height } = await session.submit({ kind: 'Algorithm', contract: 'algorithms', method: 'register', public: content });
  assert.ok(height >= 1);
  const record = await ledger.evaluate<AlgorithmRecord>('algorithms', 'get', { name: 'psi', version: '1.0.0' });
  assert.equal(record.provider, founder.did);
});

test('a service follows the ledger on the peer with the files that it is given', async () => {
  const ledger = await replicas.open(run.network, run.access!, run.ctx.signal);
  const session = new NetworkSession({ name: NAME, did: founder.did, keys: new InstitutionKeys({ sign: founder.keys, agree: founder.agree }), ledger, fabric: run.fabricReading! });
  const mount = mkdtempSync(join(tmpdir(), 'collabnet-service-'));
  try {
    const access = await serviceAccess({ current: undefined, networks: [NAME], sessions: { get: () => session }, nats: { url: 'nats://none', ledgerClientCreds: () => Promise.resolve('') }, client: 'data-proxy', mount, now: Date.now() });
    for (const [name, text] of Object.entries(access.files)) writeFileSync(join(mount, name), text);
    const pool = new LedgerPool({ client: 'data-proxy', cache: undefined, logger: silentLogger(), signal: run.ctx.signal, followFabric: (options) => Promise.resolve(followFabricLedger(options)) });
    const [network] = access.networks;
    const followed = await eventually('followed', () => pool.get(network!));
    await eventually('at the head', () => headOf(followed) === ledger.head().hash);
    await pool.close();
  } finally {
    rmSync(mount, { recursive: true });
  }
});

const headOf = (ledger: Ledger): string | undefined => {
  try {
    return ledger.head().hash;
  } catch {
    return undefined;
  }
};

test('another look changes nothing, neither in the cluster nor on the channel', async () => {
  await reconcile();
  const [before, height] = [await resourceVersions(), heightOfPeer()];
  await reconcile();
  assert.deepEqual(await resourceVersions(), before);
  assert.equal(heightOfPeer(), height);
});

test('an orderer that is away is told of, and does not keep the operator from the ledger', async () => {
  await kubelet.without(ORDERERS.slice(0, 1), async () => {
    assert.equal(await onceThrough([]), undefined);
    assert.equal(run.fabricProblem?.reason, 'FabricNodeUnavailable');
    await requireQuorum(run);
    assert.deepEqual(run.ctx.status.fabric?.orderers.map(({ state }) => state), ['unreachable', 'active', 'active']);
    assert.ok(conditions.some((each) => (each as { type: string; status: string }).type === 'FabricHealthy' && (each as { status: string }).status === 'False'));
  });
  await kubelet.without(ORDERERS.slice(1), async () => {
    await eventually('the first is back', async () => (await onceThrough([])) === undefined && run.ctx.status.fabric?.orderers[0]?.state === 'active', 60_000);
    assert.equal(run.fabricProblem?.reason, 'FabricNoQuorum');
    await assert.rejects(requireQuorum(run), { reason: 'FabricNoQuorum' });
    const ledger = await replicas.open(run.network, run.access!, run.ctx.signal);
    await ledger.refresh();
    assert.equal((await ledger.evaluate<Page<MemberRecord>>('membership', 'members', {}, { maxStalenessMs: 1_000 })).items.length, 1);
  });
  await eventually('all serve again', async () => (await onceThrough([])) === undefined && run.fabricProblem === undefined, 60_000);
});

test('what is due is renewed with the same keys, the nodes restart with it, and the ledger goes on', async () => {
  const secret = async (): Promise<Record<string, string>> => (await run.services.secrets.read('fabric-demo-orderer-0')) ?? {};
  const [before, running] = [await secret(), kubelet.running];
  clockOffset = 0;
  const waitedFor = new Set<string | undefined>();
  await eventually(
    'restarted',
    async () => {
      await onceThrough([]);
      waitedFor.add(run.fabricProblem?.reason);
      return Object.entries(kubelet.running).every(([name, digest]) => digest !== running[name]) && run.fabricProblem === undefined;
    },
    120_000,
  );
  assert.ok(waitedFor.has('FabricNodeRestarting'), 'orderers restart one after the other');
  assert.ok(!waitedFor.has('FabricNoQuorum'), 'most orderers are always there');
  const now = await secret();
  for (const name of ['identity', 'tls']) {
    assert.equal(now[`${name}.key`], before[`${name}.key`]);
    assert.ok(certificateFacts(now[`${name}.crt`] ?? '').notAfter > certificateFacts(before[`${name}.crt`] ?? '').notAfter + 250 * DAY);
  }
  await reconcile();
  assert.ok(Date.parse(run.ctx.status.fabric?.certificatesExpire ?? '') > Date.now() + 360 * DAY);
  assert.deepEqual(conditions.at(-1), { type: 'CertificatesFresh', status: 'True', reason: 'Renewed', message: 'no certificate of the Fabric nodes ends soon' });
  const ledger = await replicas.open(run.network, run.access!, run.ctx.signal);
  await eventually('heard again', () => ledger.refresh().then(() => true, () => false), 60_000);
  const session = new NetworkSession({ name: NAME, did: founder.did, keys: new InstitutionKeys({ sign: founder.keys, agree: founder.agree }), ledger });
  await session.submit({ kind: 'Algorithm', contract: 'algorithms', method: 'retire', public: { name: 'psi', version: '1.0.0' } });
});

test('another build of the contracts runs beside the one of before until it is in force, and then alone', async () => {
  const first = kubelet.chaincodes;
  assert.equal(first.length, 1);
  const contracts = { version: CONTRACTS_VERSION, digest: 'ab'.repeat(32) };
  run.services.contracts = contracts;
  const starting = await provisionFabric(run);
  assert.deepEqual([starting.problem?.reason, starting.contractsInForce], ['ChaincodeNotReady', definitionVersion()]);
  assert.equal((await client.list(CORE.deployment)).length, 2);
  await eventually(
    'in force',
    async () => {
      const done = await provisionFabric(run).catch((error: unknown) => {
        if (!(error instanceof WaitError)) throw error;
        return undefined;
      });
      return done?.contractsInForce === definitionVersion(contracts) && kubelet.chaincodes.length === 1 && done.problem === undefined;
    },
    60_000,
  );
  assert.notDeepEqual(kubelet.chaincodes, first);
  assert.equal(run.ctx.status.fabric?.contracts.sequence, 2);
  const ledger = await replicas.open(run.network, run.access!, run.ctx.signal);
  const session = new NetworkSession({ name: NAME, did: founder.did, keys: new InstitutionKeys({ sign: founder.keys, agree: founder.agree }), ledger });
  const content = { name: 'pir', version: '1.0.0', engine: 'spu', image: 'engine:1', trustClass: 'ReviewedProtocol', trustModels: ['TwoPartySemiHonest'], leakage: 'sizes' };
  await session.submit({ kind: 'Algorithm', contract: 'algorithms', method: 'register', public: content });
});
