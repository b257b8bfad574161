import { readFileSync } from 'node:fs';
import type { CollabNetwork, ComputeTask, DataAsset } from '@collabnet/crds';
import type { TestInstitution } from '@collabnet/contracts/testing';
import { InstitutionNats, type AttemptAddress, type IssuedUser } from '@collabnet/messaging';
import { createMetrics, NO_TRACER, openTracer, silentLogger, type Metrics, type Tracer } from '@collabnet/telemetry';
import { parse } from 'yaml';
import type { NatsConnection } from '@nats-io/transport-node';
import { InstitutionAuthority } from '../../../institution/institution-authority.ts';
import { InstitutionKeys } from '../../../institution/institution-keys.ts';
import { NetworkSession } from '../../../institution/network-session.ts';
import { observeSubmits } from '../../../institution/observe-submits.ts';
import { operatorConfigSchema, type OperatorConfig } from '../../../institution/config.ts';
import { SecretStore } from '../../../institution/secret-store.ts';
import { SessionRegistry } from '../../../institution/session-registry.ts';
import { CORE, Manager, type KubeClient, type KubeObject } from '../../../runtime/index.ts';
import { eventually, type TestApiServer } from '../../../testing/index.ts';
import { COLLAB_NETWORK, COMPUTE_TASK, DATA_ASSET } from '../../kinds.ts';
import { dataProxyOf } from '../../data-asset/build/names.ts';
import { computeTaskController } from '../controller.ts';
import { computeTaskInformers } from '../informers.ts';
import type { ComputePod } from '../build/pod-fault.ts';
import type { MemoryChain } from './memory-ledger.ts';

export const NETWORK = 'net';

/** Custom resource definition as it is shipped. */
export function crd(plural: string): KubeObject {
  return parse(readFileSync(new URL(import.meta.resolve(`@collabnet/crds/manifests/${plural}.yaml`)), 'utf8')) as KubeObject;
}

export function testConfig(engineSpu = `collabnet/engine-spu@sha256:${'1'.repeat(64)}`): OperatorConfig {
  return operatorConfigSchema.parse({
    images: { pullPolicy: 'IfNotPresent', node: 'collabnet/node:dev', engineSpu, engineSets: 'collabnet/engine-sets:dev', nats: 'collabnet/nats-server:2.15.2', fabric: 'collabnet/fabric:2.5.9' },
    hub: { enabled: false },
    compute: { engine: { limits: { memory: '1Gi' } }, courier: { limits: { memory: '256Mi' } }, scratch: { size: '512Mi' } },
    dataProxy: { resources: {}, auditStorage: { size: '64Mi' } },
    fabric: { orderer: { resources: {}, storage: { size: '1Gi' } }, peer: { resources: {}, storage: { size: '1Gi' } }, chaincode: { resources: {} } },
    ledgerCache: '64Mi',
    sharedCluster: true,
  });
}

/** Real keys and users; revocations are noted instead of being pushed to a server, which is the lead's LocalNats to test. */
class AttemptUsers {
  readonly url: string;
  readonly revoked: string[] = [];
  readonly #nats: InstitutionNats;

  constructor(namespace: string, net: string) {
    this.url = `nats://nats.${namespace}.svc:4222`;
    this.#nats = InstitutionNats.create('test').ensureNetworks([net]);
  }

  courierUser(address: AttemptAddress, self: string, peers: readonly string[], expires: number): Promise<IssuedUser> {
    return Promise.resolve(this.#nats.courier(address, self, peers, expires));
  }

  revokeCourier(_net: string, publicKey: string): Promise<void> {
    this.revoked.push(publicKey);
    return Promise.resolve();
  }
}

/** One institution's ComputeTask controller on a real API server, in a namespace of its own. */
export class Bank {
  readonly namespace: string;
  readonly institution: TestInstitution;
  readonly session: NetworkSession;
  readonly client: KubeClient;
  readonly users: AttemptUsers;
  #config: OperatorConfig;
  readonly tracer: Tracer;
  /** Of all its operators, one after the other. */
  readonly metrics: Metrics = createMetrics('t');
  #ending = new AbortController();
  #done: Promise<void> = Promise.resolve();

