import { z } from 'zod';
import { PSI_CURVES, PSI_PROTOCOLS } from '../vocabulary.ts';
import type { PsiProtocol } from './operator.ts';

/** Parameters of the operators on sets. */
export function setParameters(protocol: PsiProtocol): z.ZodObject {
  return z.strictObject({
    protocol: z
      .enum(PSI_PROTOCOLS)
      .default(protocol)
      .describe('RR22: fast, for large sets of two parties. ECDH: less traffic, any number of parties.'),
    curve: z
      .enum(PSI_CURVES)
      .default('Curve25519')
      .describe('Curve of ECDH; RR22 has none. SM2 hashes with SM3 (GM/T 0003, GM/T 0004).'),
  });
}
