import { canonicalJson } from '@collabnet/envelope';
import type { Delegation } from '@collabnet/envelope';
import type { WireProfileName } from '../profile/wire-profile.ts';

/** What both ends must agree on to the letter; the same object at both. */
export interface WireContext {
  readonly networkId: string;
  readonly flowId: string;
  readonly step: string;
  readonly attempt: number;
  readonly specDigest: string;
  /** See {@link partiesDigest}. */
  readonly partiesDigest: string;
  readonly wireProfile: WireProfileName;
  readonly algorithm: { readonly name: string; readonly version: string };
}

export interface WireIdentity {
  readonly did: string;
  /** Attempt key, SM2, hex. */
  readonly attemptKey: string;
  readonly delegation: Delegation;
  /** For who computes in a trusted execution environment: what vouches for it and for these octets' digest, base64url. */
  readonly attest?: ((nonce: string) => Promise<string>) | undefined;
}

export interface WirePeer {
  readonly did: string;
  /** Public attempt key as it stands on the ledger. */
  readonly courierKey: string;
  /** Registered key of its institution; then the delegation it shows is verified against it. */
  readonly institutionKey?: string | undefined;
  /** For a peer that must compute in a trusted execution environment: rejects with the reason when what it shows is not enough. */
  readonly verifyAttestation?: ((token: string | undefined, nonce: string) => Promise<void>) | undefined;
}

/** Which one of two is the initiator of everything that needs an order. */
export function isInitiator(self: string, peer: string): boolean {
  return self < peer;
}

/** Octets that a HELLO signs: the context, the direction, its own ephemeral key, and what vouches for that, if anything. */
export function helloBytes(context: WireContext, from: string, to: string, ephemeral: string, attestation?: string): Buffer {
  return Buffer.from(canonicalJson({ schema: 'collabnet.dev/wire-hello/v1', ...context, from, to, ephemeral, ...(attestation === undefined ? {} : { attestation }) }));
}

/** Octets that a CONFIRM signs and authenticates: the context, the direction, both ephemeral keys. */
export function transcriptBytes(
  context: WireContext,
  from: { did: string; ephemeral: string },
  to: { did: string; ephemeral: string },
): Buffer {
  return Buffer.from(canonicalJson({ schema: 'collabnet.dev/wire-transcript/v1', ...context, from, to }));
}
