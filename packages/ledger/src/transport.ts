import type { SignedTransaction } from '@collabnet/envelope';
import type { Block, BlockHeader } from './block.ts';

/**
 * A member's signed statement of the head it has verified, with the host's own signature over it; exchanged so that a
 * fork shown to one member is noticed. The host's signature is what proves a fork: a member's word alone does not.
 */
export interface SignedHead {
  did: string;
  keyId: string;
  height: number;
  hash: string;
  time: number;
  /** Header of the block, and the host's signature over it. */
  header: BlockHeader;
  blockSignature: string;
  /** Of the member, over the other members but `header` and `blockSignature`. */
  signature: string;
}

/** How a replica reaches the ledger host. Implementations reject with LedgerError UNAVAILABLE, TIMEOUT or the host's refusal. */
export interface LedgerTransport {
  submit(tx: SignedTransaction): Promise<{ height: number; digest: string }>;
  /** Up to `limit` blocks from `from` on; fewer when they would not fit one message. */
  blocks(from: number, limit: number): Promise<Block[]>;
  /** `now`: the host's clock, epoch ms. */
  head(): Promise<{ height: number; hash: string; now?: number }>;
  /** Calls back when the host announces a block; announcements may be lost, so callers poll as well. */
  onAnnouncement(listener: () => void): void;
  publishHead?(head: SignedHead): void;
  onHead?(listener: (head: SignedHead) => void): void;
  close(): Promise<void>;
}
