import { Readable } from 'node:stream';
import { capabilityHeader, encodeCapability } from '@collabnet/capability';
import type { Capability } from '@collabnet/capability';
import { createSm3 } from '@collabnet/sm';
import type { Assignment } from '../config/load-job.ts';
import { CourierError } from '../errors.ts';
import type { FrozenInput } from '../input/frozen-input.ts';
import { call, refusalOf } from '../input/https-client.ts';
import { withRetry } from '../input/retry.ts';
import type { Workplace } from '../work/workplace.ts';
import { numberTable, readNumber } from './number-result.ts';
import { resultStream } from './result-stream.ts';
import { selectRows } from './selection.ts';

export interface Delivered {
  readonly rows: number;
  readonly bytes: number;
  /** SM3, hex, of the octets. */
  readonly digest: string;
}

/**
 * Streams the result to the institution's store, again from the start when the connection breaks.
 *
 * @throws CourierError RESULT_BELOW_MINIMUM (nothing leaves then), RESULT_INVALID, RESULT_STORE_*
 */
export async function deliverResult(assignment: Assignment, frozen: FrozenInput, place: Workplace, signal: AbortSignal): Promise<Delivered> {
  const { job } = assignment;
  const { rows, blocks } = await readResult(assignment, frozen, place);
  return withRetry('RESULT_STORE', job.deadline, signal, async () => {
    const counted = { bytes: 0, hash: createSm3() };
    async function* body(): AsyncGenerator<Buffer> {
      for await (const block of blocks()) {
        counted.bytes += block.length;
        counted.hash.update(block);
        yield block;
      }
    }
    await put(assignment, Readable.from(body(), { objectMode: false }), signal);
    return { rows, bytes: counted.bytes, digest: counted.hash.digestHex() };
  });
}

interface Result {
  readonly rows: number;
  /** Its octets, as often as they are asked for. */
  readonly blocks: () => AsyncIterable<Buffer> | Iterable<Buffer>;
}

async function readResult({ job, output }: Assignment, frozen: FrozenInput, place: Workplace): Promise<Result> {
  const file = place.out(`${output.name}.csv`);
  const assertLargeEnough = (keys: number): void => {
    const minimum = Math.max(job.minimumSetSize, job.disclosure?.minimumSetSize ?? 1);
    if (keys >= minimum) return;
    throw new CourierError('RESULT_BELOW_MINIMUM', `outputs.${output.name}: fewer different keys than the minimum set size of ${minimum}; nothing was delivered`);
  };
  if (job.operator === 'Cardinality') {
    const value = await readNumber(file);
    assertLargeEnough(value);
    return { rows: 1, blocks: () => [numberTable(value)] };
  }
  const selection = await selectRows(file, frozen, job.operator);
  assertLargeEnough(selection.keys);
  return { rows: selection.rows, blocks: () => resultStream(place.courier('rows.csv'), frozen, selection) };
}

async function put({ job, output, tls }: Assignment, body: Readable, signal: AbortSignal): Promise<void> {
  const url = new URL(`/v1/results/${job.flowId}/${job.step}/${output.name}`, output.resultStoreUrl).href;
  const headers = { [capabilityHeader]: encodeCapability(output.capability as unknown as Capability), 'content-type': 'text/csv; charset=utf-8' };
  const response = await call({ url, method: 'PUT', headers, tls, body, signal });
  const status = response.statusCode ?? 0;
  if (status < 200 || status > 299) throw await refusalOf(response, 'RESULT_STORE');
  response.resume();
}
