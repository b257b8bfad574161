import type { CollabNetwork, ParticipantDID } from '@collabnet/crds';
import type { Did } from '@collabnet/did';
import type { Logger } from '@collabnet/telemetry';
import type { ReconcileContext, StepResult, WaitError } from '../../runtime/index.ts';
import type { OperatorConfig } from '../../institution/config.ts';
import type { HubServer } from '../../institution/hub-server.ts';
import type { InstitutionKeys } from '../../institution/institution-keys.ts';
import type { KeySources } from '../../institution/key-sources.ts';
import type { LocalNats } from '../../institution/local-nats.ts';
import type { FabricReading, NetworkSession } from '../../institution/network-session.ts';
import type { SecretStore } from '../../institution/secret-store.ts';
import type { SessionRegistry } from '../../institution/session-registry.ts';
import type { FabricAddresses } from './fabric/addresses.ts';
import type { FabricRun } from './fabric/fabric-run.ts';
import type { OwnContracts } from './fabric/own-contracts.ts';
import type { CandidateHosts } from './candidate-hosts.ts';
import type { JoinClients } from './join-client.ts';
import type { LedgerReplicas } from './ledger-replicas.ts';

/** What the CollabNetwork controller works with. */
export interface NetworkServices {
  config: OperatorConfig;
  namespace: string;
  secrets: SecretStore;
  keys: KeySources;
  nats: LocalNats;
  hub: HubServer;
  sessions: SessionRegistry;
  joins: JoinClients;
  replicas: LedgerReplicas;
  /** Serves the ledger on Fabric to candidates, at the founder. */
  candidates: CandidateHosts;
  /** Where the nodes of this institution's Fabric networks are reached. */
  fabric: FabricAddresses;
  /** Contracts of this release, unless a test has others than those of its process. */
  contracts?: OwnContracts;
  logger: Logger;
}

/** Leaf credentials and address of a network's hub, as kept in Secret `network-<name>`. */
export interface NetworkAccess {
  networkId: string;
  did: Did;
  hubUrl: string;
  caPem: string;
  controlCreds: string;
  dataCreds: string;
  /** This institution is no member any more. */
  left: boolean;
  /** The members have expelled it. */
  expelled: boolean;
  /** It has begun to leave: perhaps it is no member any more, and cannot see that. */
  leaving: boolean;
}

/** One reconcile of one network: what earlier steps found out, for the later ones. */
export interface NetworkRun {
  readonly ctx: ReconcileContext<CollabNetwork>;
  readonly network: CollabNetwork;
  readonly services: NetworkServices;
  participant?: ParticipantDID;
  persons?: ParticipantDID[];
  keys?: InstitutionKeys;
  access?: NetworkAccess;
  /** For a network on Fabric: the way to the own peer for the institution's services. */
  fabricReading?: FabricReading;
  /** For a network on Fabric, once the own nodes serve it. */
  fabric?: FabricRun;
  /** What hinders the own Fabric nodes; the ledger may still be readable. */
  fabricProblem?: WaitError;
  /** For a network on Fabric: version of the definition that the members have put into force, as the own peer knows it. */
  contractsInForce?: string;
  session?: NetworkSession;
}

export type NetworkStep = (run: NetworkRun) => Promise<StepResult>;

/** What a step needs and an earlier one must have set; its absence is a fault in the order of steps. */
export function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`step order: ${what} is not known yet`);
  return value;
}
