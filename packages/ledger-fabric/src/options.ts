import type { ContractsReleases } from '@collabnet/contracts';
import type { FabricState } from './stored-block.ts';

/** A peer of the own institution. */
export interface FabricEndpoint {
  /** `host:port` */
  readonly address: string;
  /** Name in its TLS certificate, where it differs from the host. */
  readonly serverName?: string | undefined;
}

/** What the peers know this process by; read at each connection, so that renewed files count. */
export interface FabricIdentity {
  readonly mspId: string;
  /** PEM */
  readonly certificate: string;
  /** PEM, ECDSA */
  readonly privateKey: string;
  /** PEM of the authorities of the peers' TLS certificates. */
  readonly tlsAuthorities: string;
  /** Key and certificate for peers that demand mutual TLS, PEM. */
  readonly tls?: { readonly certificate: string; readonly privateKey: string } | undefined;
}

export interface FabricLedgerOptions {
  readonly networkId: string;
  readonly channel: string;
  /** Name of the chaincode on the channel; default `collabnet`. */
  readonly chaincode?: string | undefined;
  readonly identity: () => FabricIdentity;
  /** Peers of the own institution, in order of preference; read at each connection, since they come and go. */
  readonly endpoints: () => readonly FabricEndpoint[];
  /**
   * MSP ids of the other organisations of the channel, asked for each time since members come and go. A view counts as confirmed when a majority of all, the own one included, know of
   * no newer block; without them the own peer is believed alone, also when it is cut off from the others. They are also
   * asked to endorse in turn where endorsers disagree.
   */
  readonly confirmWith?: (() => readonly string[]) | undefined;
  /** From `openReplicaState`; a file is the checkpoint from which a later process goes on. */
  readonly state: FabricState;
  /** Versions of the contracts that this process can run; default those of the build. */
  readonly releases?: ContractsReleases | undefined;
  readonly now?: (() => number) | undefined;
  /** How long a submit is tried again, ms; default 60 s. */
  readonly submitTimeoutMs?: number | undefined;
  /** Blocks may lie at most this far ahead of the local clock, ms; default 10 min (design §8.7). */
  readonly maxClockSkewMs?: number | undefined;
  readonly onError?: ((error: unknown) => void) | undefined;
}

export const DEFAULT_CHAINCODE = 'collabnet';
