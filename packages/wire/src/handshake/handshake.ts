import { timingSafeEqual } from 'node:crypto';
import { fromBase64Url, sm2Sign, sm2Verify, toBase64Url } from '@collabnet/sm';
import { encodeHeader, frameTypes } from '../frames/frame.ts';
import { helloBytes, isInitiator, transcriptBytes } from './context.ts';
import { attestationNonce } from './attest-ephemeral.ts';
import { confirmSchema, delegationFault, helloSchema, readMessage } from './messages.ts';
import { sessionKeys } from './session-keys.ts';
import type { Frame, FrameType } from '../frames/frame.ts';
import type { Ephemeral, WireProfile } from '../profile/wire-profile.ts';
import type { WireContext, WireIdentity, WirePeer } from './context.ts';
import type { Confirm, Hello } from './messages.ts';
import type { SessionKeys } from './session-keys.ts';

export interface HandshakeOptions {
  readonly profile: WireProfile;
  readonly context: WireContext;
  readonly self: WireIdentity;
  readonly peer: WirePeer;
  /** Of this session alone. */
  readonly ephemeral: Ephemeral;
  /** See {@link attestEphemeral}. */
  readonly attestation?: string | undefined;
  readonly send: (datagram: Uint8Array) => void;
  /** Told why the right peer cannot be trusted with anything; no further message changes that. */
  readonly onFailed?: ((error: unknown) => void) | undefined;
  /** Told why a message was dropped; never with its content. */
  readonly onRefused?: ((reason: string) => void) | undefined;
}

/**
 * HELLO shows each end's ephemeral key, signed by the attempt key that the ledger names. CONFIRM signs and authenticates
 * both, with the new keys: whoever has received it knows that the other end is the right one and has the same keys.
 * Who computes in a trusted execution environment shows an attestation result for its HELLO: the keys that follow from it are known
 * inside that environment alone. Messages may be lost: {@link Handshake.resend} repeats what the peer still lacks, byte for byte.
 */
export class Handshake {
  readonly #options: HandshakeOptions;
  readonly #ephemeral: Ephemeral;
  readonly #hello: Buffer;
  #peerEphemeral: string | undefined;
  #keys: SessionKeys | undefined;
  #confirm: Buffer | undefined;
  #confirmed = false;
  #judging = false;

