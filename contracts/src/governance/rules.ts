import { z } from 'zod';

/** Numbers of the network that every method reads; fixed at genesis. */
export const networkRulesSchema = z.strictObject({
  /** Smallest set an output may be about, where neither asset nor grant says more (design.md §8.5). */
  minimumSetSizeDefault: z.int().min(1).max(1_000_000).default(100),
  /** How long an attempt may wait for all reservations, ms. */
  reserveWindowMs: z.int().min(1_000).max(86_400_000).default(600_000),
  /** Length of a lease, ms. */
  leaseMs: z.int().min(1_000).max(3_600_000).default(60_000),
  /**
   * How long a recovery of an institution's keys waits for a veto, ms of block time; {@link DEFAULT_RECOVERY_LOCK_MS}
   * when absent. Without a default, since the state root of networks founded before it covers their rules as they are.
   */
  recoveryLockMs: z.int().min(1_000).max(2_592_000_000).optional(),
  /**
   * How long an admission holds of an institution that does not come, ms of block time; {@link DEFAULT_ADMISSION_LAPSE_MS}
   * when absent, as above.
   */
  admissionLapseMs: z.int().min(1_000).max(7_776_000_000).optional(),
});

export type NetworkRules = z.infer<typeof networkRulesSchema>;

/** A day: long enough for somebody to notice and veto. */
export const DEFAULT_RECOVERY_LOCK_MS = 86_400_000;

/** A week: long enough to put a network or a certificate right. */
export const DEFAULT_ADMISSION_LAPSE_MS = 7 * 86_400_000;

/** The rules of a network that names none. */
export const DEFAULT_RULES: NetworkRules = networkRulesSchema.parse({});
