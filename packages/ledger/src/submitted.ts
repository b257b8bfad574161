import { signedTransactionSchema, type SignedTransaction, type TransactionPayload } from '@collabnet/envelope';
import { LedgerError } from './errors.ts';
import type { SubmitResult } from './ledger.ts';
import { jsonBytes, MAX_TRANSACTION_BYTES, parseJson } from './protocol.ts';

/** A transaction that was submitted to a host, and what became of it. */
export interface SubmittedTransaction {
  readonly payload: TransactionPayload;
  /** `Accepted`, or the code of the refusal. */
  readonly outcome: string;
  /** Epoch ms. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Of the block, when it was accepted. */
  readonly height?: number;
}

export type ObserveSubmitted = (seen: SubmittedTransaction) => void;

/**
 * Reads the signed transaction in a request; its signatures are not looked at.
 *
 * @param only the one method that the sender may call, as `<contract>.<method>`
 * @throws LedgerError MALFORMED, FORBIDDEN
 */
export function readSubmitted(body: string, only?: string): SignedTransaction {
  const parsed = signedTransactionSchema.safeParse(parseJson(body));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new LedgerError('MALFORMED', `${issue?.path.join('.') ?? 'transaction'}: ${issue?.message ?? 'malformed'}`);
  }
  const tx = parsed.data;
  const called = `${tx.payload.contract}.${tx.payload.method}`;
  if (only !== undefined && called !== only) throw new LedgerError('FORBIDDEN', `method: an invitation is good for ${only} only, not for ${called}`, { field: 'method' });
  return tx;
}

/** @returns its octets as JSON. @throws LedgerError INVALID_ARGUMENT above {@link MAX_TRANSACTION_BYTES} */
export function assertSize(tx: SignedTransaction): number {
  const bytes = jsonBytes(tx);
  if (bytes <= MAX_TRANSACTION_BYTES) return bytes;
  throw new LedgerError('INVALID_ARGUMENT', `transaction: it has ${bytes} bytes; at most ${MAX_TRANSACTION_BYTES} are taken`, { field: 'transaction' });
}

/** Submits for somebody else and tells what became of it. @throws what `submit` throws */
export async function relay(tx: SignedTransaction, submit: (tx: SignedTransaction) => Promise<SubmitResult>, observe?: ObserveSubmitted): Promise<SubmitResult> {
  const startedAt = Date.now();
  const seen = (outcome: string, height?: number): void => observe?.({ payload: tx.payload, outcome, startedAt, endedAt: Date.now(), ...(height === undefined ? {} : { height }) });
  try {
    const { height, digest } = await submit(tx);
    seen('Accepted', height);
    return { height, digest };
  } catch (error) {
    seen(error instanceof LedgerError ? error.code : 'INTERNAL');
    throw error;
  }
}
