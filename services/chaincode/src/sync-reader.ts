import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { RangeOptions } from '@collabnet/contracts';
import { decodeStamped, type StampedValue, type StateReader } from '@collabnet/fabric-execution';
import { ANSWERED, type Numbered, type ReadAnswer, type ReadRequest } from './read-protocol.ts';

/** Contract keys are printable ASCII, so this ends every prefix. */
const AFTER_ASCII = '\u007f';

/**
 * Reads state for contracts, which are synchronous: the worker sleeps until the main thread has asked the peer. The
 * alternative, running the contract again after each read that was missing, would run it as often as it reads.
 */
export class SyncReader implements StateReader {
  readonly #port: MessagePort;
  readonly #signal: Int32Array<SharedArrayBuffer>;
  #last = 0;
  /** What was asked for and not used yet: its answer, once that is there. */
  readonly #open = new Map<number, ReadAnswer | undefined>();
  /** Keys asked for ahead of need. */
  readonly #ahead = new Map<string, number>();

  constructor(port: MessagePort, signal: Int32Array<SharedArrayBuffer>) {
    this.#port = port;
    this.#signal = signal;
  }

  /** Asks for keys that will be read in any case, and waits for none of them. */
  expect(keys: readonly string[]): void {
    for (const key of keys) this.#ahead.set(key, this.#send({ get: key }));
  }

  /** Waits until nothing is under way, so that no read of this transaction meets the next one. */
  settle(): void {
    for (const id of [...this.#open.keys()]) this.#answerTo(id);
    this.#ahead.clear();
  }

  get(key: string): StampedValue | undefined {
    const ahead = this.#ahead.get(key);
    this.#ahead.delete(key);
    const answer = this.#taken(ahead ?? this.#send({ get: key }));
    return 'text' in answer && answer.text !== undefined ? decodeStamped(answer.text) : undefined;
  }

  range(prefix: string, { after = '', limit }: RangeOptions): { key: string; value: StampedValue }[] {
    const start = after >= prefix ? `${after}\u0001` : prefix;
    const answer = this.#taken(this.#send({ range: { start, end: `${prefix}${AFTER_ASCII}`, limit } }));
    return 'entries' in answer ? answer.entries.map(({ key, text }) => ({ key, value: decodeStamped(text) })) : [];
  }

  #send(request: ReadRequest): number {
    this.#last = (this.#last + 1) | 0;
    this.#open.set(this.#last, undefined);
    this.#port.postMessage({ id: this.#last, body: request } satisfies Numbered<ReadRequest>);
    return this.#last;
  }

  /** @throws Error when the peer could not be asked: never an empty answer, which would be another outcome */
  #taken(id: number): Exclude<ReadAnswer, { failed: string }> {
    const answer = this.#answerTo(id);
    if ('failed' in answer) throw new Error(`the state cannot be read: ${answer.failed}`);
    return answer;
  }

  #answerTo(id: number): ReadAnswer {
    for (;;) {
      // Read before the port is: an answer that comes in between changes it, and nobody sleeps.
      const answered = Atomics.load(this.#signal, ANSWERED);
      this.#receive();
      const answer = this.#open.get(id);
      if (answer !== undefined) {
        this.#open.delete(id);
        return answer;
      }
      Atomics.wait(this.#signal, ANSWERED, answered);
    }
  }

  #receive(): void {
    for (;;) {
      const received: { message: Numbered<ReadAnswer> } | undefined = receiveMessageOnPort(this.#port);
      if (received === undefined) return;
      const { id, body } = received.message;
      if (this.#open.has(id)) this.#open.set(id, body);
    }
  }
}
