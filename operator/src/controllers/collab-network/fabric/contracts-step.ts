import { isOlderVersion } from '@collabnet/contracts';
import type { CommittedDefinition } from '@collabnet/fabric-network';
import { contractsVersionOf, definitionVersion, type OwnContracts } from './own-contracts.ts';

/**
 * What this institution does about the contracts of the channel:
 *
 * - `Approve`: the own ones at this sequence. `inForce`: they are in force already, and the approval lets the own peer serve them.
 * - `Await`: the own peer has not read yet what is in force.
 * - `Outdated`: the others have put into force what the own release does not have; nothing is to be approved.
 */
export type ContractsStep = { readonly kind: 'Approve'; readonly sequence: number; readonly inForce: boolean } | { readonly kind: 'Await' } | { readonly kind: 'Outdated' };

/**
 * The release that an institution installs is its decision: what it contains is approved, a later version than the one in
 * force as the next sequence. Never an earlier one, since the way back is a new version; nor another build of the version in force
 * where this institution has been outvoted about it.
 *
 * @param self MSP id of this institution, and whether it founded the network: the first definition is the founder's
 * @param committed definition in force, as the own peer knows it
 */
export function contractsStep(own: OwnContracts, self: { mspId: string; founder: boolean }, committed: CommittedDefinition | undefined): ContractsStep {
  if (committed === undefined) return self.founder ? { kind: 'Approve', sequence: 1, inForce: false } : { kind: 'Await' };
  if (committed.version === definitionVersion(own)) return { kind: 'Approve', sequence: committed.sequence, inForce: true };
  const known = contractsVersionOf(committed.version);
  const later = isOlderVersion(known, own.version);
  const rebuilt = known === own.version && committed.approvals[self.mspId] === true;
  return later || rebuilt ? { kind: 'Approve', sequence: committed.sequence + 1, inForce: false } : { kind: 'Outdated' };
}

/** Who has approved and who has not. */
export interface Approvals {
  readonly given: readonly string[];
  readonly missing: readonly string[];
}

export function approvalsOf(approvals: Readonly<Record<string, boolean>>): Approvals {
  const of = (given: boolean): string[] => Object.keys(approvals).filter((mspId) => approvals[mspId] === given).sort();
  return { given: of(true), missing: of(false) };
}

/** Fabric commits a definition that more than half of the organisations have approved. */
export function suffices({ given, missing }: Approvals): boolean {
  return given.length > missing.length;
}
