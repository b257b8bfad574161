import { spanIdOf, type Span } from '@collabnet/telemetry';

/** Spans of a flow that ended longer ago are not told again after a restart, ms. */
const RETELL_MS = 15 * 60_000;
const MOST_REMEMBERED = 20_000;

/**
 * Remembers which spans of open flows were handed over. It is memory only: after a restart they are handed over once
 * more, with the same ids, times and content, which receivers take for one.
 */
export class ToldSpans {
  readonly #open = new Map<string, Set<string>>();
  readonly #finished = new Set<string>();

  /** Those of the spans that have not been told, which count as told from now on. @param finishedAt of the flow, ms */
  fresh(flowId: string, spans: readonly Span[], finishedAt: number | undefined, now: number): Span[] {
    if (this.#finished.has(flowId)) return [];
    const known = this.#open.get(flowId);
    if (finishedAt !== undefined) {
      this.#open.delete(flowId);
      if (this.#finished.size >= MOST_REMEMBERED) this.#finished.clear();
      this.#finished.add(flowId);
      if (known === undefined && now - finishedAt > RETELL_MS) return [];
    }
    const told = known ?? new Set<string>();
    if (finishedAt === undefined) this.#open.set(flowId, told);
    return spans.filter(({ key }) => {
      const id = spanIdOf(flowId, key);
      return !told.has(id) && told.add(id);
    });
  }
}
