import { MAX_REPLY_BYTES } from '@collabnet/ledger';
import { z } from 'zod';

/** Octets of blocks in one reply: base64 makes four of three. */
export const MOST_OCTETS = (MAX_REPLY_BYTES / 4) * 3;

/** No block is larger: an orderer refuses a transaction above 10 MiB, and cuts blocks at 2. */
export const LARGEST_BLOCK = 64 * 1024 * 1024;

const count = z.int().nonnegative();

/** From which octet of which block on the channel is wanted. */
export const blocksRequestSchema = z.strictObject({ from: count, offset: count });

/** A piece of a block, or all of it; `size` is that of the whole. */
export const partSchema = z.object({ number: count, offset: count, size: count.max(LARGEST_BLOCK), octets: z.base64().min(4) });

export const blocksReplySchema = z.object({ parts: z.array(partSchema) });

/** The newest block that the host has verified; `now` is its clock, epoch ms. */
export const headReplySchema = z.object({ number: count, hash: z.string().max(64), now: z.int() });

export const joinReplySchema = z.object({ height: count, digest: z.string().max(64) });

export type BlockPart = z.infer<typeof partSchema>;
