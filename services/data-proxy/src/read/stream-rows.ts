import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { ProxyError } from '../errors.ts';
import { ArrowStreamEncoder } from '../source/arrow-stream.ts';
import type { AssetDefinition } from '../source/asset-definition.ts';
import type { OpenSource } from '../source/connector.ts';
import { Fingerprinter } from '../source/fingerprint.ts';

export interface StreamOptions {
  readonly source: OpenSource;
  readonly asset: AssetDefinition;
  readonly columns: readonly string[];
  /** First row that is written. */
  readonly from: number;
  /** Content that the reader was promised; checked over all rows while they pass. */
  readonly frozen?: { readonly fingerprint: string; readonly salt: Uint8Array } | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly out: Writable;
  /** Its reason ends the stream. */
  readonly signal: AbortSignal;
  /** Told after each batch. */
  readonly onProgress: (rows: number, bytes: number) => void;
}

/**
 * Writes an Arrow stream and its end marker, one batch at a time: the next is read only when the last was taken. The
 * marker is written only if all went well, so that a cut stream cannot pass for a whole one. Does not end `out`.
 *
 * @throws ProxyError INPUT_CHANGED, SOURCE_*, CLIENT_ABORTED; the reason of the signal
 */
export async function streamRows(options: StreamOptions): Promise<{ rows: number }> {
  const { source, asset, columns, from, frozen, out, signal } = options;
  const fingerprinter = frozen && new Fingerprinter(asset, frozen.salt);
  const encoder = new ArrowStreamEncoder(asset.columns, columns, options.metadata);
  let rows = 0;
  const send = async (bytes: Buffer): Promise<void> => {
    signal.throwIfAborted();
    if (out.destroyed || out.errored) throw aborted();
    const taken = out.write(bytes);
    options.onProgress(rows, bytes.length);
    if (!taken) await drained(out, signal);
  };
  for await (const batch of source.scan()) {
    signal.throwIfAborted();
    fingerprinter?.update(batch.rows);
    const skip = Math.max(0, from - batch.firstRow);
    if (skip >= batch.rows.length) continue;
    const written = skip === 0 ? batch.rows : batch.rows.slice(skip);
    rows += written.length;
    await send(encoder.encode(written));
  }
  if (fingerprinter && fingerprinter.finish().fingerprint !== frozen?.fingerprint) throw inputChanged(asset);
  signal.throwIfAborted();
  await send(encoder.end());
  return { rows };
}

export function inputChanged(asset: AssetDefinition): ProxyError {
  return new ProxyError('INPUT_CHANGED', `Asset ${asset.assetId}: the source is no longer the version that was registered; publish a new version.`, { field: 'fingerprint' });
}

function aborted(): ProxyError {
  return new ProxyError('CLIENT_ABORTED', 'The reader closed the connection before the end.');
}

async function drained(out: Writable, signal: AbortSignal): Promise<void> {
  const closed = new AbortController();
  const onClose = (): void => closed.abort();
  out.once('close', onClose);
  try {
    if (out.destroyed) throw aborted();
    await once(out, 'drain', { signal: AbortSignal.any([signal, closed.signal]) });
  } catch {
    signal.throwIfAborted();
    throw aborted();
  } finally {
    out.off('close', onClose);
  }
}
