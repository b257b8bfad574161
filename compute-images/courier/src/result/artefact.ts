import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createSm3 } from '@collabnet/sm';
import type { CourierJob } from '@collabnet/wire';
import { CourierError } from '../errors.ts';
import { artefactHeaderSchema, LONGEST_HEADER, type ArtefactHeader } from '../input/artefact-header.ts';
import { rowsCommitment } from '../input/commitments.ts';
import { lookThrough } from './engine-table.ts';
import { CSV_TYPE, type Result } from './result.ts';

/**
 * Rows that another party gave, as they are. What they are is compared with the step; that they are what the giver committed to,
 * by the ledger.
 *
 * @throws CourierError RESULT_INVALID
 */
export async function artefact(file: string, { layout, self, peers }: Pick<CourierJob, 'layout' | 'self' | 'peers'>): Promise<Result> {
  const { header, length } = await readHeader(file);
  const given = layout?.find(({ input }) => input === header.source.input);
  const giver = peers.find(({ name }) => name === given?.party);
  if (given === undefined || giver === undefined) throw invalid(`is no input that another party gives to ${self.name}`);
  if (header.columns.join('\0') !== given.columns.join('\0')) throw invalid('has other columns than the step names');
  const digest = createSm3();
  const content = (): AsyncIterable<Buffer> => createReadStream(file, { start: length }) as AsyncIterable<Buffer>;
  async function* hashed(): AsyncGenerator<Buffer> {
    for await (const chunk of content()) {
      digest.update(chunk);
      yield chunk;
    }
  }
  const table = await lookThrough(hashed());
  if (table.header.join('\0') !== header.columns.join('\0')) throw invalid('has other columns than its header');
  const commitment = rowsCommitment(Buffer.from(header.salt, 'base64url'), header.source, header.columns, digest.digestHex());
  return { rows: table.records, contentType: CSV_TYPE, blocks: content, received: { from: giver.did, input: header.source.input, commitment } };
}

async function readHeader(file: string): Promise<{ header: ArtefactHeader; length: number }> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(LONGEST_HEADER), 0, LONGEST_HEADER, 0);
    const end = buffer.subarray(0, bytesRead).indexOf('\n');
    if (end < 0) throw invalid('has no header');
    return { header: artefactHeaderSchema.parse(JSON.parse(buffer.toString('utf8', 0, end))), length: end + 1 };
  } catch (cause) {
    throw cause instanceof CourierError ? cause : invalid('has a header that is none of an artefact', cause);
  } finally {
    await handle.close();
  }
}

function invalid(what: string, cause?: unknown): CourierError {
  return new CourierError('RESULT_INVALID', `what was given ${what}`, { retryable: true, cause });
}
