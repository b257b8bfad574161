import { canonicalJson } from '@collabnet/envelope';
import { sm3Hex } from '@collabnet/sm';
import type { WirePeer } from './context.ts';

/**
 * Digest of who takes part in an attempt and by which keys, as one end was told. Both ends of every handshake must have the same: else
 * an operator could tell its own courier another key for a third party, and have what others give computed with, or sent to, somebody
 * of its own. That matters most where the courier runs in a trusted execution environment and its operator does not.
 */
export function partiesDigest(parties: readonly Pick<WirePeer, 'did' | 'courierKey'>[]): string {
  return sm3Hex(canonicalJson({ schema: 'collabnet.dev/wire-parties/v1', keys: Object.fromEntries(parties.map(({ did, courierKey }) => [did, courierKey])) }));
}
