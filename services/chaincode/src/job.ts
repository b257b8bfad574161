import type { FabricGenesis, KeyPolicy, Refusal, StampedWrite } from '@collabnet/fabric-execution';
import type { SignedTransaction } from '@collabnet/envelope';

/** One proposal for a worker to run. */
export type Job =
  | { readonly name: 'found'; readonly genesis: FabricGenesis }
  | { readonly name: 'submit'; readonly tx: SignedTransaction; readonly seenHeight: number; readonly time: number }
  | { readonly name: 'upgrade'; readonly seenHeight: number; readonly time: number };

/** What the transaction is on the ledger; endorsers agree on it, so it holds nothing else. */
export interface Receipt {
  readonly contracts: string;
  readonly digest: string;
  readonly height: number;
  readonly time: number;
}

/** How a job ended. `failure` is a fault of this process, not a refusal. */
export type JobResult =
  | { readonly receipt: Receipt; readonly writes: StampedWrite[]; readonly policies: readonly KeyPolicy[] }
  | { readonly refusal: Refusal }
  | { readonly failure: string };
