import type { Json, JsonObject, SignedTransaction } from '@collabnet/envelope';
import type { GenesisPayload } from '../governance/genesis-payload.ts';
import type { WorldState } from '../state/world-state.ts';
import type { BlockInfo, ExecutionResult } from './context.ts';

/**
 * Brings records of earlier versions to what `to` expects. It is a rule like all others: it depends on the state alone,
 * and replicas run it again. It runs in one transaction, so it must stay small; records that are many are better read in
 * both forms and changed when they are next written.
 */
export interface Migration {
  /** Version whose rules need it. */
  readonly to: string;
  readonly run: (state: WorldState) => void;
}

/** One version of the rules, as a build carries it. */
export interface ContractsRelease {
  /** Three numbers with dots. */
  readonly version: string;
  genesis(state: WorldState, payload: GenesisPayload): void;
  execute(state: WorldState, block: BlockInfo, tx: SignedTransaction): ExecutionResult;
  query(state: Pick<WorldState, 'get' | 'range' | 'history'>, block: BlockInfo, contract: string, method: string, args?: JsonObject): Json;
  /** In ascending order of `to`, from the first version that the release can follow on. */
  readonly migrations: readonly Migration[];
}

/** The versions that a build can run. */
export interface ContractsReleases {
  /** What its chaincode runs, and what its operator approves. */
  readonly newest: ContractsRelease;
  /** Undefined for a version that it cannot run. */
  of(version: string): ContractsRelease | undefined;
}

/** @param older kept so that replicas run the blocks of those versions again, too */
export function releasesOf(newest: ContractsRelease, ...older: readonly ContractsRelease[]): ContractsReleases {
  const all = new Map([newest, ...older].map((release) => [release.version, release]));
  return { newest, of: (version) => all.get(version) };
}
