import type { HistoryEntry, RangeOptions, StateEntry, WorldState } from '@collabnet/contracts';
import type { Json } from '@collabnet/envelope';
import type { SqliteState, StoredBlock } from '../sqlite-state.ts';

/** The state as it was after the block at a height, to run again what came next. Writing to it is a mistake. */
export class StateAt<B extends StoredBlock> implements WorldState {
  readonly #state: SqliteState<B>;
  readonly #height: number;

  constructor(state: SqliteState<B>, height: number) {
    this.#state = state;
    this.#height = height;
  }

  get(key: string): Json | undefined {
    return this.#state.lastWrite(key, this.#height)?.value;
  }

  range(prefix: string, options: RangeOptions): StateEntry[] {
    return this.#state.rangeAt(this.#height, prefix, options);
  }

  history(key: string): HistoryEntry[] {
    return this.#state.history(key).filter(({ height }) => height <= this.#height);
  }

  put(key: string): void {
    throw new TypeError(`${key}: the past is not written`);
  }

  delete(key: string): void {
    throw new TypeError(`${key}: the past is not written`);
  }
}
