/** Most bytes a pair may have on the way in one direction, and half of what a receiver holds out of order. */
export const pairWindow = 2 * 1024 * 1024;
/** Least that a side may be given; with it the pairs of an institution stay within {@link institutionWindow}. */
export const leastWindow = 16 * 1024;
/** Bytes that all pairs of an institution together may have on the way in one direction (design §7). */
export const institutionWindow = 32 * 1024 * 1024;
/** Where a window starts, and what it falls to after losses. */
export const smallestWindow = 256 * 1024;
/** A frame is at most this part of the window, so that one that is lost costs little to repeat. */
export const framesInWindow = 16;
/** Frames beyond the next expected one that a receiver holds; a multiple of 8. */
export const maxAhead = 256;
/** Refused datagrams since the last frame that was new, after which the link counts as tampered with. */
export const maxRefused = 256;
/** Acknowledged after this many frames or milliseconds, whatever comes first. */
export const ackEvery = 8;
export const ackDelayMs = 4;
/** A side that has nothing else to say repeats its acknowledgement this often, so that it is known to be there. */
export const heartbeatMs = 5_000;
/** Heartbeats of the own clock without anything new and authentic from the peer, after which it counts as gone: 45 s. */
export const maxSilentBeats = 9;
