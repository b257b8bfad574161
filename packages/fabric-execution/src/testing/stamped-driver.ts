import { query, type GenesisPayload } from '@collabnet/contracts';
import type { Driver } from '@collabnet/contracts/testing';
import type { Json, JsonObject, SignedTransaction } from '@collabnet/envelope';
import { executeCall } from '../execute-call.ts';
import { expectedReads } from '../expected-reads.ts';
import { foundNetwork } from '../found-call.ts';
import { StampedState } from '../stamped-state.ts';
import { MemoryReader } from './memory-reader.ts';

/** Which head and time a sender names; the truth, unless a test has it lie. */
export interface Claims {
  seenHeight(head: number): number;
  time(now: number): number;
}

/** The contract suites' driver over this adapter without Fabric: one block per transaction. */
export class StampedDriver implements Driver {
  readonly networkId: string;
  readonly reader = new MemoryReader();
  readonly #claims: Claims;
  #head = 0;
  #time: number;
  #now: number;

  /** @param signature of the founder over `payload` */
  constructor(payload: GenesisPayload, signature: string, claims: Claims = { seenHeight: (head) => head, time: (now) => now }) {
    const founding = foundNetwork(this.reader, { payload, signature });
    this.reader.apply(founding.writes);
    this.networkId = founding.networkId;
    this.#claims = claims;
    this.#time = payload.createdAt;
    this.#now = payload.createdAt;
  }

  now(): number {
    return this.#now;
  }

  advanceTime(ms: number): void {
    this.#now += ms;
  }

  execute(tx: SignedTransaction): ReturnType<Driver['execute']> {
    return Promise.resolve().then(() => {
      const outcome = executeCall(this.reader, { tx: structuredClone(tx), seenHeight: this.#claims.seenHeight(this.#head), time: this.#claims.time(this.#now) });
      const unread = expectedReads(tx).find((key) => !outcome.reads.includes(key));
      if (unread !== undefined) throw new Error(`${tx.payload.contract}.${tx.payload.method} does not read ${unread}, which endorsers fetch beforehand`);
      this.reader.apply(outcome.writes);
      this.#head = Math.max(this.#head + 1, outcome.height);
      this.#time = Math.max(this.#time, outcome.time);
      return { digest: outcome.digest, height: this.#head, result: outcome.result, events: outcome.events };
    });
  }

  query(contract: string, method: string, args: JsonObject): Promise<Json> {
    const block = { time: Math.max(this.#time, this.#now), height: this.#head, networkId: this.networkId };
    return Promise.resolve().then(() => query(new StampedState(this.reader), block, contract, method, args));
  }
}