  private constructor(parts: Pick<Bank, 'namespace' | 'institution' | 'session' | 'client' | 'users' | 'tracer'> & { config: OperatorConfig }) {
    this.namespace = parts.namespace;
    this.institution = parts.institution;
    this.session = parts.session;
    this.client = parts.client;
    this.users = parts.users;
    this.tracer = parts.tracer;
    observeSubmits(this.session.ledger, { network: NETWORK, self: this.session.did, metrics: this.metrics, tracer: this.tracer });
    this.#config = parts.config;
  }

  static async start(server: TestApiServer, chain: MemoryChain, institution: TestInstitution, data: NatsConnection, config = testConfig(), endpoint = ''): Promise<Bank> {
    const namespace = await server.namespace(institution.code);
    const client = server.connect({ namespace });
    const session = new NetworkSession({ name: NETWORK, did: institution.did, keys: new InstitutionKeys({ sign: institution.keys, agree: institution.agree }), ledger: chain.ledger(), data });
    const tracer = endpoint === '' ? NO_TRACER : await openTracer({ endpoint, service: 'operator', namespace: institution.code, logger: silentLogger(), delayMs: 50 });
    const bank = new Bank({ namespace, institution, session, client, users: new AttemptUsers(namespace, session.token), tracer, config });
    await bank.#prepare();
    await bank.operate();
    return bank;
  }

  /** Starts an operator that knows nothing but what is in the cluster and on the ledger. */
  async operate(): Promise<void> {
    const { client, namespace, users, session, tracer } = this;
    const manager = new Manager({ client, logger: silentLogger(), metrics: this.metrics, leaderElection: false });
    const sessions = new SessionRegistry();
    const secrets = new SecretStore(manager.client, manager.applier);
    const informers = {
      ...computeTaskInformers(manager, namespace),
      networks: manager.informer<CollabNetwork>(COLLAB_NETWORK, { namespace }),
      assets: manager.informer<DataAsset>(DATA_ASSET, { namespace }),
    };
    computeTaskController(manager, informers, { config: this.#config, namespace, secrets, nats: users, authority: new InstitutionAuthority(secrets, namespace), sessions, logger: silentLogger(), tracer });
    sessions.set(session);
    this.#ending = new AbortController();
    this.#done = manager.run(this.#ending.signal);
    await eventually('leading', () => manager.leading);
  }

  /** Starts the operator anew with another number of places for attempts. */
  async operateWith(maximumAttempts: number): Promise<void> {
    await this.stop();
    this.#config = { ...this.#config, compute: { ...this.#config.compute, maximumAttempts } };
    await this.operate();
  }

  async #prepare(): Promise<void> {
    const { client, namespace } = this;
    await client.create(COLLAB_NETWORK, { metadata: { name: NETWORK }, spec: { displayName: 'Test', didRef: { name: 'me' }, join: { invitationSecretRef: { name: 'x' } } } } as KubeObject);
    const claimName = 'data';
    await client.create(DATA_ASSET, {
      metadata: { name: 'customers' },
      spec: {
        networkRef: { name: NETWORK },
        displayName: 'Customers',
        source: { file: { claimName, path: 'customers.csv', format: 'CSV' } },
        columns: [{ name: 'id', type: 'String', role: 'Identifier', publish: true }],
        classification: { jrtLevel: 3, nationalClass: 'General', personalInformation: true },
        lawfulBasis: { basis: 'PublicInterest', purpose: 'fraud screening' },
      },
    } as KubeObject);
    for (const name of ['nats', 'result-store', dataProxyOf(claimName, namespace).name]) {
      await client.create(CORE.service, { metadata: { name }, spec: { ports: [{ port: 8443 }] } } as KubeObject);
    }
  }

  task(name: string): Promise<ComputeTask | undefined> {
    return this.client.find<ComputeTask>(COMPUTE_TASK, name);
  }

  /** Waits for a task, by name or by whatever holds, to be as wanted. */
  until(what: string, holds: (task: ComputeTask) => boolean): Promise<ComputeTask> {
    return eventually(what, async () => (await this.client.list<ComputeTask>(COMPUTE_TASK)).find(holds));
  }

  pods(): Promise<ComputePod[]> {
    return this.client.list<ComputePod>(CORE.pod);
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#done;
  }
}
