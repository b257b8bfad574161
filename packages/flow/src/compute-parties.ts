import { OPERATOR_CATALOGUE } from './operators/catalogue.ts';
import type { OperatorName } from './operators/operator.ts';
import type { PartyRange } from './party-range.ts';
import { COMPUTE_PARTIES, type TrustModel } from './vocabulary.ts';

/**
 * How many parties may compute a step. An honest majority is about three parties that compute on shares; the sets of two of
 * them are matched by these two alone.
 */
export function computeParties(trustModel: TrustModel, operator: OperatorName): PartyRange {
  const keyed = OPERATOR_CATALOGUE[operator].inputs.rows === 'Keyed';
  return trustModel === 'ThreePartyHonestMajority' && keyed ? { minimum: 2, maximum: 3 } : COMPUTE_PARTIES[trustModel];
}
