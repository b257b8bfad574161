import { z } from 'zod';
import type { CourierInput } from '@collabnet/wire';
import type { Assignment } from '../config/load-job.ts';
import { CourierError } from '../errors.ts';
import { call, textOf } from './https-client.ts';

const readSchema = z.object({ outcome: z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/) });
/** What may be different at the next attempt without anybody doing anything. */
const passing = new Set(['LEDGER_UNAVAILABLE', 'LEASE_LAPSED', 'SOURCE_UNREADABLE', 'CLIENT_ABORTED', 'INTERNAL']);
const patienceMs = 5_000;

/**
 * A cut stream carries no reason, but the data proxy's record of the read does.
 *
 * @param cut DATA_PROXY_STREAM, returned as it is when the record cannot be had
 * @returns DATA_PROXY_<outcome>
 */
export async function reasonOfCut(cut: CourierError, { tls }: Assignment, input: CourierInput, signal: AbortSignal): Promise<CourierError> {
  try {
    const url = new URL(`/v1/reads/${String(input.capability['id'])}`, input.url).href;
    const response = await call({ url, method: 'GET', headers: {}, tls, body: '', signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]) });
    const record = readSchema.safeParse(JSON.parse(await textOf(response)));
    if (!record.success) return cut;
    const { outcome } = record.data;
    return new CourierError(`DATA_PROXY_${outcome}`, `the data proxy cut the read of ${input.asset ?? input.name}: ${outcome}`, { cause: cut, retryable: passing.has(outcome) });
  } catch {
    signal.throwIfAborted();
    return cut;
  }
}
