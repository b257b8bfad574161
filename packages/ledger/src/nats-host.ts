import type { NatsConnection } from '@nats-io/transport-node';
import { ledgerEventsSubject } from '@collabnet/messaging';
import { answerRequests, type LedgerRequest } from './answer-requests.ts';
import type { Block } from './block.ts';
import { LedgerError } from './errors.ts';
import type { LedgerNode } from './node.ts';
import { blocksRequestSchema, jsonBytes, MAX_REPLY_BYTES, parseJson } from './protocol.ts';
import { readSubmitted, relay, type ObserveSubmitted } from './submitted.ts';
import { Turns } from './turns.ts';

/** Submits of one member that may wait at a time. */
const MAX_PENDING_PER_MEMBER = 200;

/**
 * Serves one {@link LedgerNode} over NATS: `submit`, `join`, `blocks` and `head` of every member, and an announcement
 * per block. The subject says who asks only as far as the hub is trusted; what is decided rests on signatures.
 */
export class NatsLedgerHost {
  readonly #connection: NatsConnection;
  readonly #node: LedgerNode;
  readonly #network: string;
  readonly #observe: ObserveSubmitted | undefined;
  readonly #turns = new Turns(MAX_PENDING_PER_MEMBER);

  /** @param observe told of every well-formed transaction once its outcome is known */
  constructor(connection: NatsConnection, node: LedgerNode, networkToken: string, observe?: ObserveSubmitted) {
    this.#connection = connection;
    this.#node = node;
    this.#network = networkToken;
    this.#observe = observe;
  }

  start(): void {
    answerRequests(this.#connection, this.#network, (request) => this.#answer(request));
  }

  announce(block: Block): void {
    this.#connection.publish(ledgerEventsSubject(this.#network), JSON.stringify({ height: block.header.height }));
  }

  async #answer({ from, operation, body }: LedgerRequest): Promise<object> {
    switch (operation) {
      case 'submit':
        return this.#submit(from, body);
      case 'join':
        return this.#submit(from, body, 'membership.join');
      case 'blocks':
        return { blocks: this.#blocks(body) };
      case 'head':
        return { ...this.#node.head(), now: Date.now() };
    }
  }

  #submit(from: string, body: string, only?: string): Promise<object> {
    return this.#turns.take(from, () => relay(readSubmitted(body, only), (tx) => this.#node.submit(tx), this.#observe));
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
