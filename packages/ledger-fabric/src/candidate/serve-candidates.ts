import { answerRequests, assertSize, LedgerError, parseJson, readSubmitted, relay, Turns, type LedgerRequest, type ObserveSubmitted } from '@collabnet/ledger';
import { invitationOf, type NatsConnection } from '@collabnet/messaging';
import type { SignedTransaction } from '@collabnet/envelope';
import type { FabricLedgerClient } from '../fabric-ledger-client.ts';
import { BlockParts } from './block-parts.ts';
import { blocksRequestSchema } from './protocol.ts';

/** Requests of one candidate that are worked on at a time: each makes the host's peer or its contracts work. */
const MAX_PENDING = 4;

export interface CandidateService {
  /** To the hub, as its ledger host. */
  readonly connection: NatsConnection;
  /** `networkToken(networkId)` */
  readonly networkToken: string;
  /** The host's own verified view, and its way to the ledger. */
  readonly ledger: Pick<FabricLedgerClient, 'lastBlock' | 'blocks' | 'submit'>;
  /** Told of every well-formed transaction once its outcome is known. */
  readonly observe?: ObserveSubmitted | undefined;
  readonly onError?: ((error: unknown) => void) | undefined;
}

/**
 * Serves those who hold an invitation and have no peer yet: the blocks of the channel, as far as the host has verified
 * them itself, and the way onto the ledger for their request to join. Nothing else, and nobody else: members have peers.
 *
 * @returns ends it
 */
export function serveCandidates({ connection, networkToken, ledger, observe, onError }: CandidateService): () => void {
  const turns = new Turns(MAX_PENDING);
  const parts = new BlockParts((from) => ledger.blocks(from));
  const answer = async ({ from, operation, body }: LedgerRequest): Promise<object> => {
    const invitation = invitationOf(from);
    if (invitation === undefined) throw new LedgerError('FORBIDDEN', 'subject: this ledger is on Fabric; a member asks its own peer', { field: 'subject' });
    switch (operation) {
      case 'head':
        return { ...lastBlock(ledger), now: Date.now() };
      case 'blocks':
        return { parts: await turns.take(from, () => parts.read(...wanted(body))) };
      case 'join': {
        const tx = readSubmitted(body, 'membership.join');
        assertNames(tx, invitation);
        assertSize(tx);
        return turns.take(from, () => relay(tx, (each) => ledger.submit(each), observe));
      }
      case 'submit':
        throw new LedgerError('FORBIDDEN', 'subject: an invitation is good for join, blocks and head only', { field: 'subject' });
    }
  };
  return answerRequests(connection, networkToken, answer, onError);
}

function lastBlock(ledger: CandidateService['ledger']): { number: number; hash: string } {
  if (ledger.lastBlock === undefined) throw new LedgerError('UNAVAILABLE', 'the ledger host has no contact with its own peer yet');
  return ledger.lastBlock;
}

function wanted(body: string): [number, number] {
  const parsed = blocksRequestSchema.safeParse(parseJson(body));
  if (!parsed.success) throw new LedgerError('INVALID_ARGUMENT', 'blocks: needs {from, offset}, whole numbers from 0 on');
  return [parsed.data.from, parsed.data.offset];
}

function assertNames({ payload }: SignedTransaction, invitation: string): void {
  if (payload.public['invitationId'] === invitation) return;
  throw new LedgerError('FORBIDDEN', 'invitationId: the request comes under another invitation than it names', { field: 'invitationId' });
}
