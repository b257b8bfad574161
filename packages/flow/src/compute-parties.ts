import { OPERATOR_CATALOGUE } from './operators/catalogue.ts';
import type { OperatorName } from './operators/operator.ts';
import type { PartyRange } from './party-range.ts';
import { COMPUTE_PARTIES, MOST_PARTIES, PARTIES_ON_SHARES, type TrustModel } from './vocabulary.ts';

/**
 * How many parties may take part in the computing of a step. An honest majority is about three parties that compute on shares,
 * whoever gives these; the sets of two of them are matched by these two alone, and what one of them gives to another concerns no third.
 */
export function computeParties(trustModel: TrustModel, operator: OperatorName): PartyRange {
  return trustModel === 'ThreePartyHonestMajority' && !isOnShares(operator) ? { minimum: 2, maximum: MOST_PARTIES } : COMPUTE_PARTIES[trustModel];
}

/**
 * The parties that hold shares in a step: the first three of more. Every further one has an engine too, which splits its columns
 * and sends each of the three its share, and takes part in nothing else but what is opened to it.
 *
 * @param compute `roles.compute`, whose order decides
 */
export function partiesOnShares<Party>(operator: OperatorName, compute: readonly Party[]): readonly Party[] {
  return isOnShares(operator) ? compute.slice(0, PARTIES_ON_SHARES) : compute;
}

function isOnShares(operator: OperatorName): boolean {
  const { rows } = OPERATOR_CATALOGUE[operator].inputs;
  return rows === 'Joined' || rows === 'None';
}
