import type { NatsConnection } from '@nats-io/transport-node';
import { signedTransactionSchema, type TransactionPayload } from '@collabnet/envelope';
import { ledgerEventsSubject, ledgerHostSubject, parseLedgerSubject } from '@collabnet/messaging';
import type { Block } from './block.ts';
import { LedgerError } from './errors.ts';
import type { LedgerNode } from './node.ts';
import { blocksRequestSchema, jsonBytes, MAX_REPLY_BYTES, refusal } from './protocol.ts';

/** Submits of one member that may wait at a time: no member can fill the queue for the others. */
const MAX_PENDING_PER_MEMBER = 200;

/** A transaction that was submitted, and what became of it. */
export interface SubmittedTransaction {
  readonly payload: TransactionPayload;
  /** `Accepted`, or the code of the refusal. */
  readonly outcome: string;
  /** Epoch ms. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Of the block, when it was accepted. */
  readonly height?: number;
}

/**
 * Serves one {@link LedgerNode} over NATS: `submit`, `join`, `blocks` and `head` of every member, and an announcement
 * per block. The subject says who asks only as far as the hub is trusted; what is decided rests on signatures.
 */
export class NatsLedgerHost {
  readonly #connection: NatsConnection;
  readonly #node: LedgerNode;
  readonly #network: string;
  readonly #observe: ((seen: SubmittedTransaction) => void) | undefined;
  readonly #pending = new Map<string, number>();

  /** @param observe told of every well-formed transaction once its outcome is known */
  constructor(connection: NatsConnection, node: LedgerNode, networkToken: string, observe?: (seen: SubmittedTransaction) => void) {
    this.#connection = connection;
    this.#node = node;
    this.#network = networkToken;
    this.#observe = observe;
  }

  start(): void {
    this.#connection.subscribe(ledgerHostSubject(this.#network), {
      callback: (error, message) => {
        if (error !== null || message.reply === undefined) return;
        void this.#answer(message.subject, message.string()).then((reply) => message.respond(JSON.stringify(reply)));
      },
    });
  }

  announce(block: Block): void {
    this.#connection.publish(ledgerEventsSubject(this.#network), JSON.stringify({ height: block.header.height }));
  }

  async #answer(subject: string, body: string): Promise<object> {
    try {
      const asked = parseLedgerSubject(subject);
      switch (asked?.operation) {
        case 'submit':
          return { ok: true, ...(await this.#inTurn(asked.from, () => this.#submit(body))) };
        case 'join':
          return { ok: true, ...(await this.#inTurn(asked.from, () => this.#submit(body, 'membership.join'))) };
        case 'blocks':
          return { ok: true, blocks: this.#blocks(body) };
        case 'head':
          return { ok: true, ...this.#node.head(), now: Date.now() };
        default:
          throw new LedgerError('INVALID_ARGUMENT', `subject: ${subject} names no operation of the ledger`);
      }
    } catch (error) {
      return refusal(error);
    }
  }

  async #inTurn<T>(from: string, work: () => Promise<T>): Promise<T> {
    const pending = this.#pending.get(from) ?? 0;
    if (pending >= MAX_PENDING_PER_MEMBER) throw new LedgerError('UNAVAILABLE', `${pending} transactions of this member are waiting; submit again`);
    this.#pending.set(from, pending + 1);
    try {
      return await work();
    } finally {
      const left = (this.#pending.get(from) ?? 1) - 1;
      if (left === 0) this.#pending.delete(from);
      else this.#pending.set(from, left);
    }
  }

  async #submit(body: string, only?: string): Promise<{ height: number; digest: string }> {
    const parsed = signedTransactionSchema.safeParse(parseJson(body));
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      throw new LedgerError('MALFORMED', `${issue?.path.join('.') ?? 'transaction'}: ${issue?.message ?? 'malformed'}`);
    }
    const tx = parsed.data;
    const called = `${tx.payload.contract}.${tx.payload.method}`;
    if (only !== undefined && called !== only) throw new LedgerError('FORBIDDEN', `method: an invitation is good for ${only} only, not for ${called}`);
    const startedAt = Date.now();
    const seen = (outcome: string, height?: number): void => this.#observe?.({ payload: tx.payload, outcome, startedAt, endedAt: Date.now(), ...(height === undefined ? {} : { height }) });
    try {
      const { height, digest } = await this.#node.submit(tx);
      seen('Accepted', height);
      return { height, digest };
    } catch (error) {
      seen(error instanceof LedgerError ? error.code : 'INTERNAL');
      throw error;
    }
  }

  #blocks(body: string): Block[] {
    const parsed = blocksRequestSchema.safeParse(parseJson(body));
    if (!parsed.success) throw new LedgerError('INVALID_ARGUMENT', 'blocks: needs {from, limit} with limit 1 to 1000');
    const blocks: Block[] = [];
    let size = 0;
    for (const block of this.#node.blocks(parsed.data.from, parsed.data.limit)) {
      size += jsonBytes(block);
      // One block always goes out, or a block larger than the bound could never be read.
      if (blocks.length > 0 && size > MAX_REPLY_BYTES) break;
      blocks.push(block);
    }
    return blocks;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LedgerError('MALFORMED', 'the request is not JSON', { cause });
  }
}
