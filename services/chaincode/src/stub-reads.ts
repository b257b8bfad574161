import type { ChaincodeStub } from 'fabric-shim';
import type { AnswerRead } from './contract-worker.ts';
import type { ReadAnswer, ReadRequest } from './read-protocol.ts';

/** A peer that is lost does not answer and does not fail either; a worker must not wait for it for good. */
const READ_TIMEOUT_MS = 20_000;

type Stub = Pick<ChaincodeStub, 'getState' | 'getStateByRange'>;

/** Reads through the stub of one proposal, so that everything read enters its read set. */
export function stubReads(stub: Stub): AnswerRead {
  return (request) => within(answerTo(stub, request));
}

async function answerTo(stub: Stub, request: ReadRequest): Promise<ReadAnswer> {
  if ('get' in request) return { text: await readOne(stub, request.get) };
  // The library asks for one after the other: the peer takes no second request of a transaction at the same time.
  if ('getAll' in request) return { texts: await Promise.all(request.getAll.map((key) => readOne(stub, key))) };
  return readRange(stub, request.range);
}

async function readOne(stub: Stub, key: string): Promise<string | undefined> {
  const octets = await stub.getState(key);
  return octets.length === 0 ? undefined : Buffer.from(octets).toString('utf8');
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
