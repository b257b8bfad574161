import type { JoinRecord } from '@collabnet/contracts';
import type { Ledger } from '@collabnet/ledger';
import { findOnLedger } from '../find-on-ledger.ts';
import type { WantedChange } from './channel-changes.ts';

/**
 * What speaks against taking a member in because of its release: with other contracts than those in force its peer does not
 * endorse, and a network of two could not write. It is the member's own word. Whoever lies about it could as well
 * let its peer endorse nothing; what this prevents is a mistake.
 *
 * @param inForce definition of the contracts in force, as the own peer knows it
 */
export async function contractsHindrance(ledger: Pick<Ledger, 'evaluate'>, { displayName, join }: Pick<WantedChange, 'displayName' | 'join'>, inForce: string | undefined): Promise<string | undefined> {
  const record = join === undefined ? undefined : await findOnLedger<JoinRecord>(ledger, 'membership', 'joinRequest', { id: join });
  if (record?.contracts !== undefined && record.contracts === inForce) return undefined;
  return `${displayName} comes to the channel when its release has the contracts in force, ${inForce ?? 'of which there are none'}: it says that it has ${record?.contracts ?? 'none'}. It is to install the release that the network runs; then it says so by itself`;
}
