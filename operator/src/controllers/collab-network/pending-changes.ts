import type { ChangeRecord, MemberRecord, Page } from '@collabnet/contracts';
import type { CollabNetworkStatus } from '@collabnet/crds';
import { canonicalJson } from '@collabnet/envelope';
import type { Ledger } from '@collabnet/ledger';

type PendingChange = NonNullable<CollabNetworkStatus['pendingChanges']>[number];

/**
 * Changes of memberships that can still be voted on; those that have waited longest come first.
 *
 * @param now time of the ledger, ms
 */
export async function pendingChanges(ledger: Pick<Ledger, 'evaluate'>, members: readonly Pick<MemberRecord, 'did' | 'displayName' | 'state'>[], now: number): Promise<PendingChange[]> {
  const { items } = await ledger.evaluate<Page<ChangeRecord>>('membership', 'changes', { state: 'Voting', limit: 50 });
  const needed = Math.floor(members.filter(({ state }) => state === 'Active').length / 2) + 1;
  return items
    .filter(({ statement }) => now < statement.expires)
    .toSorted((one, other) => one.proposedAt - other.proposedAt)
    .map(({ id, statement, votes }) => {
      const { did, change, expires } = statement;
      const displayName = members.find((member) => member.did === did)?.displayName;
      const cast = Object.entries(votes).toSorted(([, one], [, other]) => one.height - other.height);
      const reason = cast[0]?.[1].reason;
      return {
        id,
        did,
        ...(displayName !== undefined && { displayName }),
        change,
        ...(reason !== undefined && { reason }),
        votes: cast.map(([member, { decision }]) => ({ member, decision })),
        needed,
        expires: new Date(expires).toISOString(),
        statement: canonicalJson(statement),
      };
    });
}
