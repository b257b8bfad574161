import { setTimeout as delay } from 'node:timers/promises';
import type { AttemptAddress, NatsConnection } from '@collabnet/messaging';
import type { Logger } from '@collabnet/telemetry';
import { isInitiator, openSession, partiesDigest, Tunnel, WireError } from '@collabnet/wire';
import type { ChannelCounters, ControlRequest, CourierParty, EndFailure, Receipt, ReliableChannel, Transcript, WireContext } from '@collabnet/wire';
import type { Assignment } from '../config/load-job.ts';
import { CourierError } from '../errors.ts';
import { Attestations } from './attestations.ts';
import { NatsLink } from './nats-link.ts';

export type StartRequest = Extract<ControlRequest, { op: 'start' }>;

interface PeerSession {
  readonly peer: CourierParty;
  readonly channel: ReliableChannel;
  tunnel?: Tunnel;
}

/** Traffic with one peer, by its DID. */
export interface PeerTraffic extends ChannelCounters {
  readonly peer: string;
  readonly bytes: { readonly sent: number; readonly received: number };
}

/** How long the last frame of a side is repeated for a peer that does not answer any more. */
const lingerMs = 10_000;
const settleMs = 10_000;

/** The channels and tunnels to all peers of the attempt. */
export class PeerSessions {
  readonly #assignment: Assignment;
  readonly #connection: NatsConnection;
  readonly #address: AttemptAddress;
  readonly #logger: Logger;
  readonly #attestations: Attestations;
  #sessions: PeerSession[] = [];