  constructor(options: HandshakeOptions) {
    this.#options = options;
    this.#ephemeral = options.ephemeral;
    const { context, self, peer, attestation } = options;
    const ephemeral = toBase64Url(this.#ephemeral.publicKey);
    const signature = sm2Sign(helloBytes(context, self.did, peer.did, ephemeral, attestation), self.attemptKey);
    this.#hello = datagram(frameTypes.HELLO, { from: self.did, to: peer.did, ephemeral, delegation: self.delegation, attestation, signature });
  }

  /** Keys, once the peer has proved that it has them too. */
  get established(): SessionKeys | undefined {
    return this.#confirmed ? this.#keys : undefined;
  }

  resend(): void {
    if (!this.#confirmed) this.#options.send(this.#hello);
    if (this.#confirm) this.#options.send(this.#confirm);
  }

  /** Takes a HELLO or CONFIRM. */
  receive(frame: Frame): void {
    if (frame.type === frameTypes.HELLO) this.#onHello(frame.payload);
    else this.#onConfirm(frame.payload);
  }

  #onHello(payload: Uint8Array): void {
    const { context, self, peer } = this.#options;
    const hello = readMessage(helloSchema, payload);
    if (!hello) return this.#refuse('HELLO is malformed');
    if (this.#peerEphemeral !== undefined) {
      // The peer lacks our answer. Not our HELLO as well: two ends would answer each other's for ever.
      if (hello.ephemeral === this.#peerEphemeral && this.#confirm) this.#options.send(this.#confirm);
      else if (hello.ephemeral !== this.#peerEphemeral) this.#refuse('HELLO shows a second ephemeral key');
      return;
    }
    if (hello.from !== peer.did || hello.to !== self.did) return this.#refuse('HELLO is of another pair');
    const fault = delegationFault(hello.delegation, peer, context, Date.now());
    if (fault) return this.#refuse(fault);
    if (!sm2Verify(helloBytes(context, peer.did, self.did, hello.ephemeral, hello.attestation), hello.signature, peer.courierKey)) {
      return this.#refuse('HELLO is not signed by the key of the ledger for this network, task, step, attempt and specification');
    }
    if (peer.verifyAttestation === undefined) this.#accept(hello.ephemeral);
    else this.#judge(hello, peer.verifyAttestation);
  }

  /** Repeated HELLOs are passed over meanwhile. A result that is not enough is final: only the right peer can have sent this HELLO. */
  #judge({ ephemeral, attestation }: Hello, verify: NonNullable<WirePeer['verifyAttestation']>): void {
    const { context, self, peer, profile, onFailed } = this.#options;
    if (this.#judging) return;
    this.#judging = true;
    verify(attestation, attestationNonce(profile, context, peer.did, self.did, ephemeral)).then(
      () => this.#accept(ephemeral),
      (error: unknown) => onFailed?.(error),
    );
  }

  #accept(ephemeral: string): void {
    const { self, profile } = this.#options;
    const keys = this.#agree(ephemeral);
    if (!keys) return this.#refuse('HELLO shows no valid ephemeral key');
    this.#peerEphemeral = ephemeral;
    this.#keys = keys;
    const bytes = this.#transcript(true, ephemeral);
    const confirm: Confirm = { signature: sm2Sign(bytes, self.attemptKey), mac: toBase64Url(profile.mac(keys.send.confirm, bytes)) };
    this.#confirm = datagram(frameTypes.CONFIRM, confirm);
    this.resend();
  }

  #onConfirm(payload: Uint8Array): void {
    const keys = this.#keys;
    if (this.#confirmed || !keys || this.#peerEphemeral === undefined) return;
    const confirm = readMessage(confirmSchema, payload);
    if (!confirm) return this.#refuse('CONFIRM is malformed');
    const bytes = this.#transcript(false, this.#peerEphemeral);
    const mac = toBase64Url(this.#options.profile.mac(keys.receive.confirm, bytes));
    if (!timingSafeEqual(Buffer.from(mac), Buffer.from(confirm.mac))) return this.#refuse('CONFIRM has a wrong code');
    if (!sm2Verify(bytes, confirm.signature, this.#options.peer.courierKey)) return this.#refuse('CONFIRM has a wrong signature');
    this.#confirmed = true;
  }

  #agree(peerEphemeral: string): SessionKeys | undefined {
    const { profile, self, peer } = this.#options;
    const initiator = isInitiator(self.did, peer.did);
    try {
      const secret = this.#ephemeral.agree({
        peerEphemeral: fromBase64Url(peerEphemeral),
        initiator,
        selfStaticPrivateKey: self.attemptKey,
        peerStaticPublicKey: peer.courierKey,
        selfId: self.did,
        peerId: peer.did,
      });
      return sessionKeys(profile, secret, profile.hash(this.#transcript(initiator, peerEphemeral)), initiator);
    } catch {
      return undefined;
    }
  }

  #transcript(outbound: boolean, peerEphemeral: string): Buffer {
    const { context, self, peer } = this.#options;
    const own = { did: self.did, ephemeral: toBase64Url(this.#ephemeral.publicKey) };
    const other = { did: peer.did, ephemeral: peerEphemeral };
    return outbound ? transcriptBytes(context, own, other) : transcriptBytes(context, other, own);
  }

  #refuse(reason: string): void {
    this.#options.onRefused?.(reason);
  }
}

function datagram(type: FrameType, message: object): Buffer {
  const payload = Buffer.from(JSON.stringify(message));
  return Buffer.concat([encodeHeader({ type, connection: 0, sequence: 0 }, payload.length), payload]);
}
