import type { TestInstitution } from '@collabnet/contracts/testing';
import { TestNetwork } from '@collabnet/contracts/testing';
import type { CollabNetwork } from '@collabnet/crds';
import { canonicalJson } from '@collabnet/envelope';
import { createMetrics, NO_TRACER, silentLogger, type Logger } from '@collabnet/telemetry';
import { InstitutionKeys } from '../../../institution/institution-keys.ts';
import { NetworkSession } from '../../../institution/network-session.ts';
import { SecretStore } from '../../../institution/secret-store.ts';
import { Applier, CORE, systemClock, WaitError, type KubeClient, type KubeObject } from '../../../runtime/index.ts';
import { eventually, TestApiServer } from '../../../testing/index.ts';
import { crd, testConfig } from '../../compute-task/testing/bank.ts';
import { MemoryChain } from '../../compute-task/testing/memory-ledger.ts';
import { COLLAB_NETWORK } from '../../kinds.ts';
import type { FollowedLedger, SignedGenesis } from '../followed-ledger.ts';
import { LedgerReplicas } from '../ledger-replicas.ts';
import type { NetworkRun } from '../network-run.ts';
import { ensureFabric } from '../steps/ensure-fabric.ts';
import { foundLedger } from '../steps/found-ledger.ts';
import { Killed } from './testing-kills.ts';
import { FabricKubelet } from './testing-kubelet.ts';

const NAME = 'demo';
/** Nodes of Fabric on a busy machine of two cores. */
const PROVISIONED_MS = 240_000;

type FabricSpec = NonNullable<CollabNetwork['spec']['ledger']['fabric']>;
interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** The operator of a founder on a real API server, with real Fabric nodes; its reconcile covers the Fabric part. */
export class TestFounder {
  readonly server: TestApiServer;
  readonly client: KubeClient;
  readonly kubelet: FabricKubelet;
  readonly founder: TestInstitution;
  readonly run: NetworkRun;
  readonly events: string[] = [];
  readonly conditions: Condition[] = [];
  /** Added to the clock of this machine to get the operator's, ms. */
  clockOffset = 0;
  /** Told of what hinders following the ledger. */
  onLedgerError: (error: unknown) => void = () => undefined;
  #replicas: LedgerReplicas;

  private constructor(parts: { server: TestApiServer; client: KubeClient; kubelet: FabricKubelet; founder: TestInstitution; network: CollabNetwork; namespace: string; networkId: string }) {
    const { server, client, kubelet, founder, network, namespace, networkId } = parts;
    this.server = server;
    this.client = client;
    this.kubelet = kubelet;
    this.founder = founder;
    const secrets = new SecretStore(client, new Applier(client));
    this.#replicas = this.#openReplicas(secrets);
    const ctx = {
      client,
      applier: new Applier(client),
      clock: { ...systemClock, now: () => Date.now() + this.clockOffset },
      status: {} as Record<string, unknown>,
      logger: silentLogger(),
      signal: new AbortController().signal,
      event: ({ reason }: { reason: string }) => this.events.push(reason),
      setCondition: (condition: Condition) => this.conditions.push(condition),
    };
    const services = { config: testConfig(), namespace, secrets, replicas: this.#replicas, fabric: kubelet.addresses, logger: silentLogger() };
    this.run = { ctx, network, services, access: { networkId, did: founder.did } } as unknown as NetworkRun;
  }

  static async start(fabric: FabricSpec): Promise<TestFounder> {
    const server = await TestApiServer.start();
    await server.installCrd(crd('collabnetworks'));
    const namespace = await server.namespace('bank');
    const client = server.connect({ namespace });
    const kubelet = await FabricKubelet.start(client);
    let genesis: SignedGenesis | undefined;
    // On paper: the genesis that the founder of a test signs, for a channel that is yet to come.
    const { id: networkId, founder } = await TestNetwork.found((payload, sign) => {
      genesis = { payload, signature: sign(canonicalJson(payload)) };
      return new MemoryChain(payload);
    });
    const network = await client.create<CollabNetwork>(COLLAB_NETWORK, {
      metadata: { name: NAME },
      spec: { displayName: 'Test', didRef: { name: 'me' }, ledger: { driver: 'fabric', fabric }, founding: { hubURL: 'tls://hub:7422', hubClientURL: 'tls://hub:4222' } },
    } as never);
    const test = new TestFounder({ server, client, kubelet, founder, network, namespace, networkId });
    await test.run.services.secrets.ensure(`ledger-${NAME}-genesis`, () => ({ 'genesis.json': JSON.stringify(genesis) }));
    return test;
  }

  /** Changes `spec.ledger.fabric`, as a person would, through the API server. */
  async change(fabric: Partial<FabricSpec>): Promise<void> {
    const changed = await this.client.patch<CollabNetwork>(COLLAB_NETWORK, NAME, { spec: { ledger: { fabric } } }, { strategy: 'merge' });
    Object.assign(this.run.network, changed);
  }

  /** Sets annotations of the CollabNetwork; null removes one. */
  async annotate(annotations: Record<string, string | null>): Promise<void> {
    Object.assign(this.run.network, await this.client.patch<CollabNetwork>(COLLAB_NETWORK, NAME, { metadata: { annotations } }, { strategy: 'merge' }));
  }

  /** Reconciles as the runtime does, again after each wait, until all steps succeed and nothing hinders. */
  async reconcile(): Promise<string[]> {
    const waits: string[] = [];
    try {
      await eventually('provisioned', async () => (await this.once(waits)) === undefined, PROVISIONED_MS);
      return waits;
    } catch (cause) {
      throw new Error(`not provisioned; waited for ${waits.slice(-3).join(' | ')}; the last problem of a process: ${String(this.kubelet.problem)}`, { cause });
    }
  }

  /** Reconciles once. @returns why it is not done, which is added to `waits` with its message */
  async once(waits: string[] = []): Promise<string | undefined> {
    const reason = await this.#steps(waits);
    if (reason !== undefined) await new Promise((resolve) => setTimeout(resolve, 300));
    return reason;
  }

  async #steps(waits: string[]): Promise<string | undefined> {
    try {
      delete this.run.fabricProblem;
      await ensureFabric(this.run);
      await foundLedger(this.run);
      const problem = this.run.fabricProblem as WaitError | undefined;
      if (problem !== undefined) waits.push(`${problem.reason}: ${problem.message}`);
      return problem?.reason;
    } catch (error) {
      if (error instanceof Killed) return 'Killed';
      if (!(error instanceof WaitError)) throw error;
      waits.push(`${error.reason}: ${error.message}`);
      return error.reason;
    }
  }