  constructor(options: { assignment: Assignment; connection: NatsConnection; address: AttemptAddress; logger: Logger }) {
    [this.#assignment, this.#connection, this.#address, this.#logger] = [options.assignment, options.connection, options.address, options.logger];
    this.#attestations = new Attestations(options.assignment.job, options.logger);
  }

  /** Shakes hands with all peers: nobody's engine starts before everybody has confirmed. @throws WireError; the reason of the signal */
  async open(start: StartRequest, signal: AbortSignal): Promise<void> {
    const { job, attemptKey, courierKey } = this.#assignment;
    const peers = job.peers.map((peer) => {
      const known = start.peers.find((each) => each.did === peer.did);
      if (!known) throw new CourierError('JOB_INVALID', `start: peers: ${peer.did} is missing`);
      return { peer, known };
    });
    const context: WireContext = {
      networkId: job.networkId,
      flowId: job.flowId,
      step: job.step,
      attempt: job.attempt,
      specDigest: job.specDigest,
      partiesDigest: partiesDigest([{ did: job.self.did, courierKey }, ...peers.map(({ known }) => known)]),
      wireProfile: job.wireProfile,
      algorithm: { name: job.algorithm.name, version: job.algorithm.version },
    };
    this.#sessions = await Promise.all(
      peers.map(async ({ peer, known }) => {
        const channel = await openSession({
          link: new NatsLink(this.#connection, this.#address, job.self.token, peer.token),
          context,
          self: { did: job.self.did, attemptKey, delegation: job.delegation, attest: this.#attestations.attest(peer, signal) },
          peer: { ...known, verifyAttestation: this.#attestations.verify(peer) },
          byteCeiling: job.byteCeiling,
          window: job.window,
          signal,
          onRefused: (reason) => this.#logger.warn({ peer: peer.did, reason }, 'handshake message refused'),
        });
        return { peer, channel };
      }),
    );
  }

  /** Opens the local ports. @param onFailure told of a channel that broke, and of a peer that says it failed */
  async tunnel(signal: AbortSignal, onExchanged: () => void, onFailure: (error: Error) => void): Promise<void> {
    const { job } = this.#assignment;
    for (const session of this.#sessions) {
      session.channel.failed.catch((error: Error) => onFailure(naming(session.peer, error)));
      session.channel.peerEnd.then(
        (end) => (end.status === 'Failed' ? onFailure(peerFailed(session.peer, end.failure)) : session.tunnel?.peerEnded()),
        () => undefined,
      );
      session.tunnel = await Tunnel.open({
        channel: session.channel,
        initiator: isInitiator(job.self.did, session.peer.did),
        listenPort: job.enginePorts.peers[session.peer.name] ?? 0,
        enginePort: job.enginePorts.self,
        signal,
        onExchanged,
      });
    }
  }

  /** For the receipt; undefined where nobody is attested. */
  get attestation(): Receipt['attestation'] {
    return this.#attestations.record;
  }

  get bytes(): { sent: number; received: number } {
    const all = this.#sessions.map(({ channel }) => channel.engineBytes);
    return { sent: all.reduce((sum, each) => sum + each.sent, 0), received: all.reduce((sum, each) => sum + each.received, 0) };
  }

  /** What has gone to and come from each peer so far. */
  get traffic(): readonly PeerTraffic[] {
    return this.#sessions.map(({ peer, channel }) => ({ peer: peer.did, bytes: channel.engineBytes, ...channel.counters }));
  }

  /** After the engine: lets its last bytes out, exchanges END with every peer, returns what was carried by DID. */
  async finish(signal: AbortSignal): Promise<Record<string, Transcript>> {
    const stopped = new Promise<never>((_resolve, reject) => {
      signal.throwIfAborted();
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
    stopped.catch(() => undefined);
    const entries = await Promise.all(
      this.#sessions.map(async ({ peer, channel, tunnel }) => {
        await tunnel?.settle(settleMs);
        channel.end();
        const end = await Promise.race([channel.peerEnd, stopped]);
        if (end.status === 'Failed') throw peerFailed(peer, end.failure);
        const { sent, received } = channel.totals();
        const transcript: Transcript = {
          sentDigest: sent.digest,
          receivedDigest: received.digest,
          sentBytes: sent.bytes,
          receivedBytes: received.bytes,
          sentFrames: sent.frames,
          receivedFrames: received.frames,
        };
        this.#logger.info({ peer: peer.did, ...channel.counters, sentBytes: sent.bytes, receivedBytes: received.bytes }, 'exchange closed');
        return [peer.did, transcript] as const;
      }),
    );
    return Object.fromEntries(entries);
  }

  /** Cuts the engine off and tells the peers why. */
  fail(failure: EndFailure): void {
    for (const { channel, tunnel } of this.#sessions) {
      tunnel?.close();
      channel.end(failure);
    }
  }

  /** Ends everything, once the peers have what was sent or do not answer. */
  async close(): Promise<void> {
    const end = Date.now() + lingerMs;
    while (this.#sessions.some(({ channel }) => !channel.drained) && Date.now() < end) await delay(20);
    for (const { channel, tunnel } of this.#sessions) {
      tunnel?.close();
      channel.close();
    }
  }
}

/** The channel does not know whom it leads to; whoever reads of a silent peer must. */
function naming(peer: CourierParty, error: Error): Error {
  if (error instanceof WireError && error.code === 'WIRE_BYTE_CEILING') {
    const message = `${peer.did}: ${error.message} in this attempt; raise the Helm value compute.byteCeiling if the task needs more`;
    return new CourierError(error.code, message, { cause: error });
  }
  if (!(error instanceof WireError && error.code === 'WIRE_PEER_SILENT')) return error;
  const message = `${peer.did}: ${error.message}; ask whether its cluster and its link to the hub are up`;
  return new CourierError('PEER_SILENT', message, { cause: error, retryable: true });
}

/** A peer tells its code and no message, which could have data in it; of this one the code alone says too little. */
export function peerFailed(peer: Pick<CourierParty, 'did'>, failure: EndFailure | undefined): CourierError {
  const meaning = failure?.code === 'ABORTED' ? ': its pod is being stopped, or its operator has given the attempt up' : '';
  return new CourierError('PEER_FAILED', `${peer.did}: reports ${failure?.code ?? 'a failure'}${meaning}`, { retryable: failure?.retryable ?? true });
}
