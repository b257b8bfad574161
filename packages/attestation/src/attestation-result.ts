import { z } from 'zod';

const status = z.enum(['none', 'affirming', 'warning', 'contraindicated']);

/** Appraisal of one part of an environment. */
const submodule = z.looseObject({
  'ear.status': status,
  /** Which of its policies the verifier has applied. */
  'ear.appraisal-policy-id': z.string().max(256).optional(),
});

/**
 * Claims of an EAT Attestation Result (draft-ietf-rats-ear): what a verifier says of an environment after it has appraised its
 * evidence (RFC 9334). Of other claims nothing is made.
 */
export const attestationResultSchema = z.looseObject({
  eat_profile: z.string().min(1).max(256),
  /** Seconds since 1970. */
  iat: z.number(),
  exp: z.number().optional(),
  /** What the environment had vouched for: here a key that it alone has (RFC 9711 §4.1). */
  eat_nonce: z.union([z.string(), z.array(z.string()).max(16)]),
  submods: z.record(z.string(), submodule).refine((parts) => Object.keys(parts).length > 0, 'appraises nothing'),
  /** Set by the simulator, and by nothing else. */
  'collabnet.simulated': z.literal(true).optional(),
});

export type AttestationResult = z.infer<typeof attestationResultSchema>;
