import type { FrameCipher, WireProfile } from '../profile/wire-profile.ts';

/** One direction: tunnel frames, acknowledgements (which count on their own) and key confirmation never share a key. */
export interface DirectionKeys {
  readonly frames: FrameCipher;
  readonly acks: FrameCipher;
  readonly confirm: Uint8Array;
}

export interface SessionKeys {
  readonly send: DirectionKeys;
  readonly receive: DirectionKeys;
  /** Collision-resistant hash of a frame's ciphertext, for the transcript. */
  readonly frameHash: (data: Uint8Array) => Uint8Array;
}

/**
 * Keys of a pair, bound to the transcript of the initiator's direction.
 *
 * @param transcript hash of what both ends agreed on
 */
export function sessionKeys(profile: WireProfile, secret: Uint8Array, transcript: Uint8Array, initiator: boolean): SessionKeys {
  const key = (info: string): Uint8Array => profile.derive(secret, transcript, `collabnet wire v1 ${profile.name} ${info}`, profile.keyLength);
  const direction = (name: string): DirectionKeys => ({
    frames: profile.cipher(key(`${name} frames`)),
    acks: profile.cipher(key(`${name} acks`)),
    confirm: key(`${name} confirm`),
  });
  const [forward, backward] = [direction('initiator'), direction('responder')];
  const frameHash = (payload: Uint8Array): Uint8Array => profile.frameHash(payload);
  return initiator ? { send: forward, receive: backward, frameHash } : { send: backward, receive: forward, frameHash };
}
