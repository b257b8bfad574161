import { z } from 'zod';
import { count, epochMs, publicKeySchema, signatureSchema } from './primitives.ts';
import { inputCommitmentSchema, receiptSchema } from '@collabnet/flow';

export const courierStatusSchemaId = 'collabnet.dev/courier-status/v1';

export const COURIER_STATES = ['Fetching', 'Reserved', 'Handshaking', 'Running', 'Delivering', 'Finished', 'Failed', 'Released'] as const;
export type CourierState = (typeof COURIER_STATES)[number];

/** Everything the operator needs for `flows.reserve`. Present from `Reserved` on. */
export const reservedSchema = z.strictObject({
  inputCommitments: z.array(inputCommitmentSchema),
  courierKey: publicKeySchema,
  /** Short word for the confinement of the engine, such as `no-new-privs+seccomp`. */
  isolation: z.string().max(128),
});

export const courierFailureSchema = z.strictObject({
  /** Stable word, such as `PEER_HANDSHAKE_TIMEOUT`, `LEASE_LAPSED`, `DATA_PROXY_<code>`, `ENGINE_<code>`. */
  code: z.string().regex(/^[A-Z][A-Z0-9_]{0,127}$/),
  message: z.string().max(1024),
  retryable: z.boolean(),
  /** Whether an engine's byte may have reached a peer: then the use of the grants is spent. */
  exchanged: z.boolean(),
});
export type CourierFailure = z.infer<typeof courierFailureSchema>;

/** What the engine last reported, beside bytes through the tunnels. */
export const progressSchema = z.strictObject({
  phase: z.string().max(32),
  percent: z.number().min(0).max(100),
  rows: count.optional(),
  sentBytes: count,
  receivedBytes: count,
});

export const courierStatusSchema = z.strictObject({
  schema: z.literal(courierStatusSchemaId),
  state: z.enum(COURIER_STATES),
  /** Epoch ms at which the state was entered. */
  since: epochMs,
  /** The states it was in and when it entered each, epoch ms; the last one is the present one. */
  history: z.array(z.strictObject({ state: z.enum(COURIER_STATES), since: epochMs })).max(16).optional(),
  /** First byte of an engine given to the wire or taken from it: report `flows.touch`. */
  exchanged: z.boolean(),
  reserved: reservedSchema.optional(),
  progress: progressSchema.optional(),
  /** Only told to the institution's own operator: rows and bytes of the delivered result. */
  result: z.strictObject({ output: z.string(), rows: count, bytes: count }).optional(),
  receipt: receiptSchema.optional(),
  signature: signatureSchema.optional(),
  failure: courierFailureSchema.optional(),
});
export type CourierStatus = z.infer<typeof courierStatusSchema>;
