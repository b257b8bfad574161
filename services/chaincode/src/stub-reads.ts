import type { ChaincodeStub } from 'fabric-shim';
import type { AnswerRead } from './contract-worker.ts';
import type { ReadAnswer } from './read-protocol.ts';

/** A peer that is lost does not answer and does not fail either; a worker must not wait for it for good. */
const READ_TIMEOUT_MS = 20_000;

type Stub = Pick<ChaincodeStub, 'getState' | 'getStateByRange'>;

/** Reads through the stub of one proposal, so that everything read enters its read set. */
export function stubReads(stub: Stub): AnswerRead {
  return (request) => within('get' in request ? readOne(stub, request.get) : readRange(stub, request.range));
}

async function readOne(stub: Stub, key: string): Promise<ReadAnswer> {
  const octets = await stub.getState(key);
  return { text: octets.length === 0 ? undefined : Buffer.from(octets).toString('utf8') };
}

async function readRange(stub: Stub, { start, end, limit }: { start: string; end: string; limit: number }): Promise<ReadAnswer> {
  const entries: { key: string; text: string }[] = [];
  const iterator = await stub.getStateByRange(start, end);
  try {
    while (entries.length < limit) {
      const { value, done } = await iterator.next();
      if (value?.key !== undefined && value.key !== '') entries.push({ key: value.key, text: Buffer.from(value.value).toString('utf8') });
      if (done === true) break;
    }
  } finally {
    await iterator.close();
  }
  return { entries };
}

async function within(work: Promise<ReadAnswer>): Promise<ReadAnswer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<ReadAnswer>((resolve) => {
    timer = setTimeout(() => resolve({ failed: `the peer did not answer within ${READ_TIMEOUT_MS} ms` }), READ_TIMEOUT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
