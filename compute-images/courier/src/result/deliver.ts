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
  const { job, output } = assignment;
  const joinKind = job.parameters['join'] === 'Difference' ? 'Difference' : 'Intersection';
  const selection = await selectRows(place.out(`${output.name}.csv`), frozen, joinKind);
  const minimum = Math.max(job.minimumSetSize, job.disclosure?.minimumSetSize ?? 1);
  if (selection.keys < minimum) {
    throw new CourierError('RESULT_BELOW_MINIMUM', `outputs.${output.name}: fewer different keys than the minimum set size of ${minimum}; nothing was delivered`);
  }
  return withRetry('RESULT_STORE', job.deadline, signal, async () => {
    const counted = { bytes: 0, hash: createSm3() };
    async function* body(): AsyncGenerator<Buffer> {
      for await (const block of resultStream(place.courier('rows.csv'), frozen, selection)) {
        counted.bytes += block.length;
        counted.hash.update(block);
        yield block;
      }
    }
    await put(assignment, Readable.from(body(), { objectMode: false }), signal);
    return { rows: selection.rows, bytes: counted.bytes, digest: counted.hash.digestHex() };
  });
}

async function put({ job, output, tls }: Assignment, body: Readable, signal: AbortSignal): Promise<void> {
  const url = new URL(`/v1/results/${job.flowId}/${job.step}/${output.name}`, output.resultStoreUrl).href;
  const headers = { [capabilityHeader]: encodeCapability(output.capability as unknown as Capability), 'content-type': 'text/csv; charset=utf-8' };
  const response = await call({ url, method: 'PUT', headers, tls, body, signal });
  const status = response.statusCode ?? 0;
  if (status < 200 || status > 299) throw await refusalOf(response, 'RESULT_STORE');
  response.resume();
}
