import { z } from 'zod';

/** Field schemas used by several kinds. Every string and list is bounded, so that the cost of the CEL rules is too. */

/** As in @collabnet/did. */
export const DID_PATTERN = /^did:collab:[0-9a-f]{32}:[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
export const SUBJECT_CODE_PATTERN = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
export const NAME_PATTERN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
export const DURATION_PATTERN = /^([0-9]{1,9}(ms|d|h|m|s))+$/;
export const VERSION_PATTERN = /^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$/;

/** A DNS label: lower-case letters, digits and '-', at most 63. */
export function label(description: string): z.ZodString {
  return z.string().min(1).max(63).regex(NAME_PATTERN).describe(description);
}

export function text(description: string, maximum: number, minimum = 1): z.ZodString {
  return z.string().min(minimum).max(maximum).describe(description);
}

export function did(description: string): z.ZodString {
  return z.string().max(128).regex(DID_PATTERN).describe(description);
}

export function subjectCode(description: string): z.ZodString {
  return z.string().max(63).regex(SUBJECT_CODE_PATTERN).describe(description);
}

/** A length of time such as `15s`, `24h`, `1h30m` or `7d`. */
export function duration(description: string): z.ZodString {
  return z.string().max(32).regex(DURATION_PATTERN).describe(`${description} Written as 500ms, 15s, 5m, 24h or 7d.`);
}

/** An RFC 3339 time in UTC, such as `2026-12-31T00:00:00Z`. */
export function time(description: string): z.ZodString {
  return z
    .string()
    .max(40)
    .refine((value) => !Number.isNaN(Date.parse(value)), { message: 'must be an RFC 3339 time such as 2026-12-31T00:00:00Z' })
    .describe(description)
    .meta({ format: 'date-time' });
}

export function integer(description: string, minimum = 0): z.ZodInt {
  return z.int().min(minimum).describe(description);
}

export function hex(description: string, maximum = 256): z.ZodString {
  return z.string().max(maximum).regex(/^[0-9a-f]*$/).describe(description);
}

/** SM3 digest in hex. */
export function digest(description: string): z.ZodString {
  return z.string().max(64).regex(/^[0-9a-f]{64}$/).describe(description);
}

export function keyId(description: string): z.ZodString {
  return z.string().max(200).regex(/^did:collab:[0-9a-f]{32}:[a-z0-9.-]{3,63}#[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/).describe(description);
}

export function nonce(description: string): z.ZodString {
  return z.string().max(32).regex(/^[0-9a-f]{32}$/).describe(description);
}

/** A reference to an object of the same namespace. */
export function reference(kind: string, description: string): z.ZodObject<{ name: z.ZodString }> {
  return z.object({ name: z.string().min(1).max(253).describe(`Name of the ${kind} in this namespace.`) }).describe(description);
}

export const networkRef = reference('CollabNetwork', 'The CollabNetwork this object belongs to.');

/** A list whose entries are told apart by the keys: server-side apply merges by them and duplicates are refused. */
export function keyed<S extends z.ZodType>(schema: S, keys: readonly string[]): S {
  return schema.meta({ ...schema.meta(), 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [...keys] });
}

/** A list of scalars without duplicates. */
export function unique<S extends z.ZodType<readonly unknown[]>>(schema: S): S {
  return schema.meta({ ...schema.meta(), 'x-kubernetes-list-type': 'set' });
}

export const ALGORITHM_NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

export const algorithmRef = z
  .object({
    name: z.string().min(1).max(63).regex(ALGORITHM_NAME).describe('Name of the algorithm as registered on the ledger, e.g. psi.'),
    version: z.string().max(32).regex(VERSION_PATTERN).describe('Exact version of the algorithm, e.g. 1.0.0.'),
  })
  .describe('Algorithm, by the name and version registered on the ledger.');

export const trustModel = z
  .enum(['TwoPartySemiHonest', 'MultiPartySemiHonest', 'ThreePartyHonestMajority', 'TrustedExecution', 'SimulatedTrustedExecution'])
  .describe(
    'What the protocol assumes of the other parties. TwoPartySemiHonest: the other follows the protocol but may try to learn from it. MultiPartySemiHonest: the same of 3 to 8 parties of whom no two put together what they see. ThreePartyHonestMajority: three compute on secret shares, and no two of them put together what they see; up to five more may give them columns as shares. TrustedExecution: one computes in the clear, in a trusted execution environment that a verifier vouches for. SimulatedTrustedExecution: the same without any protection, to try it out.',
  );

/** What a step can compute, as the catalogue of @collabnet/flow has it. */
export const operator = z.enum(['Intersection', 'Difference', 'Union', 'Cardinality', 'Join', 'PrivateQuery', 'SqlQuery', 'Deliver', 'Expression', 'Program', 'Statistics', 'CrossTable', 'Binning', 'Regression', 'GradientBoosting', 'KMeans', 'Predict', 'Evaluate', 'Explain']);

/** Programs that run in compute pods. */
export const engine = z.enum(['spu', 'sets']);

export const wireProfile = z
  .enum(['intl', 'gm'])
  .describe('Cryptography between couriers. intl: X25519 and AES-256-GCM. gm: SM2 agreement, SM4-CTR and HMAC-SM3.');
