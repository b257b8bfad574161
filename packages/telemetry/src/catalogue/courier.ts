import { counter, gauge, seconds } from './definition.ts';

/** Metrics of one courier, which lives for one attempt. `peer` is the DID of another party: at most 15. */
export const COURIER_METRICS = {
  state: gauge('state', '1 for the state the courier is in, 0 for the others.', ['state']),
  sentBytes: counter('sent_bytes_total', "Bytes of the engine's traffic sent to a peer, before encryption.", ['peer']),
  receivedBytes: counter('received_bytes_total', "Bytes of the engine's traffic received from a peer, after decryption.", ['peer']),
  sentFrames: counter('sent_frames_total', 'Frames sent to a peer; one sent again counts once.', ['peer']),
  receivedFrames: counter('received_frames_total', 'Frames accepted from a peer.', ['peer']),
  resentFrames: counter('resent_frames_total', 'Frames sent again because a peer did not acknowledge them in time.', ['peer']),
  duplicateFrames: counter('duplicate_frames_total', 'Frames that a peer sent although they were here.', ['peer']),
  refusedDatagrams: counter('refused_datagrams_total', 'Datagrams that were altered, forged or out of place.', ['peer']),
  handshakes: counter('handshakes_total', 'Handshakes by outcome: Completed, or the code of the failure.', ['outcome']),
  handshakeSeconds: seconds('handshake_seconds', 'Time from the start until all peers have confirmed.'),
} as const;
