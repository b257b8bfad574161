import { z } from 'zod';
import { courierStatusSchema } from './courier-status.ts';
import { didText, epochMs, publicKeySchema } from './primitives.ts';

const lease = z.strictObject({ until: epochMs });

/**
 * Requests on `attemptControlSubject`. Every one is idempotent and answered with the status after it.
 * `start` needs the peers' attempt keys as the ledger has them; `institutionKey`, where given, is the registered key of
 * the peer's institution, and the delegation that the peer shows is verified against it.
 */
export const controlRequestSchema = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('status') }),
  z.strictObject({
    op: z.literal('start'),
    lease,
    peers: z.array(z.strictObject({ did: didText, courierKey: publicKeySchema, institutionKey: publicKeySchema.optional() })).min(1),
  }),
  z.strictObject({ op: z.literal('lease'), until: epochMs }),
  z.strictObject({ op: z.literal('abort'), reason: z.string().max(256).optional() }),
  z.strictObject({ op: z.literal('release') }),
]);
export type ControlRequest = z.infer<typeof controlRequestSchema>;

export const controlReplySchema = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), status: courierStatusSchema }),
  z.strictObject({
    ok: z.literal(false),
    error: z.strictObject({ code: z.enum(['INVALID_ARGUMENT', 'ILLEGAL_STATE']), message: z.string(), field: z.string().optional() }),
  }),
]);
export type ControlReply = z.infer<typeof controlReplySchema>;
