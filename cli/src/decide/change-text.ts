import type { ChangeStatement } from '@collabnet/contracts';
import { fields } from '../base/table.ts';
import type { ReadyNetwork } from '../kube/networks.ts';
import { votesText } from './votes-text.ts';

/** A change of a membership for people: what they vote on, read out of the statement itself, and what the others have said. */
export function changeText({ object: { spec, status }, id: networkId }: ReadyNetwork, id: string, { did, change, expires }: ChangeStatement): string {
  const pending = status?.pendingChanges?.find((one) => one.id === id);
  return fields([
    ['change', id],
    ['network', `${spec.displayName} (${networkId.slice(0, 16)})`],
    ['what', change],
    ['member', did],
    ['name', status?.members?.find((member) => member.did === did)?.displayName],
    ['reason given', pending?.reason],
    ['votes', votesText(pending?.votes)],
    ['votes needed', pending?.needed],
    ['vote until', new Date(expires).toISOString()],
  ]);
}
