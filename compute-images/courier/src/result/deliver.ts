import { Readable } from 'node:stream';
import { capabilityHeader, encodeCapability } from '@collabnet/capability';
import type { Capability } from '@collabnet/capability';
import { createSm3 } from '@collabnet/sm';
import type { Assignment } from '../config/load-job.ts';
import type { FrozenInputs } from '../input/frozen-input.ts';
import { call, refusalOf } from '../input/https-client.ts';
import { withRetry } from '../input/retry.ts';
import type { Workplace } from '../work/workplace.ts';
import { readResult } from './read-result.ts';
import type { Received } from './result.ts';

export interface Delivered {
  readonly rows: number;
  readonly bytes: number;
  /** SM3, hex, of the octets. */
  readonly digest: string;
  readonly received?: Received;
}

/**
 * Streams the result to the institution's store, again from the start when the connection breaks.
 *
 * @throws CourierError RESULT_BELOW_MINIMUM (nothing leaves then), RESULT_INVALID, RESULT_STORE_*
 */
export async function deliverResult(assignment: Assignment, frozen: FrozenInputs, place: Workplace, signal: AbortSignal): Promise<Delivered> {
  const { job } = assignment;
  const { rows, contentType, blocks, received } = await readResult(assignment, frozen, place);
  return withRetry('RESULT_STORE', job.deadline, signal, async () => {
    const counted = { bytes: 0, hash: createSm3() };
    async function* body(): AsyncGenerator<Buffer> {
      for await (const block of blocks()) {
        counted.bytes += block.length;
        counted.hash.update(block);
        yield block;
      }
    }
    await put(assignment, contentType, Readable.from(body(), { objectMode: false }), signal);
    return { rows, bytes: counted.bytes, digest: counted.hash.digestHex(), ...(received === undefined ? {} : { received }) };
  });
}

async function put({ job, output, tls }: Assignment, contentType: string, body: Readable, signal: AbortSignal): Promise<void> {
  const url = new URL(`/v1/results/${job.flowId}/${job.step}/${output.name}`, output.resultStoreUrl).href;
  const headers = { [capabilityHeader]: encodeCapability(output.capability as unknown as Capability), 'content-type': contentType };
  const response = await call({ url, method: 'PUT', headers, tls, body, signal });
  const status = response.statusCode ?? 0;
  if (status < 200 || status > 299) throw await refusalOf(response, 'RESULT_STORE');
  response.resume();
}
