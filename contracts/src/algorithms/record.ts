import { z } from 'zod';
import { ENGINES, LONGEST_PROGRAM, OPERATORS, TRUST_MODELS, algorithmRefSchema } from '@collabnet/flow';

const digest = z.string().regex(/^[0-9a-f]{64}$/, 'give 64 lower-case hex digits');

/** What is registered of an algorithm version (requirement 85). */
export const algorithmContentSchema = z.strictObject({
  name: algorithmRefSchema.shape.name,
  version: algorithmRefSchema.shape.version,
  engine: z.enum(ENGINES),
  /** That it implements, as the catalogue of operators describes them. */
  operators: z.array(z.enum(OPERATORS)).min(1),
  image: z.string().min(1).max(512),
  /** Absent where images are side-loaded and have no registry digest. */
  imageDigest: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/, 'give sha256:<64 hex digits>')
    .optional(),
  codeDigest: digest.optional(),
  parametersSchemaDigest: digest.optional(),
  /** The algorithm party's own text, for the operator Program (requirements 44, 85). */
  program: z.string().min(1).max(LONGEST_PROGRAM).optional(),
  trustClass: z.enum(['ReviewedProtocol']),
  trustModels: z.array(z.enum(TRUST_MODELS)).min(1),
  /** What a party learns beside the agreed output, in words for the one who consents. */
  leakage: z.string().min(1).max(4096),
});

export type AlgorithmContent = z.infer<typeof algorithmContentSchema>;
export type AlgorithmState = 'Registered' | 'Refused' | 'Approved' | 'Retired' | 'Revoked';

/** `algorithm/<name>/<version>` */
export interface AlgorithmRecord {
  schema: 'collabnet.dev/algorithm/v1';
  rules: string;
  content: AlgorithmContent;
  /** SM3 digest of the canonical content: the subject of votes. */
  digest: string;
  provider: string;
  state: AlgorithmState;
  votes: Votes;
  registeredAt: number;
  registeredHeight: number;
  decidedAt?: number;
}

/** By DID of the institution: its one vote and the person who cast it. */
export interface Votes {
  [institution: string]: { decision: 'Approve' | 'Refuse'; person: string; reason?: string; height: number };
}
