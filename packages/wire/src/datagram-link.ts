/**
 * An unreliable, unordered, unauthenticated way to one peer, such as a pair of NATS subjects. Datagrams may be lost,
 * repeated, reordered, altered or forged; the channel on top copes with all of it.
 */
export interface DatagramLink {
  /** Never throws; what cannot be sent now is lost. The bytes are not changed afterwards. */
  send(bytes: Uint8Array): void;
  /** Sets the one listener. */
  onMessage(listener: (bytes: Uint8Array) => void): void;
}
