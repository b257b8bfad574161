import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestNetwork } from '@collabnet/contracts/testing';
import type { CollabNetwork } from '@collabnet/crds';
import { canonicalJson } from '@collabnet/envelope';
import { LedgerPool } from '@collabnet/ledger';
import { followFabricLedger } from '@collabnet/ledger-fabric';
import { silentLogger } from '@collabnet/telemetry';
import { HubServer } from '../../../institution/hub-server.ts';
import { InstitutionAuthority } from '../../../institution/institution-authority.ts';
import { InstitutionKeys } from '../../../institution/institution-keys.ts';
import { NetworkSession } from '../../../institution/network-session.ts';
import { serviceAccess, type ServiceNetwork } from '../../../institution/service-access.ts';
import { SecretStore } from '../../../institution/secret-store.ts';
import { Applier, CORE, type KubeObject } from '../../../runtime/index.ts';
import { eventually, TestApiServer } from '../../../testing/index.ts';
import { crd } from '../../compute-task/testing/bank.ts';
import { MemoryChain } from '../../compute-task/testing/memory-ledger.ts';
import { COLLAB_NETWORK } from '../../kinds.ts';
import type { FollowedLedger, SignedGenesis } from '../followed-ledger.ts';
import { required, type NetworkStep } from '../network-run.ts';
import { ensureFabric } from '../steps/ensure-fabric.ts';
import { foundLedger } from '../steps/found-ledger.ts';
import { accessSecret, loadAccess } from '../steps/load-access.ts';
import { FabricKubelet } from './testing-kubelet.ts';
import { TestPlace, type PlaceOptions } from './testing-place.ts';

const NAME = 'demo';
/** Nodes of Fabric on a busy machine of two cores. */
const PROVISIONED_MS = 240_000;
const RETRY_MS = 300;
/** The steps of the controller that found a ledger on Fabric. */
const STEPS: readonly NetworkStep[] = [loadAccess, ensureFabric, foundLedger];

type FabricSpec = NonNullable<CollabNetwork['spec']['ledger']['fabric']>;

/** The operator of a founder on a real API server, with real Fabric nodes; its reconcile covers the Fabric part. */
export class TestFounder extends TestPlace {
  readonly kubelet: FabricKubelet;
  readonly server: TestApiServer;

  private constructor(server: TestApiServer, options: PlaceOptions) {
    super(options);
    this.kubelet = options.kubelet;
    this.server = server;
  }

  static async start(fabric: Partial<FabricSpec>): Promise<TestFounder> {
    const server = await TestApiServer.start();
    await server.installCrd(crd('collabnetworks'));
    const namespace = await server.namespace('bank');
    const client = server.connect({ namespace });
    const kubelet = await FabricKubelet.start(client);
    let genesis: SignedGenesis | undefined;
    // On paper: the genesis that the founder of a test signs, for a channel that is yet to come.
    const { id: networkId, founder: institution } = await TestNetwork.found((payload, sign) => {
      genesis = { payload, signature: sign(canonicalJson(payload)) };
      return new MemoryChain(payload);
    });
    const hubUrl = 'tls://hub:7422';
    const network = await client.create<CollabNetwork>(COLLAB_NETWORK, {
      metadata: { name: NAME },
      spec: { displayName: 'Test', didRef: { name: 'me' }, ledger: { driver: 'fabric', fabric }, founding: { hubURL: hubUrl, hubClientURL: 'tls://hub:4222' } },
    } as never);
    const secrets = new SecretStore(client, new Applier(client));
    await secrets.ensure(`ledger-${NAME}-genesis`, () => ({ 'genesis.json': JSON.stringify(genesis) }));
    await secrets.ensure(accessSecret(network), () => ({ 'access.json': JSON.stringify({ networkId, did: institution.did, hubUrl }) }));
    const hub = new HubServer({ client, secrets, authority: new InstitutionAuthority(secrets, namespace), namespace, hostnames: [] });
    return new TestFounder(server, { institution, client, secrets, network, kubelet, hub });
  }

