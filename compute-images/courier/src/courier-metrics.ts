import { COURIER_METRICS, type Counter, type Metrics } from '@collabnet/telemetry';
import { COURIER_STATES } from '@collabnet/wire';
import type { Attempt } from './attempt/attempt.ts';

type Watched = Pick<Attempt, 'state' | 'traffic' | 'handshake'>;

/** Shows one attempt. The figures are kept by the attempt; they are read when metrics are scraped. */
export function courierMetrics(metrics: Metrics, attempt: Watched): void {
  metrics.gauge(COURIER_METRICS.state, (gauge) => {
    for (const state of COURIER_STATES) gauge.set({ state }, state === attempt.state ? 1 : 0);
  });
  const perPeer = (of: (traffic: Watched['traffic'][number]) => number) => (counter: Counter<'peer'>) => {
    counter.reset();
    for (const traffic of attempt.traffic) counter.inc({ peer: traffic.peer }, of(traffic));
  };
  metrics.counter(COURIER_METRICS.sentBytes, perPeer(({ bytes }) => bytes.sent));
  metrics.counter(COURIER_METRICS.receivedBytes, perPeer(({ bytes }) => bytes.received));
  metrics.counter(COURIER_METRICS.sentFrames, perPeer(({ sentFrames }) => sentFrames));
  metrics.counter(COURIER_METRICS.receivedFrames, perPeer(({ receivedFrames }) => receivedFrames));
  metrics.counter(COURIER_METRICS.resentFrames, perPeer(({ resent }) => resent));
  metrics.counter(COURIER_METRICS.duplicateFrames, perPeer(({ duplicates }) => duplicates));
  metrics.counter(COURIER_METRICS.refusedDatagrams, perPeer(({ refused }) => refused));
  const seconds = metrics.histogram(COURIER_METRICS.handshakeSeconds);
  let counted = false;
  // An attempt shakes hands once.
  metrics.counter(COURIER_METRICS.handshakes, (counter) => {
    if (counted || attempt.handshake === undefined) return;
    counted = true;
    counter.inc({ outcome: attempt.handshake.outcome });
    seconds.observe(attempt.handshake.seconds);
  });
}
