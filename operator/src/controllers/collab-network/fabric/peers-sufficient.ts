/** How many peers of all institutions are alive, and how many should be. */
export interface PeerCount {
  /** As the own peer knows it, itself included; undefined when it does not say. */
  readonly alive: number | undefined;
  /** From the spec. */
  readonly wanted: number | undefined;
  /** Institutions on the channel. */
  readonly organisations: number;
}

/** Whether the network has the peers that it should have, as a condition says it. */
export function peersSufficient({ alive, wanted, organisations }: PeerCount): { readonly status: 'True' | 'False' | 'Unknown'; readonly reason: string; readonly message: string } {
  if (alive === undefined) return { status: 'Unknown', reason: 'PeersUnknown', message: 'the own peer does not say how many others it knows; look at its metrics' };
  const minimum = wanted ?? organisations;
  const why = wanted === undefined ? 'one for each institution on the channel' : 'spec.ledger.fabric.minimumPeers';
  if (alive >= minimum) return { status: 'True', reason: 'PeersAlive', message: `${alive} peers of all institutions are alive; at least ${minimum} should be (${why})` };
  const message = `${alive} peers of all institutions are alive, at least ${minimum} should be (${why}): each that is lost brings the network closer to where too few endorse, which takes those of more than half of the ${organisations} institutions. Ask the institutions, or look at networkPolicy.fabric`;
  return { status: 'False', reason: 'TooFewPeers', message };
}
