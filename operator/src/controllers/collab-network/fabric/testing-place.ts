import type { CollabNetwork, ParticipantDID } from '@collabnet/crds';
import { describeInstitution, type TestInstitution } from '@collabnet/contracts/testing';
import { encodeSm2Multikey } from '@collabnet/sm';
import { createMetrics, NO_TRACER, silentLogger, type Logger } from '@collabnet/telemetry';
import type { HubServer } from '../../../institution/hub-server.ts';
import { InstitutionKeys } from '../../../institution/institution-keys.ts';
import { NetworkSession } from '../../../institution/network-session.ts';
import type { SecretStore } from '../../../institution/secret-store.ts';
import { SessionRegistry } from '../../../institution/session-registry.ts';
import { Applier, systemClock, WaitError, type KubeClient } from '../../../runtime/index.ts';
import { testConfig } from '../../compute-task/testing/bank.ts';
import { CandidateHosts } from '../candidate-hosts.ts';
import { JoinClients } from '../join-client.ts';
import { LedgerReplicas } from '../ledger-replicas.ts';
import { required, type NetworkRun, type NetworkServices, type NetworkStep } from '../network-run.ts';
import { takeUpMembership } from '../steps/take-up-membership.ts';
import type { FabricRun } from './fabric-run.ts';
import type { OwnContracts } from './own-contracts.ts';
import { Killed, KillingWrites } from './testing-kills.ts';
import type { FabricKubelet } from './testing-kubelet.ts';

const RETRY_MS = 300;

export interface PlaceOptions {
  readonly institution: TestInstitution;
  readonly client: KubeClient;
  readonly secrets: SecretStore;
  readonly network: CollabNetwork;
  readonly kubelet: FabricKubelet;
  readonly hub: HubServer;
}

/** An institution's operator in its namespace, as far as one of its networks on Fabric needs it. */
export class TestPlace {
  readonly institution: TestInstitution;
  readonly client: KubeClient;
  readonly secrets: SecretStore;
  readonly events: string[] = [];
  readonly conditions = new Map<string, { status: string; reason: string; message: string }>();
  readonly status: NonNullable<CollabNetwork['status']> = {};
  /** What the reconciles waited for. */
  readonly waits: string[] = [];
  /** Errors that were logged. */
  readonly warnings: string[] = [];
  readonly ctx: NetworkRun['ctx'];
  /** Added to the clock of this machine to get the operator's, ms. */
  clockOffset = 0;
  network: CollabNetwork;
  /** Contracts of its release, where others than those of this process. */
  contracts: OwnContracts | undefined;
  session: NetworkSession | undefined;
  /** The nodes as the last reconcile that came that far saw them. */
  fabric: FabricRun | undefined;
  readonly #kubelet: FabricKubelet;
  readonly #hub: HubServer;
  readonly #applier: Applier;
  #services!: NetworkServices;
  #killing: KillingWrites | undefined;
  #last: NetworkRun | undefined;

  constructor(options: PlaceOptions) {
    this.institution = options.institution;
    this.client = options.client;
    this.secrets = options.secrets;
    this.network = options.network;
    this.#kubelet = options.kubelet;
    this.#hub = options.hub;
    this.#applier = new Applier(this.client);
    this.ctx = {
      client: this.client,
      applier: this.#applier,
      clock: { ...systemClock, now: () => Date.now() + this.clockOffset },
      status: this.status,
      logger: silentLogger(),
      signal: new AbortController().signal,
      event: ({ reason }: { reason: string }) => this.events.push(reason),
      setCondition: (condition: { type: string; status: string; reason: string; message: string }) => this.conditions.set(condition.type, condition),
      ready: () => undefined,
    } as unknown as NetworkRun['ctx'];
    this.#start();
  }

