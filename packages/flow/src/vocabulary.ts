/** The closed word lists of the task language. Adding a word is a new rule version, never a silent change. */

/** Joins a two-party intersection step can deliver. */
export const JOINS = ['Intersection', 'Difference'] as const;
export type Join = (typeof JOINS)[number];

/** Who is trusted how much. Only protocols of a step's trust model may run it (design.md §7). */
export const TRUST_MODELS = ['TwoPartySemiHonest', 'ThreePartyHonestMajority'] as const;
export type TrustModel = (typeof TRUST_MODELS)[number];

/** Number of compute parties a trust model demands. */
export const COMPUTE_PARTIES: Readonly<Record<TrustModel, number>> = {
  TwoPartySemiHonest: 2,
  ThreePartyHonestMajority: 3,
};

/** Cryptography of the frames between couriers; fixed by the flow, never negotiated. */
export const WIRE_PROFILES = ['intl', 'gm'] as const;
export type WireProfile = (typeof WIRE_PROFILES)[number];

/** Intersection protocols of the engine. */
export const PSI_PROTOCOLS = ['RR22', 'ECDH'] as const;

/**
 * Protocols the engine has and this project refuses: SEMI2K takes its randomness from one trusted party, which is not
 * the trust model that an owner consents to.
 */
export const REFUSED_PROTOCOLS = ['SEMI2K'] as const;
