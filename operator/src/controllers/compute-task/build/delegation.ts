import { delegationSchemaId, type Delegation } from '@collabnet/envelope';
import type { AttemptId } from './names.ts';

/** What an attempt's key may do in the institution's name: tell that data flowed, and sign the receipt. Never consent. */
export const ATTEMPT_ACTIONS = ['flows.touch', 'receipts.submit'];
/** Clocks of an institution's machines and of the ledger's host may differ by this, ms. */
const SKEW_MS = 300_000;

/**
 * The institution's delegation to the key of one attempt, before it is signed.
 *
 * @param options.expires ms, exclusive
 */
export function attemptDelegation(options: {
  readonly networkId: string;
  readonly did: string;
  readonly keyId: string;
  readonly id: AttemptId;
  readonly publicKey: string;
  readonly now: number;
  readonly expires: number;
}): Omit<Delegation, 'signature'> {
  const { networkId, did, keyId, id, publicKey, now, expires } = options;
  return {
    schema: delegationSchemaId,
    network: networkId,
    id: `${id.flowId}/${id.step}/${id.attempt}`,
    delegator: { id: did, keyId },
    delegate: { type: 'workload', id: `${did}/courier/${id.flowId.slice(0, 32)}/${id.step}/${id.attempt}`, publicKey },
    actions: ATTEMPT_ACTIONS,
    task: id.flowId,
    attempt: String(id.attempt),
    notBefore: now - SKEW_MS,
    expires,
  };
}
