import { createSm3 } from '@collabnet/sm';
import { BlockWriter } from '../work/block-writer.ts';
import { csvFields, csvLine } from './csv.ts';
import type { FrozenRows } from './frozen-input.ts';
import { GrowingInt32 } from './growing-array.ts';
import type { RowBlocks } from './open-rows.ts';

/** Rows between two looks whether a block is full. */
const rowsPerFlush = 1024;

export interface FreezeOptions {
  readonly keys: readonly string[];
  /** Keys first. */
  readonly columns: readonly string[];
  readonly engineFile: string;
  readonly rowsFile: string;
}

/** How the rows of one kind of operator become the engine's file. */
export interface RowForm {
  readonly header: string;
  /** Line for the engine, or undefined; tells the first row with the same key, -1 without a complete one. */
  row(key: string, rest: string, complete: boolean, row: number): { line: string | undefined; representative: number };
  /** What follows the last row. */
  readonly end: () => string;
  /** Whether the courier keeps the whole row for the result, or its keys alone. */
  readonly keeps: 'Rows' | 'Keys';
  readonly distinct: () => number;
  readonly engineRows: (rows: number) => number;
}

/** Reads rows once: into the engine's file, into the courier's own, and into the digests that commitments cover. */
export async function writeRowFiles(blocks: RowBlocks, options: FreezeOptions, form: RowForm): Promise<FrozenRows> {
  const { keys, columns } = options;
  const [lengths, representatives, digest, alignment] = [new GrowingInt32(), new GrowingInt32(), createSm3(), createSm3()];
  const [engine, own] = [await BlockWriter.create(options.engineFile), await BlockWriter.create(options.rowsFile)];
  let rows = 0;
  let [text, order] = ['', ''];
  const hash = (): void => {
    digest.update(Buffer.from(text));
    alignment.update(Buffer.from(order));
    [text, order] = ['', ''];
  };
  try {
    engine.add(form.header);
    digest.update(Buffer.from(csvLine(columns)));
    for await (const block of blocks) {
      for (const cells of block) {
        const key = csvFields(cells, 0, keys.length);
        const rest = columns.length === keys.length ? '' : csvFields(cells, keys.length, columns.length);
        const whole = columns.length === keys.length ? `${key}\n` : `${key},${rest}\n`;
        const kept = form.keeps === 'Rows' ? whole : `${key}\n`;
        own.add(kept);
        lengths.push(Buffer.byteLength(kept));
        const { line, representative } = form.row(key, rest, !hasGap(cells, keys.length), rows);
        if (line !== undefined) engine.add(line);
        representatives.push(representative);
        text += whole;
        order += `${key}\n`;
        rows += 1;
        if (rows % rowsPerFlush !== 0) continue;
        hash();
        await engine.flush();
        await own.flush();
      }
    }
    hash();
    engine.add(form.end());
  } finally {
    await engine.close();
    await own.close();
  }
  return { columns, rows, keys: form.distinct(), lengths, representative: representatives, digest: digest.digestHex(), engineRows: form.engineRows(rows), alignment: alignment.digestHex() };
}

/** Whether one of the first cells, which are the key, is absent. */
function hasGap(cells: readonly (string | null)[], keys: number): boolean {
  for (let at = 0; at < keys; at += 1) if (cells[at] === null || cells[at] === undefined) return true;
  return false;
}
