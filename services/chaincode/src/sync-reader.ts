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
  #expected: { readonly id: number; readonly keys: readonly string[] } | undefined;
  readonly #texts = new Map<string, string | undefined>();

  constructor(port: MessagePort, signal: Int32Array<SharedArrayBuffer>) {
    this.#port = port;
    this.#signal = signal;
  }

  /** Asks at once for keys that will be read in any case: each hand-over between threads costs as much as a small read. */
  expect(keys: readonly string[]): void {
    this.#expected = { id: this.#send({ getAll: keys }), keys };
  }

  /** Waits until nothing is under way, so that no read of this transaction meets the next one. */
  settle(): void {
    for (const id of [...this.#open.keys()]) this.#answerTo(id);
    this.#expected = undefined;
    this.#texts.clear();
  }

  get(key: string): StampedValue | undefined {
    if (this.#expected?.keys.includes(key) === true) this.#receiveExpected(this.#expected);
    if (!this.#texts.has(key)) {
      const answer = this.#taken(this.#send({ get: key }));
      this.#texts.set(key, 'text' in answer ? answer.text : undefined);
    }
    const text = this.#texts.get(key);
    return text === undefined ? undefined : decodeStamped(text);
  }

  range(prefix: string, { after = '', limit }: RangeOptions): { key: string; value: StampedValue }[] {
    const start = after >= prefix ? `${after}\u0001` : prefix;
    const answer = this.#taken(this.#send({ range: { start, end: `${prefix}${AFTER_ASCII}`, limit } }));
    return 'entries' in answer ? answer.entries.map(({ key, text }) => ({ key, value: decodeStamped(text) })) : [];
  }

  #receiveExpected({ id, keys }: { id: number; keys: readonly string[] }): void {
    this.#expected = undefined;
    const answer = this.#taken(id);
    if ('texts' in answer) for (const [index, key] of keys.entries()) this.#texts.set(key, answer.texts[index]);
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
      if (this.#open.has(id) && this.#open.get(id) === undefined) this.#open.set(id, body);
    }
  }
}
