import { setImmediate } from 'node:timers/promises';
import { execute, keys, OverlayState } from '@collabnet/contracts';
import { transactionDigest } from '@collabnet/envelope';
import type { Block } from '../block.ts';
import { LedgerError } from '../errors.ts';
import { headOf, type LedgerEvent } from '../replica.ts';
import type { SqliteState } from '../sqlite-state.ts';
import type { BlockView, LedgerInspection } from './block-view.ts';
import { EXPORT_SCHEMA, type ExportHeader } from './export-file.ts';
import { StateAt } from './state-at.ts';

/** Blocks may be large. */
const BLOCKS_AT_ONCE = 20;

/** The verified chain of an embedded ledger. */
export class EmbeddedInspection implements LedgerInspection {
  readonly driver = 'embedded';
  readonly #networkId: string;
  readonly #state: SqliteState;

  constructor(networkId: string, state: SqliteState) {
    this.#networkId = networkId;
    this.#state = state;
  }

  height(): number | undefined {
    return this.#state.head()?.header.height;
  }

  blocks(from: number, limit: number): BlockView[] {
    return this.#state.blocks(from, limit).map(viewOf);
  }

  heightOf(digest: string): number | undefined {
    return this.#state.history(keys.transaction(digest))[0]?.height;
  }

  /** Run again on the state before the block: the contracts are deterministic, so nothing need be stored. */
  eventsAt(height: number): LedgerEvent[] {
    const block = this.#block(height);
    const overlay = new OverlayState(new StateAt(this.#state, height - 1));
    const { time } = block.header;
    const told = block.transactions.flatMap((tx) => {
      const { digest, events } = execute(overlay, { networkId: this.#networkId, height, time }, tx);
      return events.map((event) => ({ ...event, transaction: digest }));
    });
    return told.map((event, index) => ({ ...event, height, time, index }));
  }

  async *exportLines(from: number, to: number): AsyncGenerator<string> {
    const { genesis } = this.#block(0);
    this.#block(from);
    this.#block(to);
    const header: ExportHeader = { schema: EXPORT_SCHEMA, driver: 'embedded', network: this.#networkId, heights: { from, to }, numbers: { from, to }, ...(genesis !== undefined && { genesis }) };
    yield JSON.stringify(header);
    for (let next = from; next <= to; next += BLOCKS_AT_ONCE) {
      for (const block of this.#state.blocks(next, Math.min(BLOCKS_AT_ONCE, to - next + 1))) yield JSON.stringify(block);
      // A long chain must not keep the process from its work.
      await setImmediate();
    }
  }

  #block(height: number): Block {
    const block = this.#state.block(height);
    if (block === undefined) throw new LedgerError('NOT_FOUND', `height ${height}: there is no such block; the newest one verified is ${this.height() ?? 'none'}`, { height });
    return block;
  }
}

function viewOf(block: Block): BlockView {
  const { height, hash, time, stateRoot } = headOf(block);
  const transactions = block.transactions.map((tx) => ({ digest: transactionDigest(tx.payload), height, tx }));
  return { height, hash, time, stateRoot, ...(block.genesis !== undefined && { genesis: block.genesis }), transactions };
}