  /** What the last reconcile found out. */
  get last(): NetworkRun {
    return required(this.#last, 'reconcile');
  }

  /** Replicas of the process that runs now. */
  get replicas(): LedgerReplicas {
    return this.#services.replicas;
  }

  /** From now on the operator is killed after each write. @returns where it was, and how to end it */
  kill(): KillingWrites {
    this.#killing = new KillingWrites({ ctx: { applier: this.#applier }, services: { secrets: this.secrets } });
    return this.#killing;
  }

  /** Ends the killing. */
  spare(): void {
    this.#killing?.restore();
    this.#killing = undefined;
  }

  /**
   * Runs the steps once, as the runtime does.
   *
   * @returns why it waits; undefined once all have succeeded
   * @throws StalledError
   */
  async reconcile(steps: readonly NetworkStep[]): Promise<string | undefined> {
    const run = this.#run();
    this.#last = run;
    try {
      for (const step of steps) if ((await step(run)) === 'done') break;
      return undefined;
    } catch (error) {
      if (error instanceof Killed) {
        await this.restart();
        return 'Killed';
      }
      if (!(error instanceof WaitError)) throw error;
      this.waits.push(`${error.reason}: ${error.message}`);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      return error.reason;
    } finally {
      this.fabric = run.fabric ?? this.fabric;
    }
  }

  /** Opens the session as a step of the controller, without the NATS connections of tasks. */
  readonly openSession: NetworkStep = async (run) => {
    const { sessions, replicas } = this.#services;
    const access = required(run.access, 'access');
    if (sessions.get(this.network.metadata.name) === undefined) {
      const ledger = await replicas.open(run.network, access, run.ctx.signal);
      await ledger.refresh().catch((cause: unknown) => {
        throw new WaitError('LedgerUnreachable', String(cause), RETRY_MS);
      });
      const { keys, agree } = this.institution;
      const session = new NetworkSession({ name: this.network.metadata.name, did: access.did, keys: new InstitutionKeys({ sign: keys, agree }), ledger, ...(run.fabricReading && { fabric: run.fabricReading }) });
      await takeUpMembership(run, this.#killing?.session(session) ?? session);
      sessions.set(session);
    }
    this.session = required(sessions.get(this.network.metadata.name), 'session');
    run.session = this.#killing?.session(this.session) ?? this.session;
  };

  /** Forgets all that a process has in memory. */
  async restart(): Promise<void> {
    await this.close();
    this.#start();
  }

  async close(): Promise<void> {
    const { candidates, joins, replicas } = this.#services;
    this.session = undefined;
    await candidates.close();
    await joins.close(this.network.metadata.name);
    await replicas.close();
  }

  #start(): void {
    const { client, secrets } = this;
    const warn = (fields: { err?: unknown }): unknown => this.warnings.push(String(fields.err));
    const logger = { ...silentLogger(), warn } as Logger;
    const nats = { ensureServer: () => Promise.resolve(), reconcileAccounts: () => Promise.resolve() };
    this.#services = {
      config: testConfig(),
      namespace: client.namespace,
      secrets,
      hub: this.#hub,
      nats,
      sessions: new SessionRegistry(),
      joins: new JoinClients(logger, () => undefined),
      replicas: new LedgerReplicas({ secrets, nats: undefined as never, networks: undefined as never, logger, metrics: createMetrics('t'), tracer: NO_TRACER, cache: undefined }),
      candidates: new CandidateHosts(this.#hub, logger),
      fabric: this.#kubelet.addresses,
      logger,
    } as unknown as NetworkServices;
  }

  #run(): NetworkRun {
    const { ctx, institution } = this;
    const { persons, ...spec } = describeInstitution(institution);
    const person = (each: (typeof persons)[number]): ParticipantDID => ({ metadata: { name: each.subjectCode }, spec: { ...each, publicKeyMultibase: encodeSm2Multikey(each.signKey) } }) as unknown as ParticipantDID;
    return {
      ctx,
      network: this.network,
      services: { ...this.#services, ...(this.contracts && { contracts: this.contracts }) },
      participant: { metadata: { name: institution.code }, spec },
      persons: persons.map(person),
      keys: new InstitutionKeys({ sign: institution.keys, agree: institution.agree }),
    } as unknown as NetworkRun;
  }
}
