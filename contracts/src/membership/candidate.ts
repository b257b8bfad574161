import type { RegisteredSigner, TransactionPayload } from '@collabnet/envelope';
import { formatDid, keyIdOf } from '@collabnet/did';
import { joinRequestSchema } from './record.ts';

/**
 * The key of a candidate, who is not on the ledger yet: a join request is verified against the key inside it, which
 * proves that the candidate holds it. Every other method of an unknown DID has no key.
 */
export function candidateKey(
  networkId: string,
  payload: TransactionPayload | undefined,
  did: string,
  keyId: string,
): RegisteredSigner | undefined {
  if (payload?.contract !== 'membership' || payload.method !== 'join') return undefined;
  const request = joinRequestSchema.safeParse(payload.public['request']);
  if (!request.success || request.data.did !== did || did !== formatDid(networkId, request.data.subjectCode))
    return undefined;
  if (keyId !== keyIdOf(did, 'key-1')) return undefined;
  return { publicKey: request.data.signKey, principalType: 'institution' };
}
