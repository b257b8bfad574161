import { z } from 'zod';
import { LedgerError } from './errors.ts';

/** Replies stay below this many bytes, well under the servers' 1 MiB payload limit. */
export const MAX_REPLY_BYTES = 512 * 1024;

/** Largest transaction that a host takes, as JSON in UTF-8; a specification sealed for all parties fits many times. */
export const MAX_TRANSACTION_BYTES = 256 * 1024;

/** Transactions of one block stay below this together: a block that fits no message could never be read by a member. */
export const MAX_BLOCK_BYTES = 512 * 1024;

/** Octets of a value as JSON in UTF-8, which is what a message carries. */
export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

export const blocksRequestSchema = z.strictObject({ from: z.number().int().nonnegative(), limit: z.number().int().min(1).max(1000) });

const refusalSchema = z.object({ ok: z.literal(false), error: z.object({ code: z.string(), message: z.string(), field: z.string().optional() }) });

/** What the host answers: the value, or a refusal with the contract's code. */
export type Reply<T> = ({ ok: true } & T) | z.infer<typeof refusalSchema>;

/** @throws LedgerError MALFORMED */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LedgerError('MALFORMED', 'the request is not JSON', { cause });
  }
}

/** Turns any error into a refusal. Unknown errors are not spelled out to other institutions. */
export function refusal(error: unknown): z.infer<typeof refusalSchema> {
  if (error instanceof LedgerError) {
    return { ok: false, error: { code: error.code, message: error.message, ...(error.field === undefined ? {} : { field: error.field }) } };
  }
  return { ok: false, error: { code: 'INTERNAL', message: 'the ledger host failed; its log names the cause' } };
}

/** Reads a reply. Throws LedgerError with the host's code, or UNAVAILABLE when it is no reply at all. */
export function readReply(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new LedgerError('UNAVAILABLE', 'the ledger host sent something that is not JSON', { cause });
  }
  const refused = refusalSchema.safeParse(value);
  if (refused.success) {
    const { code, message, field } = refused.data.error;
    throw new LedgerError(code, message, field === undefined ? {} : { field });
  }
  if (typeof value !== 'object' || value === null || !('ok' in value)) {
    throw new LedgerError('UNAVAILABLE', 'the ledger host sent a reply without an outcome');
  }
  return value;
}
