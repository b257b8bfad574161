import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { modelShareType } from '@collabnet/capability';
import { CourierError } from '../errors.ts';
import type { Result } from './result.ts';

/** This party's share of a model: opaque, of use to engines alone. @throws CourierError RESULT_INVALID */
export async function modelShare(file: string): Promise<Result> {
  const { size } = await stat(file);
  if (size === 0) throw new CourierError('RESULT_INVALID', 'engine output: the share of the model is empty', { retryable: true });
  return { rows: 1, contentType: modelShareType, blocks: () => createReadStream(file) as AsyncIterable<Buffer> };
}
