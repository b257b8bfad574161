import { toBase64Url } from '@collabnet/sm';
import type { Ephemeral, WireProfile } from '../profile/wire-profile.ts';
import { helloBytes, type WireContext, type WireIdentity, type WirePeer } from './context.ts';

/**
 * What an attestation result has to be about: the digest of what a HELLO signs, but for the result itself. That covers network, task, step, attempt,
 * specification, both ends and the ephemeral key, whose other half never leaves the environment.
 */
export function attestationNonce(profile: WireProfile, context: WireContext, from: string, to: string, ephemeral: string): string {
  return toBase64Url(profile.hash(helloBytes(context, from, to, ephemeral)));
}

/** The attestation result for a HELLO; undefined for who needs none. */
export async function attestEphemeral(profile: WireProfile, context: WireContext, self: WireIdentity, peer: Pick<WirePeer, 'did'>, { publicKey }: Pick<Ephemeral, 'publicKey'>): Promise<string | undefined> {
  return self.attest?.(attestationNonce(profile, context, self.did, peer.did, toBase64Url(publicKey)));
}