  ledger(): Promise<FollowedLedger> {
    return this.run.services.replicas.open(this.run.network, this.run.access!, this.run.ctx.signal);
  }

  /** Writes to the ledger by a session of the institution. @returns the height */
  async write(version: string): Promise<number> {
    const session = await this.session();
    const content = { name: 'psi', version, engine: 'spu', image: 'engine:1', trustClass: 'ReviewedProtocol', trustModels: ['TwoPartySemiHonest'], leakage: 'sizes' };
    return (await session.submit({ kind: 'Algorithm', contract: 'algorithms', method: 'register', public: content })).height;
  }

  /** A session of the institution, once its view of the ledger is confirmed. */
  async session(): Promise<NetworkSession> {
    const ledger = await this.ledger();
    const { founder, run } = this;
    await eventually('heard', () => ledger.refresh().then(() => true, () => false), 60_000);
    const keys = new InstitutionKeys({ sign: founder.keys, agree: founder.agree });
    return new NetworkSession({ name: NAME, did: founder.did, keys, ledger, ...(run.fabricReading && { fabric: run.fabricReading }) });
  }

  /** The newest condition of a type. */
  condition(type: string): Condition | undefined {
    return this.conditions.findLast((each) => each.type === type);
  }

  /** As a process of the operator that has just started: nothing in memory. */
  async restartOperator(): Promise<void> {
    await this.#replicas.close();
    this.#replicas = this.#openReplicas(this.run.services.secrets);
    Object.assign(this.run.services, { replicas: this.#replicas });
    Object.assign(this.run.ctx, { status: {} });
  }

  async resourceVersions(): Promise<Record<string, string | undefined>> {
    const all: KubeObject[] = [];
    for (const type of [CORE.secret, CORE.configMap, CORE.service, CORE.statefulSet, CORE.deployment]) all.push(...(await this.client.list(type)).map((object) => ({ ...object, kind: type.kind })));
    return Object.fromEntries(all.map(({ kind, metadata }) => [`${kind} ${metadata.name}`, metadata.resourceVersion]));
  }

  async stop(): Promise<void> {
    await this.#replicas.close();
    await this.kubelet.stop();
    await this.server.stop();
  }

  #openReplicas(secrets: SecretStore): LedgerReplicas {
    const logger = { ...silentLogger(), warn: (fields: unknown) => this.onLedgerError((fields as { err?: unknown }).err) } as Logger;
    return new LedgerReplicas({ secrets, nats: undefined as never, networks: undefined as never, logger, metrics: createMetrics('t'), tracer: NO_TRACER, cache: undefined });
  }
}
