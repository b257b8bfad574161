import type { NatsConnection } from '@nats-io/transport-node';
import type { SignedTransaction } from '@collabnet/envelope';
import { z } from 'zod';
import { askHost, READ_TIMEOUT_MS } from './ask-host.ts';
import { blockHeaderSchema, type Block } from './block.ts';
import { LedgerError } from './errors.ts';
import type { LedgerTransport, SignedHead } from './transport.ts';

const SUBMIT_TIMEOUT_MS = 20_000;

/** Subjects of one participant; see the builders of @collabnet/messaging. A holder of an invitation has no `heads`. */
export interface LedgerSubjects {
  submit?: string;
  blocks: string;
  head: string;
  announcements?: string;
  publishHead?: string;
  heads?: string;
}

const submitReply = z.object({ height: z.number().int(), digest: z.string() });
const headReply = z.object({ height: z.number().int(), hash: z.string(), now: z.number().int() });
const signedHeadSchema = z.strictObject({
  did: z.string().max(256),
  keyId: z.string().max(256),
  height: z.number().int().nonnegative(),
  hash: z.string().max(64),
  time: z.number().int(),
  header: blockHeaderSchema,
  blockSignature: z.string().max(128),
  signature: z.string().max(128),
});

/** Reaches the embedded ledger by request and reply over NATS. Closing it leaves the connection to its owner. */
export class NatsLedgerTransport implements LedgerTransport {
  readonly #connection: NatsConnection;
  readonly #subjects: LedgerSubjects;
  readonly #subscriptions: { unsubscribe(): void }[] = [];

  constructor(connection: NatsConnection, subjects: LedgerSubjects) {
    this.#connection = connection;
    this.#subjects = subjects;
  }

  async submit(tx: SignedTransaction): Promise<{ height: number; digest: string }> {
    if (this.#subjects.submit === undefined) throw new LedgerError('UNAVAILABLE', 'this client may read the ledger but not submit to it');
    return submitReply.parse(await askHost(this.#connection, this.#subjects.submit, tx, SUBMIT_TIMEOUT_MS));
  }

  async blocks(from: number, limit: number): Promise<Block[]> {
    const reply = await askHost(this.#connection, this.#subjects.blocks, { from, limit }, READ_TIMEOUT_MS);
    if (!Array.isArray(reply['blocks'])) throw new LedgerError('UNAVAILABLE', 'the ledger host sent no list of blocks');
    return reply['blocks'] as Block[];
  }

  async head(): Promise<z.infer<typeof headReply>> {
    return headReply.parse(await askHost(this.#connection, this.#subjects.head, {}, READ_TIMEOUT_MS));
  }

  onAnnouncement(listener: () => void): void {
    if (this.#subjects.announcements === undefined) return;
    const callback = (error: Error | null): void => {
      if (error === null) listener();
    };
    this.#subscriptions.push(this.#connection.subscribe(this.#subjects.announcements, { callback }));
  }

  publishHead(head: SignedHead): void {
    if (this.#subjects.publishHead !== undefined) this.#connection.publish(this.#subjects.publishHead, JSON.stringify(head));
  }

  onHead(listener: (head: SignedHead) => void): void {
    if (this.#subjects.heads === undefined) return;
    const callback = (error: Error | null, message: { string(): string }): void => {
      if (error !== null) return;
      const head = signedHeadSchema.safeParse(safeJson(message.string()));
      if (head.success) listener(head.data);
    };
    this.#subscriptions.push(this.#connection.subscribe(this.#subjects.heads, { callback }));
  }

  close(): Promise<void> {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    return Promise.resolve();
  }
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
