import type { SignedTransaction } from '@collabnet/envelope';
import type { Block } from './block.ts';

/** A member's signed statement of the head it has verified; exchanged so that a fork shown to one member is noticed. */
export interface SignedHead {
  did: string;
  keyId: string;
  height: number;
  hash: string;
  time: number;
  signature: string;
}

/** How a replica reaches the ledger host. Implementations reject with LedgerError UNAVAILABLE, TIMEOUT or the host's refusal. */
export interface LedgerTransport {
  submit(tx: SignedTransaction): Promise<{ height: number; digest: string }>;
  /** Up to `limit` blocks from `from` on; fewer when they would not fit one message. */
  blocks(from: number, limit: number): Promise<Block[]>;
  head(): Promise<{ height: number; hash: string }>;
  /** Calls back when the host announces a block; announcements may be lost, so callers poll as well. */
  onAnnouncement(listener: () => void): void;
  publishHead?(head: SignedHead): void;
  onHead?(listener: (head: SignedHead) => void): void;
  close(): Promise<void>;
}
