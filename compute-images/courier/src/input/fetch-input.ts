import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { capabilityHeader, encodeCapability } from '@collabnet/capability';
import type { Capability } from '@collabnet/capability';
import { createSm3 } from '@collabnet/sm';
import type { Assignment } from '../config/load-job.ts';
import { CourierError } from '../errors.ts';
import { BlockWriter } from '../work/block-writer.ts';
import type { Workplace } from '../work/workplace.ts';
import { arrowBatches, type Cell } from './arrow-rows.ts';
import { csvFields, csvLine } from './csv.ts';
import { reasonOfCut } from './cut-read.ts';
import type { FrozenInput } from './frozen-input.ts';
import { GrowingInt32 } from './growing-array.ts';
import { call, refusalOf } from './https-client.ts';
import { KeyIndex } from './key-index.ts';
import { withRetry } from './retry.ts';

/** A proxy is started together with the pod: how long to wait for it. */
const proxyPatienceMs = 120_000;
export const rowColumn = 'collabnet_row';

/**
 * Reads the granted columns from the data proxy and freezes them: the engine gets every complete key once, with its row
 * number, so that a peer learns neither how often a key occurs nor anything of the payload; all rows stay with the courier.
 *
 * @throws CourierError DATA_PROXY_*, INPUT_BELOW_MINIMUM
 */
export async function fetchInput(assignment: Assignment, place: Workplace, signal: AbortSignal): Promise<FrozenInput> {
  const { job, input } = assignment;
  const columns = [...new Set([...input.keys, ...input.columns])];
  const until = Math.min(job.deadline, Date.now() + proxyPatienceMs);
  const response = await withRetry('DATA_PROXY', until, signal, () => open(assignment, columns, signal));
  const files = { engineFile: place.in(`${input.name}.csv`), rowsFile: place.courier('rows.csv') };
  const frozen = await freeze(response, { keys: input.keys, columns, ...files }).catch(async (error: unknown) => {
    if (error instanceof CourierError && error.code === 'DATA_PROXY_STREAM') throw await reasonOfCut(error, assignment, signal);
    throw error;
  });
  const minimum = Math.max(job.minimumSetSize, job.disclosure?.minimumSetSize ?? 1);
  if (frozen.keys < minimum) {
    throw new CourierError('INPUT_BELOW_MINIMUM', `inputs.${input.name}: fewer different keys than the minimum set size of ${minimum}`);
  }
  return frozen;
}

async function open(assignment: Assignment, columns: readonly string[], signal: AbortSignal): Promise<IncomingMessage> {
  const { input, tls } = assignment;
  const headers = { [capabilityHeader]: encodeCapability(input.capability as unknown as Capability), 'content-type': 'application/json' };
  const response = await call({ url: input.url, method: 'POST', headers, tls, body: JSON.stringify({ columns }), signal });
  if (response.statusCode !== 200) throw await refusalOf(response, 'DATA_PROXY');
  return response;
}

interface FreezeOptions {
  readonly keys: readonly string[];
  /** Keys first. */
  readonly columns: readonly string[];
  readonly engineFile: string;
  readonly rowsFile: string;
}

async function freeze(response: IncomingMessage, options: FreezeOptions): Promise<FrozenInput> {
  const { keys, columns } = options;
  const [index, lengths, representative, hash] = [new KeyIndex(), new GrowingInt32(), new GrowingInt32(), createSm3()];
  const [engine, rowsFile] = [await BlockWriter.create(options.engineFile), await BlockWriter.create(options.rowsFile, (block) => hash.update(block))];
  let rows = 0;
  const addRow = (cells: readonly Cell[]): void => {
    const key = csvFields(cells, 0, keys.length);
    const line = columns.length === keys.length ? `${key}\n` : `${key},${csvFields(cells, keys.length, columns.length)}\n`;
    rowsFile.add(line);
    lengths.push(Buffer.byteLength(line));
    if (hasGap(cells, keys.length)) {
      representative.push(-1);
    } else {
      const first = index.add(key, rows);
      representative.push(first);
      if (first === rows) engine.add(`${key},${rows}\n`);
    }
    rows += 1;
  };
  try {
    engine.add(csvLine([...keys, rowColumn]));
    hash.update(Buffer.from(csvLine(columns)));
    for await (const batch of arrowBatches(response, columns)) {
      for (let row = 0; row < batch.rows; row += 1) {
        addRow(batch.cells.map((column) => column[row] ?? null));
        if ((row & 1023) !== 1023) continue;
        await engine.flush();
        await rowsFile.flush();
      }
    }
    engine.add(csvLine([...keys.map(() => randomBytes(16).toString('hex')), '-1']));
  } finally {
    response.destroy();
    await engine.close();
    await rowsFile.close();
  }
  return { columns, rows, keys: index.distinct, lengths, representative, digest: hash.digestHex(), engineRows: index.distinct + 1 };
}

/** Whether one of the first cells, which are the key, is absent. */
function hasGap(cells: readonly Cell[], keys: number): boolean {
  for (let at = 0; at < keys; at += 1) if (cells[at] === null) return true;
  return false;
}
