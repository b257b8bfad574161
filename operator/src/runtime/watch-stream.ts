import type { Readable } from 'node:stream';
import { KubeError, fromStatus, fromTransport } from './kube-error.ts';
import { linkedSignal } from './linked-signal.ts';
import type { KubeObject } from './kube-types.ts';

export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: T;
}

export interface WatchStreamOptions {
  /**
   * A stream on which not even a bookmark arrives for this long is taken for dead (half-open connection).
   * The API server sends a bookmark about every 60 s. Default 90 000 ms.
   */
  readonly inactivityMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const MAX_LINE_BYTES = 16 * 1024 * 1024;
const EVENT_TYPES = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK']);

/**
 * Reads one watch response: newline-separated JSON events. Ends quietly when the server closes;
 * an unfinished last line is dropped, since the watch resumes before it.
 *
 * @throws KubeError for an ERROR event, broken JSON, silence, a cut connection; KUBE_CANCELLED when `signal` aborts
 */
export async function watchStream<T extends KubeObject>(
  open: (signal: AbortSignal) => Promise<Readable>,
  options: WatchStreamOptions,
  onEvent: (event: WatchEvent<T>) => void,
): Promise<void> {
  const inactivityMs = options.inactivityMs ?? 90_000;
  const silence = new AbortController();
  using linked = linkedSignal([options.signal, silence.signal]);
  const { signal } = linked;
  const timer = setTimeout(
    () => silence.abort(new DOMException(`no data for ${inactivityMs} ms`, 'TimeoutError')),
    inactivityMs,
  );
  let body: Readable | undefined;
  try {
    body = await open(signal);
    const lines = new LineSplitter();
    for await (const chunk of body) {
      timer.refresh();
      for (const line of lines.push(chunk as Buffer)) onEvent(parseEvent<T>(line));
    }
  } catch (error) {
    throw fromTransport(error, 'watch', signal);
  } finally {
    clearTimeout(timer);
    // A destroyed body may still report the abort; nobody is interested any more.
    body?.on('error', () => undefined).destroy();
  }
}

function parseEvent<T>(line: string): WatchEvent<T> {
  let event: { type?: unknown; object?: unknown };
  try {
    event = JSON.parse(line) as typeof event;
  } catch (error) {
    throw new KubeError('KUBE_INTERNAL', 'watch: event is not JSON', { cause: error });
  }
  if (event.type === 'ERROR') throw fromStatus(500, event.object, 'watch');
  if (
    typeof event.type !== 'string' ||
    !EVENT_TYPES.has(event.type) ||
    typeof event.object !== 'object' ||
    event.object === null
  ) {
    throw new KubeError('KUBE_INTERNAL', 'watch: unknown event');
  }
  return event as WatchEvent<T>;
}

/** Cuts a byte stream into lines; multi-byte characters may be split between chunks. */
export class LineSplitter {
  #parts: Buffer[] = [];
  #bytes = 0;

  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      this.#parts.push(chunk.subarray(start, end));
      const line = this.#parts.length === 1 ? (this.#parts[0] ?? chunk) : Buffer.concat(this.#parts);
      this.#parts = [];
      this.#bytes = 0;
      start = end + 1;
      if (line.length > 0) lines.push(line.toString('utf8'));
    }
    if (start < chunk.length) {
      this.#parts.push(chunk.subarray(start));
      this.#bytes += chunk.length - start;
      if (this.#bytes > MAX_LINE_BYTES)
        throw new KubeError('KUBE_INTERNAL', `watch: event larger than ${MAX_LINE_BYTES} bytes`);
    }
    return lines;
  }
}
