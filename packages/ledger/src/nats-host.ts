import type { NatsConnection } from '@nats-io/transport-node';
import { signedTransactionSchema } from '@collabnet/envelope';
import { ledgerEventsSubject, ledgerHostSubject, parseLedgerSubject } from '@collabnet/messaging';
import type { Block } from './block.ts';
import { LedgerError } from './errors.ts';
import type { LedgerNode } from './node.ts';
import { blocksRequestSchema, MAX_REPLY_BYTES, refusal } from './protocol.ts';

/**
 * Serves one {@link LedgerNode} over NATS: `submit`, `join`, `blocks` and `head` of every member, and an announcement
 * per block. The subject says who asks only as far as the hub is trusted; what is decided rests on signatures.
 */
export class NatsLedgerHost {
  readonly #connection: NatsConnection;
  readonly #node: LedgerNode;
  readonly #network: string;

  constructor(connection: NatsConnection, node: LedgerNode, networkToken: string) {
    this.#connection = connection;
    this.#node = node;
    this.#network = networkToken;
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
      switch (parseLedgerSubject(subject)?.operation) {
        case 'submit':
          return { ok: true, ...(await this.#submit(body)) };
        case 'join':
          return { ok: true, ...(await this.#submit(body, 'membership.join')) };
        case 'blocks':
          return { ok: true, blocks: this.#blocks(body) };
        case 'head':
          return { ok: true, ...this.#node.head() };
        default:
          throw new LedgerError('INVALID_ARGUMENT', `subject: ${subject} names no operation of the ledger`);
      }
    } catch (error) {
      return refusal(error);
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
    const { height, digest } = await this.#node.submit(tx);
    return { height, digest };
  }

  #blocks(body: string): Block[] {
    const parsed = blocksRequestSchema.safeParse(parseJson(body));
    if (!parsed.success) throw new LedgerError('INVALID_ARGUMENT', 'blocks: needs {from, limit} with limit 1 to 1000');
    const blocks: Block[] = [];
    let size = 0;
    for (const block of this.#node.blocks(parsed.data.from, parsed.data.limit)) {
      size += JSON.stringify(block).length;
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
