import { setTimeout as delay } from 'node:timers/promises';
import { CourierError } from '../errors.ts';

const connectionErrors = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN']);

/**
 * Tries again with jittered back-off while the door cannot be reached or is busy.
 *
 * @param until epoch ms after which the last failure is thrown
 * @throws CourierError `<prefix>_UNREACHABLE`, `<prefix>_TLS`, or what `work` throws
 */
export async function withRetry<T>(prefix: string, until: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (cause) {
      signal.throwIfAborted();
      const error = classify(prefix, cause);
      const wait = Math.min(5_000, 100 * 2 ** attempt) * (0.5 + Math.random() / 2);
      if (!error.retryable || Date.now() + wait > until) throw error;
      await delay(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

function classify(prefix: string, cause: unknown): CourierError {
  if (cause instanceof CourierError) return cause;
  const code = cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? '') : '';
  if (connectionErrors.has(code)) return new CourierError(`${prefix}_UNREACHABLE`, `cannot be reached (${code})`, { cause, retryable: true });
  // The operator renews certificates, and the server takes up the new one by itself.
  if (code === 'CERT_HAS_EXPIRED') return new CourierError(`${prefix}_TLS`, `TLS refused (${code}); the operator renews it`, { cause, retryable: true });
  if (/^ERR_(TLS|SSL)|CERT|SELF_SIGNED|UNABLE_TO/.test(code)) return new CourierError(`${prefix}_TLS`, `TLS refused (${code}); check ca.crt, tls.crt and the name in the URL`, { cause });
  return new CourierError(`${prefix}_FAILED`, `request failed (${code || 'unknown'})`, { cause, retryable: true });
}