  /** Changes `spec.ledger.fabric`, as a person would, through the API server. */
  async change(fabric: Partial<FabricSpec>): Promise<void> {
    this.network = await this.client.patch<CollabNetwork>(COLLAB_NETWORK, NAME, { spec: { ledger: { fabric } } }, { strategy: 'merge' });
  }

  /** Sets annotations of the CollabNetwork; null removes one. */
  async annotate(annotations: Record<string, string | null>): Promise<void> {
    this.network = await this.client.patch<CollabNetwork>(COLLAB_NETWORK, NAME, { metadata: { annotations } }, { strategy: 'merge' });
  }

  /** Reconciles as the runtime does, again after each wait, until all steps succeed and nothing hinders. @returns what it waited for */
  async provision(): Promise<string[]> {
    const before = this.waits.length;
    try {
      await eventually('provisioned', async () => (await this.once()) === undefined, PROVISIONED_MS);
      return this.waits.slice(before);
    } catch (cause) {
      throw new Error(`not provisioned; waited for ${this.waits.slice(-3).join(' | ')}; the last problem of a process: ${String(this.kubelet.problem)}`, { cause });
    }
  }

  /** Reconciles once. @returns why it is not done, or what hinders the nodes although it is */
  async once(): Promise<string | undefined> {
    const reason = await this.reconcile(STEPS);
    const problem = this.last.fabricProblem;
    if (reason !== undefined || problem === undefined) return reason;
    this.waits.push(`${problem.reason}: ${problem.message}`);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    return problem.reason;
  }

  ledger(): Promise<FollowedLedger> {
    return this.replicas.open(this.network, required(this.last.access, 'access'), this.ctx.signal);
  }

  /** A session of the institution, once its view of the ledger is confirmed. */
  async newSession(): Promise<NetworkSession> {
    const ledger = await this.ledger();
    const { did, keys: sign, agree } = this.institution;
    await eventually('heard', () => ledger.refresh().then(() => true, () => false), 60_000);
    const { fabricReading } = this.last;
    return new NetworkSession({ name: NAME, did, keys: new InstitutionKeys({ sign, agree }), ledger, ...(fabricReading && { fabric: fabricReading }) });
  }

  /** The network as it is configured for a service whose Secret is mounted there; writes the files of the Secret. */
  async serviceNetwork(mount: string): Promise<ServiceNetwork> {
    const session = await this.newSession();
    const access = await serviceAccess({ current: undefined, networks: [NAME], sessions: { get: () => session }, nats: { url: 'nats://none', ledgerClientCreds: () => Promise.resolve('') }, client: 'data-proxy', mount, now: Date.now() });
    for (const [name, text] of Object.entries(access.files)) writeFileSync(join(mount, name), text);
    return required(access.networks[0], 'network');
  }

  /** The ledgers that such a service follows. */
  ledgerPool(): LedgerPool {
    return new LedgerPool({ client: 'data-proxy', cache: undefined, logger: silentLogger(), signal: this.ctx.signal, followFabric: (options) => Promise.resolve(followFabricLedger(options)) });
  }

  /** Writes to the ledger by a session of the institution. @returns the height */
  async write(version: string): Promise<number> {
    const session = await this.newSession();
    const content = { name: 'psi', version, engine: 'spu', operators: ['Intersection'], image: 'engine:1', trustClass: 'ReviewedProtocol', trustModels: ['TwoPartySemiHonest'], leakage: 'sizes' };
    return (await session.submit({ kind: 'Algorithm', contract: 'algorithms', method: 'register', public: content })).height;
  }

  async resourceVersions(): Promise<Record<string, string | undefined>> {
    const all: KubeObject[] = [];
    for (const type of [CORE.secret, CORE.configMap, CORE.service, CORE.statefulSet, CORE.deployment]) all.push(...(await this.client.list(type)).map((object) => ({ ...object, kind: type.kind })));
    return Object.fromEntries(all.map(({ kind, metadata }) => [`${kind} ${metadata.name}`, metadata.resourceVersion]));
  }

  async stop(): Promise<void> {
    await this.close();
    await this.kubelet.stop();
    await this.server.stop();
  }
}
