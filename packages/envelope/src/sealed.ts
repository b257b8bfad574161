import {
  fromBase64Url,
  openSm4,
  randomBytes,
  sealSm4,
  sm2Encrypt,
  sm4KeyLength,
  toBase64Url,
  toBytes,
} from '@collabnet/sm';
import { canonicalJson, isJsonObject } from './json.ts';
import { EnvelopeError } from './errors.ts';
import type { JsonObject } from './json.ts';
import type { SealedPart, TransactionPayload } from './types.ts';

/**
 * Associated data of a sealed part: it opens only inside the transaction it was made for.
 * Give {@link newNonce} to both this and the payload.
 */
export function sealedAad(transaction: Pick<TransactionPayload, 'network' | 'contract' | 'method' | 'nonce'>): string {
  const { network, contract, method, nonce } = transaction;
  return canonicalJson(['collabnet.dev/sealed/v1', network, contract, method, nonce]);
}

/**
 * Encrypts a value under a fresh SM4 key and wraps that key for each recipient with SM2.
 * @param recipients agreement keys, `<did>#agree-1`, with their public keys in hex
 * @param aad from {@link sealedAad}
 * @throws EnvelopeError JSON_UNSUPPORTED, MALFORMED without recipients; SmError SM2_KEY_INVALID
 */
export function sealJson(
  value: JsonObject,
  recipients: { keyId: string; publicKey: string }[],
  aad: string,
): SealedPart {
  if (recipients.length === 0) throw new EnvelopeError('MALFORMED', 'sealJson: give at least one recipient.');
  const key = randomBytes(sm4KeyLength);
  const box = sealSm4(key, toBytes(canonicalJson(value)), toBytes(aad));
  return {
    algorithm: 'SM4-CTR-HMAC-SM3',
    nonce: toBase64Url(box.nonce),
    ciphertext: toBase64Url(box.ciphertext),
    tag: toBase64Url(box.tag),
    recipients: recipients.map(({ keyId, publicKey }) => ({
      keyId,
      encryptedKey: toBase64Url(sm2Encrypt(key, publicKey)),
    })),
  };
}

/**
 * Opens a sealed part with a recipient's key.
 * @param decrypt SM2 decryption with the key of `keyId`, e.g. of a key store
 * @throws EnvelopeError SEALED_UNREADABLE when the key is no recipient, or key, associated data or any bit differs
 */
export async function openSealed(
  part: SealedPart,
  keyId: string,
  decrypt: (ciphertext: Uint8Array) => Promise<Uint8Array> | Uint8Array,
  aad: string,
): Promise<JsonObject> {
  const recipient = part.recipients.find((entry) => entry.keyId === keyId);
  if (!recipient) throw new EnvelopeError('SEALED_UNREADABLE', `Sealed part: ${keyId} is not among the recipients.`);
  try {
    const key = await decrypt(fromBase64Url(recipient.encryptedKey));
    const box = {
      nonce: fromBase64Url(part.nonce),
      ciphertext: fromBase64Url(part.ciphertext),
      tag: fromBase64Url(part.tag),
    };
    const value: unknown = JSON.parse(Buffer.from(openSm4(key, box, toBytes(aad))).toString('utf8'));
    if (isJsonObject(value)) return value;
  } catch (cause) {
    throw new EnvelopeError('SEALED_UNREADABLE', `Sealed part: ${keyId} cannot open it in this transaction.`, {
      cause,
    });
  }
  throw new EnvelopeError('SEALED_UNREADABLE', 'Sealed part: the content is not a JSON object.');
}
