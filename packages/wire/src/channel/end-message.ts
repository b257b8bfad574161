import { z } from 'zod';

/** Payload of END: totals of the sender's direction, and how its side ended. */
export const endSchema = z.strictObject({
  status: z.enum(['Complete', 'Failed']),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  frames: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  failure: z.strictObject({ code: z.string().max(128), retryable: z.boolean() }).optional(),
});
export type EndMessage = z.infer<typeof endSchema>;
/** Why the peer's side failed. */
export type EndFailure = NonNullable<EndMessage['failure']>;
