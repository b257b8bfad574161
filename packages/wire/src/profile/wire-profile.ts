export type WireProfileName = 'intl' | 'gm';

/** What an agreement may draw on; `gm` (SM2, GB/T 32918.3) needs the static keys and ids, `intl` the ephemerals only. */
export interface AgreementInput {
  readonly peerEphemeral: Uint8Array;
  /** The party with the smaller DID. */
  readonly initiator: boolean;
  /** The attempt's SM2 keys, hex. */
  readonly selfStaticPrivateKey: string;
  readonly peerStaticPublicKey: string;
  readonly selfId: string;
  readonly peerId: string;
}

export interface Ephemeral {
  /** As sent in HELLO. */
  readonly publicKey: Uint8Array;
  /** Shared secret. @throws when the peer's key is no valid point */
  agree(input: AgreementInput): Uint8Array;
}

/** Seals frames of one direction and class under one key. */
export interface FrameCipher {
  /** Octets added to the plaintext. */
  readonly overhead: number;
  /** A sequence is used for one plaintext only: it is the nonce. */
  seal(sequence: number, header: Uint8Array, plaintext: Uint8Array): Buffer;
  /** undefined when header or ciphertext are not what was sealed. */
  open(sequence: number, header: Uint8Array, ciphertext: Uint8Array): Buffer | undefined;
}

/** The cryptography of one flow, fixed by the flow and never negotiated. */
export interface WireProfile {
  readonly name: WireProfileName;
  /** Octets of a key for {@link WireProfile.cipher}. */
  readonly keyLength: number;
  ephemeral(): Ephemeral;
  derive(secret: Uint8Array, salt: Uint8Array, info: string, length: number): Uint8Array;
  /** Collision-resistant; of handshake transcripts. */
  hash(data: Uint8Array | string): Uint8Array;
  /** As collision-resistant, of the payload that {@link WireProfile.cipher} sealed; for the transcript of a direction. */
  frameHash(payload: Uint8Array): Uint8Array;
  mac(key: Uint8Array, data: Uint8Array): Uint8Array;
  cipher(key: Uint8Array): FrameCipher;
}
