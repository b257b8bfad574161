import type { PartyRange } from './party-range.ts';

/** The closed word lists of the task language. Adding a word is a new rule version, never a silent change. */

/** What a step can compute; the catalogue of operators describes each. */
export const OPERATORS = ['Intersection', 'Difference', 'Union', 'Cardinality', 'Join', 'PrivateQuery', 'SqlQuery', 'Deliver', 'Expression', 'Program', 'Statistics', 'CrossTable', 'Binning', 'Regression', 'GradientBoosting', 'KMeans', 'Predict', 'Evaluate', 'Explain'] as const;

/** Programs that run in compute pods. */
export const ENGINES = ['spu', 'sets'] as const;

/** Who is trusted how much. Only protocols of a step's trust model may run it (design.md §7). */
export const TRUST_MODELS = ['TwoPartySemiHonest', 'MultiPartySemiHonest', 'ThreePartyHonestMajority', 'TrustedExecution', 'SimulatedTrustedExecution'] as const;
export type TrustModel = (typeof TRUST_MODELS)[number];

/** Parties that a ComputeTask can name. */
export const MOST_PARTIES = 8;

/** Sizes that a ComputeTask can have: what a proposal could have beyond them, nobody could look at or refuse in the cluster. */
export const MOST = { steps: 16, inputs: 8, keys: 8, columns: 64, outputs: 8, auditors: 8, attempts: 5 } as const;

/** Numbers of compute parties that a trust model is about. */
export const COMPUTE_PARTIES: Readonly<Record<TrustModel, PartyRange>> = {
  TwoPartySemiHonest: { minimum: 2, maximum: 2 },
  MultiPartySemiHonest: { minimum: 3, maximum: MOST_PARTIES },
  ThreePartyHonestMajority: { minimum: 3, maximum: MOST_PARTIES },
  TrustedExecution: { minimum: 2, maximum: MOST_PARTIES },
  SimulatedTrustedExecution: { minimum: 2, maximum: MOST_PARTIES },
};

/** Of an honest majority the parties that compute on shares: the first ones in `roles.compute`. Every further one gives its columns as shares. */
export const PARTIES_ON_SHARES = 3;

/** Cryptography of the frames between couriers; fixed by the flow, never negotiated. */
export const WIRE_PROFILES = ['intl', 'gm'] as const;
export type WireProfile = (typeof WIRE_PROFILES)[number];

/** Protocols of the operators on sets. */
export const PSI_PROTOCOLS = ['RR22', 'ECDH'] as const;

/** Protocols of secure multi-party computation; the trust model of a task decides which one runs. */
export const MPC_PROTOCOLS = { TwoPartySemiHonest: 'CHEETAH', ThreePartyHonestMajority: 'ABY3' } as const;

/** Curves of ECDH. */
export const PSI_CURVES = ['Curve25519', 'SM2'] as const;

/**
 * Protocols the engine has and this project refuses: SEMI2K takes its randomness from one trusted party, which is not
 * the trust model that an owner consents to.
 */
export const REFUSED_PROTOCOLS = ['SEMI2K'] as const;
