import { isOlderVersion } from '@collabnet/contracts';
import type { WaitError } from '../../../runtime/index.ts';
import { CONTRACTS_AWAITED, CONTRACTS_OUTDATED, contractsProblem } from './contracts-problem.ts';
import { contractsVersionOf, definitionVersion, type OwnContracts } from './own-contracts.ts';

/**
 * Why an institution cannot be taken in with the contracts of its release: its peer would not endorse, and from the moment
 * that it is on the channel its endorsement counts. Its chaincode runs the newest contracts of the release and no others, so
 * these must be in force, to the digest; that its replica can run those of before does not help.
 *
 * @param inForce definition in force, as far as the institution knows it
 */
export function contractsHold(own: OwnContracts, inForce: string | undefined): WaitError | undefined {
  const definition = definitionVersion(own);
  if (inForce === undefined) return contractsProblem(CONTRACTS_AWAITED, `the members have not put any contracts into force yet; this release has ${definition}`);
  if (inForce === definition) return undefined;
  const what = `the network runs contracts ${inForce}, this release has ${definition}: its peer could not endorse, so the members would not take it in. Install the release that the network runs`;
  if (!isOlderVersion(contractsVersionOf(inForce), own.version)) return contractsProblem(CONTRACTS_OUTDATED, what);
  return contractsProblem(CONTRACTS_AWAITED, `${what}, or wait until its members have put ${own.version} into force`);
}
