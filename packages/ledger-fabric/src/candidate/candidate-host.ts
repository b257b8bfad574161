import type { SignedTransaction } from '@collabnet/envelope';
import { askHost, LedgerError, READ_TIMEOUT_MS, type SubmitResult } from '@collabnet/ledger';
import { invitationLedgerSubject, networkToken, type NatsConnection } from '@collabnet/messaging';
import type { z } from 'zod';
import { BlockAssembly } from './block-parts.ts';
import { blocksReplySchema, headReplySchema, joinReplySchema } from './protocol.ts';

/** Submitting on Fabric takes as long as orderers and endorsers need. */
const JOIN_TIMEOUT_MS = 30_000;

/** The ledger's host as a candidate reaches it over the hub. */
export class CandidateHost {
  readonly #connection: NatsConnection;
  readonly #subject: (operation: 'join' | 'blocks' | 'head') => string;

  constructor(connection: NatsConnection, networkId: string, invitationId: string) {
    this.#connection = connection;
    this.#subject = (operation) => invitationLedgerSubject(networkToken(networkId), invitationId, operation);
  }

  /** The newest block, and the host's clock. @throws LedgerError UNAVAILABLE, TIMEOUT */
  async head(): Promise<z.infer<typeof headReplySchema>> {
    return understood(headReplySchema, await askHost(this.#connection, this.#subject('head'), {}, READ_TIMEOUT_MS));
  }

  /** Serialised blocks `from` to `last`, in order. @throws LedgerError UNAVAILABLE, TIMEOUT */
  async *blocks(from: number, last: number): AsyncGenerator<Uint8Array> {
    const assembly = new BlockAssembly(from);
    while (assembly.wanted.from <= last) {
      const reply = await askHost(this.#connection, this.#subject('blocks'), assembly.wanted, READ_TIMEOUT_MS);
      const { parts } = understood(blocksReplySchema, reply);
      if (parts.length === 0) throw new LedgerError('UNAVAILABLE', `the ledger host sent nothing of block ${assembly.wanted.from} although its head is ${last}`);
      for (const part of parts) {
        const block = assembly.take(part);
        if (block !== undefined) yield block;
      }
    }
  }

  /** @throws LedgerError UNAVAILABLE, TIMEOUT, or why the host or the contracts refuse */
  async join(tx: SignedTransaction): Promise<SubmitResult> {
    return understood(joinReplySchema, await askHost(this.#connection, this.#subject('join'), tx, JOIN_TIMEOUT_MS));
  }
}

function understood<S extends z.ZodType>(schema: S, reply: unknown): z.infer<S> {
  const parsed = schema.safeParse(reply);
  if (parsed.success) return parsed.data;
  throw new LedgerError('UNAVAILABLE', `the ledger host sent what a candidate cannot read: ${parsed.error.issues[0]?.path.join('.') ?? ''}; is it of another version?`);
}
