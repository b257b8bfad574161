import { OPERATOR_CATALOGUE } from './operators/catalogue.ts';
import type { OperatorName } from './operators/operator.ts';
import type { PartyRange } from './party-range.ts';
import { COMPUTE_PARTIES, type TrustModel } from './vocabulary.ts';

/**
 * How many parties may compute a step. An honest majority is about three parties that compute on shares; the sets of two of
 * them are matched by these two alone, and what one of them gives to another concerns no third.
 */
export function computeParties(trustModel: TrustModel, operator: OperatorName): PartyRange {
  const { rows } = OPERATOR_CATALOGUE[operator].inputs;
  const onShares = rows === 'Joined' || rows === 'None';
  return trustModel === 'ThreePartyHonestMajority' && !onShares ? { minimum: 2, maximum: 3 } : COMPUTE_PARTIES[trustModel];
}
