import type { IncomingMessage } from 'node:http';
import { capabilityHeader, encodeCapability } from '@collabnet/capability';
import type { Capability } from '@collabnet/capability';
import type { CourierInput } from '@collabnet/wire';
import type { Assignment } from '../config/load-job.ts';
import { CourierError } from '../errors.ts';
import { arrowBatches } from './arrow-rows.ts';
import type { Cell } from './arrow-rows.ts';
import { reasonOfCut } from './cut-read.ts';
import { csvRecords } from './csv-records.ts';
import { call, refusalOf } from './https-client.ts';
import { withRetry } from './retry.ts';

/** A proxy is started together with the pod: how long to wait for it. */
const patienceMs = 120_000;

/** Rows in blocks; each row has the wanted columns in their order. */
export type RowBlocks = AsyncGenerator<readonly (readonly Cell[])[]>;

/**
 * Opens an input with rows: an asset through its data proxy, or what an earlier step delivered to the own result store.
 *
 * @throws CourierError DATA_PROXY_*, RESULT_STORE_*
 */
export async function openRows(assignment: Assignment, input: CourierInput, columns: readonly string[], signal: AbortSignal): Promise<RowBlocks> {
  const response = await openInput(assignment, input, columns, signal);
  return input.from === undefined ? assetRows(assignment, input, response, columns, signal) : resultRows(input, response, columns);
}

/** The answer of the door that an input lies behind. */
export async function openInput(assignment: Assignment, input: CourierInput, columns: readonly string[], signal: AbortSignal): Promise<IncomingMessage> {
  const { job, tls } = assignment;
  const { url } = input;
  const prefix = input.from === undefined ? 'DATA_PROXY' : 'RESULT_STORE';
  const headers = { [capabilityHeader]: encodeCapability(input.capability as unknown as Capability), 'content-type': 'application/json' };
  const ask = input.from === undefined ? ({ method: 'POST', body: JSON.stringify({ columns }) } as const) : ({ method: 'GET', body: '' } as const);
  return withRetry(prefix, Math.min(job.deadline, Date.now() + patienceMs), signal, async () => {
    const response = await call({ url, headers, tls, signal, ...ask });
    if (response.statusCode !== 200) throw await refusalOf(response, prefix);
    return response;
  });
}

async function* assetRows(assignment: Assignment, input: CourierInput, response: IncomingMessage, columns: readonly string[], signal: AbortSignal): RowBlocks {
  try {
    for await (const batch of arrowBatches(response, columns)) {
      yield Array.from({ length: batch.rows }, (_unused, row) => batch.cells.map((column) => column[row] ?? null));
    }
  } catch (error) {
    if (error instanceof CourierError && error.code === 'DATA_PROXY_STREAM') throw await reasonOfCut(error, assignment, input, signal);
    throw error;
  } finally {
    response.destroy();
  }
}

async function* resultRows({ name, from }: CourierInput, response: IncomingMessage, columns: readonly string[]): RowBlocks {
  let places: number[] | undefined;
  try {
    for await (const records of csvRecords(octetsOf(response), 'RESULT_STORE_CONTENT')) {
      const rows = places === undefined ? records.slice(1) : records;
      places ??= columns.map((column) => records[0]?.indexOf(column) ?? -1);
      const missing = columns[places.indexOf(-1)];
      if (missing !== undefined) throw new CourierError('RESULT_STORE_CONTENT', `inputs.${name}: ${from?.step ?? ''}/${from?.output ?? ''} has no column ${missing}`);
      const order = places;
      yield rows.map((row) => order.map((place) => row[place] ?? null));
    }
  } finally {
    response.destroy();
  }
}

/** Content of a result; one that was cut off ends in an error rather than early. */
export async function* octetsOf(response: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of response) yield chunk as Buffer;
  } catch (cause) {
    throw new CourierError('RESULT_STORE_STREAM', 'result store: the stream was cut', { cause, retryable: true });
  }
  if (!response.complete) throw new CourierError('RESULT_STORE_STREAM', 'result store: the stream was cut', { retryable: true });
}
