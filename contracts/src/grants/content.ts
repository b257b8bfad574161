import { z } from 'zod';
import { didSchema } from '@collabnet/did';
import { OPERATORS, TRUST_MODELS, WIRE_PROFILES, algorithmRefSchema, assetIdSchema } from '@collabnet/flow';

const height = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const flowId = z.string().regex(/^[0-9a-f]{64}$/);
const columns = z.array(z.string().min(1).max(128)).max(256);

/** How long or how often a grant may be used (requirement 92). Times are ms, from inclusive, until exclusive. */
export const grantFormSchema = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('SingleTask'), flow: flowId }),
    z.strictObject({
      type: z.literal('Count'),
      count: z.int().min(1).max(1_000_000),
      notBefore: height.optional(),
      notAfter: height.optional(),
    }),
    z.strictObject({ type: z.literal('Period'), notBefore: height, notAfter: height }),
  ])
  .refine((form) => form.type === 'SingleTask' || (form.notBefore ?? 0) < (form.notAfter ?? Infinity), {
    message: 'notBefore must lie before notAfter',
    path: ['notAfter'],
  });

/** What an owner's person signs: one asset, to one party, for a purpose, algorithms and a form (requirements 90-92). */
export const grantContentSchema = z.strictObject({
  /** Chosen by the owner, never used again, not even after revocation. */
  id: z
    .string()
    .regex(/^[0-9A-Za-z][0-9A-Za-z._:-]{7,127}$/, 'use 8 to 128 letters, digits, dot, underscore, colon, hyphen'),
  asset: assetIdSchema,
  /** The institution that may propose flows with the asset. */
  grantee: didSchema,
  /** Compared as it stands. */
  purpose: z.string().min(1).max(512),
  algorithms: z
    .array(
      z.strictObject({
        name: algorithmRefSchema.shape.name,
        versions: z
          .array(z.union([algorithmRefSchema.shape.version, z.literal('*')]))
          .min(1)
          .max(32),
      }),
    )
    .min(1)
    .max(32),
  trustModels: z.array(z.enum(TRUST_MODELS)).min(1),
  /** Absent: every profile. */
  wireProfiles: z.array(z.enum(WIRE_PROFILES)).min(1).optional(),
  /** Absent: every column that the catalogue shows. */
  columns: z.strictObject({ keys: columns, payload: columns }).optional(),
  form: grantFormSchema,
  /** Absent: the grantee and the owner. */
  receivers: z.array(didSchema).min(1).max(32).optional(),
  /** Absent: any. */
  computeParties: z.array(didSchema).min(1).max(32).optional(),
  /** Absent: any. */
  operators: z.array(z.enum(OPERATORS)).min(1).optional(),
  disclosure: z.strictObject({ minimumSetSize: z.int().min(1).max(1_000_000) }).optional(),
});

/** Ids that begin so are made by the contract when a person approves a flow; see {@link singleTaskGrantId}. */
export const FLOW_GRANT_PREFIX = 'flow-';

/** Id of the n-th grant that a person's consent to a flow amounts to. */
export function singleTaskGrantId(flowId: string, n: number): string {
  return `${FLOW_GRANT_PREFIX}${flowId}-${n}`;
}

export type GrantForm = z.infer<typeof grantFormSchema>;
export type GrantContent = z.infer<typeof grantContentSchema>;
