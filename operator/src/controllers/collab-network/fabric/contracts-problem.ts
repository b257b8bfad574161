import { WaitError } from '../../../runtime/index.ts';

/** Too few institutions have approved the contracts of the own release so far. */
export const CONTRACTS_AWAITED = 'ContractsAwaitingApproval';
/** The others have agreed on contracts that the own release does not have. */
export const CONTRACTS_OUTDATED = 'ContractsOutdated';
/** What the own release has is not what is in force. */
export const CONTRACTS_REASONS: readonly string[] = [CONTRACTS_AWAITED, CONTRACTS_OUTDATED];

/** The own contracts do not serve. */
export const CHAINCODE_NOT_READY = 'ChaincodeNotReady';

/** People in other institutions decide about it: no need to look all the time. */
const RECHECK_MS = 10_000;

export function contractsProblem(reason: typeof CONTRACTS_AWAITED | typeof CONTRACTS_OUTDATED, message: string): WaitError {
  return new WaitError(reason, message, RECHECK_MS);
}
