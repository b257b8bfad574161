import { keys, OPEN_METHODS } from '@collabnet/contracts';
import { transactionDigest, type SignedTransaction } from '@collabnet/envelope';

/** What can be a key of the ledger; nothing else is asked of a peer in the name of somebody who is not known yet. */
const KEY = /^[\x21-\x7e]{1,512}$/;

/**
 * Keys that a transaction reads in any case, if it is not refused: an endorser may fetch them all at once. Never
 * one more: what is fetched is part of what is endorsed.
 *
 * @param tx not verified; a malformed one has none
 */
export function expectedReads(tx: SignedTransaction): string[] {
  try {
    const { contract, method, principal, delegations } = tx.payload;
    const open = OPEN_METHODS.includes(`${contract}.${method}`);
    // A delegate need not be registered, and an institution that acts for itself is the member that must be active.
    const own = delegations.length === 0;
    const expected = [
      keys.network,
      ...(own ? [keys.did(principal.id)] : []),
      keys.transaction(transactionDigest(tx.payload)),
      ...(open ? [] : [keys.rights]),
      ...(own && !open && principal.type === 'institution' ? [keys.member(principal.id)] : []),
    ];
    return expected.every((key) => KEY.test(key)) ? expected : [];
  } catch {
    return [];
  }
}
