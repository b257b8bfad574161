import type { RegisteredSigner, TransactionPayload } from '@collabnet/envelope';
import { formatDid, keyIdOf, publicKeyHexSchema } from '@collabnet/did';
import { z } from 'zod';
import { subjectCodeSchema } from '../governance/genesis-payload.ts';

// Only what names the key: the method itself says which other field is wrong.
const signerSchema = z.object({ did: z.string(), subjectCode: subjectCodeSchema, signKey: publicKeyHexSchema });

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
  const request = signerSchema.safeParse(payload.public['request']);
  if (!request.success || request.data.did !== did || did !== formatDid(networkId, request.data.subjectCode))
    return undefined;
  if (keyId !== keyIdOf(did, 'key-1')) return undefined;
  return { publicKey: request.data.signKey, principalType: 'institution' };
}
