import { ReliableChannel } from './channel/reliable-channel.ts';
import { WireError } from './errors.ts';
import { frameTypes, parseFrame } from './frames/frame.ts';
import { attestEphemeral } from './handshake/attest-ephemeral.ts';
import { Handshake } from './handshake/handshake.ts';
import { profileOf } from './profile/profile-of.ts';
import type { DatagramLink } from './datagram-link.ts';
import type { Frame } from './frames/frame.ts';
import type { WireContext, WireIdentity, WirePeer } from './handshake/context.ts';

export interface SessionOptions {
  readonly link: DatagramLink;
  readonly context: WireContext;
  readonly self: WireIdentity;
  readonly peer: WirePeer;
  readonly byteCeiling: number;
  /** This side's share of its institution's window; see ChannelOptions. */
  readonly window?: number | undefined;
  /** Ends the wait for the peer; its reason is thrown. */
  readonly signal: AbortSignal;
  /** For tests; see ChannelOptions. */
  readonly heartbeatMs?: number | undefined;
  /** Told why a handshake message was dropped. */
  readonly onRefused?: ((reason: string) => void) | undefined;
}

const resendMs = 250;

/**
 * Shakes hands with one peer over a lossy link and returns the channel: the barrier before an engine's first byte.
 * The peer may start later; messages are repeated until it answers.
 *
 * @throws the reason of the signal; whatever the attestation of either side is refused with
 */
export async function openSession(options: SessionOptions): Promise<ReliableChannel> {
  const { link, context, self, peer, signal, byteCeiling, window, heartbeatMs, onRefused } = options;
  signal.throwIfAborted();
  const profile = profileOf(context.wireProfile);
  const send = (datagram: Uint8Array): void => link.send(datagram);
  const ephemeral = profile.ephemeral();
  const attestation = await attestEphemeral(profile, context, self, peer, ephemeral);
  signal.throwIfAborted();
  const opened = Promise.withResolvers<ReliableChannel>();
  const handshake = new Handshake({ profile, context, self, peer, ephemeral, attestation, send, onRefused, onFailed: opened.reject });
  let channel: ReliableChannel | undefined;
  link.onMessage((bytes) => {
    const frame = parsed(bytes);
    if (frame?.type !== frameTypes.HELLO && frame?.type !== frameTypes.CONFIRM) {
      // Before the barrier nothing is taken; an honest peer sends it again.
      channel?.receive(frame);
      return;
    }
    handshake.receive(frame);
    const keys = handshake.established;
    if (!keys || channel) return;
    channel = new ReliableChannel({ keys, send, byteCeiling, window, heartbeatMs });
    opened.resolve(channel);
  });
  const repeat = setInterval(() => {
    // Our CONFIRM may have been lost: only a frame under the new keys shows that it was not.
    if (!channel?.heard) handshake.resend();
    else clearInterval(repeat);
  }, resendMs);
  const onAbort = (): void => opened.reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  handshake.resend();
  try {
    const open = await opened.promise;
    open.failed.catch(() => clearInterval(repeat));
    return open;
  } catch (error) {
    clearInterval(repeat);
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function parsed(bytes: Uint8Array): Frame | undefined {
  try {
    return parseFrame(bytes);
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}
