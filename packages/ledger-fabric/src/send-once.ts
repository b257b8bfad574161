import type { Gateway } from '@hyperledger/fabric-gateway';
import type { Refusal } from '@collabnet/fabric-execution';
import type { CommitWatch } from './commit-watch.ts';
import { endorsementFailure } from './endorsement-failure.ts';
import { timedProposal } from './timed-proposal.ts';

const COMMIT_MS = 20_000;
/** After a failed hand-over to the orderer: it may have been taken all the same. */
const OPEN_MS = 3_000;

/** How one way through endorsement, ordering and validation ended. */
export interface Attempt {
  /** Fabric's validation code, once the transaction stands in a verified block. */
  readonly code?: string;
  readonly refusal?: Refusal | undefined;
  /** The own peer's contracts refused. */
  readonly byOwn?: boolean;
  readonly final?: boolean;
  /** Endorsers do not agree. */
  readonly disagreement?: boolean;
  readonly message?: string;
  /** It was handed over, and what became of it is not known. */
  readonly open?: boolean;
}

export interface Sending {
  readonly gateway: Gateway;
  /** MSP id of this institution. */
  readonly own: string;
  readonly channel: string;
  readonly chaincode: string;
  readonly commits: CommitWatch;
  readonly args: readonly string[];
  /** Epoch ms. */
  readonly time: number;
  /** MSP ids of who shall endorse; the gateway chooses when absent. */
  readonly organisations?: readonly string[] | undefined;
}

/** Sends a call once; every failure is an answer. */
export async function sendOnce({ gateway, own, channel, chaincode, commits, args, time, organisations }: Sending): Promise<Attempt> {
  const proposal = timedProposal(gateway, channel, chaincode, args, time, organisations);
  let endorsed: Awaited<ReturnType<typeof proposal.endorse>>;
  try {
    endorsed = await proposal.endorse();
  } catch (error) {
    return endorsementFailure(error, own);
  }
  const abandon = new AbortController();
  const committed = commits.wait(proposal.getTransactionId(), COMMIT_MS, abandon.signal);
  let message: string | undefined;
  try {
    await endorsed.submit();
  } catch (error) {
    message = error instanceof Error ? error.message : String(error);
    setTimeout(() => abandon.abort(), OPEN_MS);
  }
  const code = await committed;
  return code === undefined ? { open: true, ...(message !== undefined && { message }) } : { code };
}
