/** Bytes a pair may have on the way in one direction, and a receiver may have to hold out of order. */
export const pairWindow = 2 * 1024 * 1024;
/** Where the adaptive window starts to fall to after losses. */
export const smallestWindow = 256 * 1024;
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
