import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { RangeOptions } from '@collabnet/contracts';
import { decodeStamped, type StampedValue, type StateReader } from '@collabnet/fabric-execution';
import { ANSWERED, type Numbered, type ReadAnswer, type ReadRequest } from './read-protocol.ts';

/** Contract keys are printable ASCII, so this ends every prefix. */
const AFTER_ASCII = '\u007f';

/**
 * Reads state for contracts, which are synchronous: the worker sleeps until the main thread has asked the peer. The
 * alternative, running the contract again after each read that was missing, would verify the SM2 signatures again.
 */
export class SyncReader implements StateReader {
  readonly #port: MessagePort;
  readonly #signal: Int32Array<SharedArrayBuffer>;
  #last = 0;

  constructor(port: MessagePort, signal: Int32Array<SharedArrayBuffer>) {
    this.#port = port;
    this.#signal = signal;
  }

  get(key: string): StampedValue | undefined {
    const answer = this.#ask({ get: key });
    return 'text' in answer && answer.text !== undefined ? decodeStamped(answer.text) : undefined;
  }

  range(prefix: string, { after = '', limit }: RangeOptions): { key: string; value: StampedValue }[] {
    const start = after >= prefix ? `${after}\u0001` : prefix;
    const answer = this.#ask({ range: { start, end: `${prefix}${AFTER_ASCII}`, limit } });
    return 'entries' in answer ? answer.entries.map(({ key, text }) => ({ key, value: decodeStamped(text) })) : [];
  }

  /** @throws Error when the peer could not be asked: never an empty answer, which would be another outcome */
  #ask(request: ReadRequest): Exclude<ReadAnswer, { failed: string }> {
    this.#last = (this.#last + 1) | 0;
    this.#port.postMessage({ id: this.#last, body: request } satisfies Numbered<ReadRequest>);
    // The call that wakes this thread for one answer may come so late that it wakes it from the wait for the next.
    for (let answered = Atomics.load(this.#signal, ANSWERED); answered !== this.#last; answered = Atomics.load(this.#signal, ANSWERED)) {
      Atomics.wait(this.#signal, ANSWERED, answered);
    }
    const answer = this.#received();
    if (answer === undefined || 'failed' in answer) throw new Error(`the state cannot be read: ${answer?.failed ?? 'no answer'}`);
    return answer;
  }

  #received(): ReadAnswer | undefined {
    for (;;) {
      const received: { message: Numbered<ReadAnswer> } | undefined = receiveMessageOnPort(this.#port);
      if (received === undefined) return undefined;
      if (received.message.id === this.#last) return received.message.body;
    }
  }
}
