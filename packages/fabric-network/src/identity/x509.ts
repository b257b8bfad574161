import { createPublicKey, webcrypto, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { FabricNetworkError } from '../errors.ts';

/** Fabric signs with ECDSA on P-256 and nothing else that this project would use. */
export const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Certificates count from a little earlier: node clocks of one cluster differ by some seconds. */
const BACKDATE_MS = 5 * 60_000;

/** @throws FabricNetworkError CERTIFICATE_OPTIONS unless `seconds` is above 0 */
export function validity(seconds: number, now = Date.now()): { notBefore: Date; notAfter: Date } {
  if (!(seconds > 0)) throw new FabricNetworkError('CERTIFICATE_OPTIONS', 'days: must be above 0.', { field: 'days' });
  return { notBefore: new Date(now - BACKDATE_MS), notAfter: new Date(now + seconds * 1000) };
}

/** @throws FabricNetworkError CERTIFICATE_INVALID */
export async function importSigningKey(pem: string, field: string): Promise<webcrypto.CryptoKey> {
  try {
    return await webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(pem), ALGORITHM, false, ['sign']);
  } catch (cause) {
    throw new FabricNetworkError('CERTIFICATE_INVALID', `${field}: is not an EC P-256 key in PKCS #8.`, { field, cause });
  }
}

export async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

export function certificatePem(certificate: x509.X509Certificate): string {
  return new X509Certificate(Buffer.from(certificate.rawData)).toString();
}

/** A fresh key pair, or the given key with its public half. @throws FabricNetworkError CERTIFICATE_INVALID */
export async function keyPair(pem?: string): Promise<{ publicKey: webcrypto.CryptoKey; privateKeyPem: string }> {
  if (pem === undefined) {
    const { publicKey, privateKey } = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    return { publicKey, privateKeyPem: await privateKeyPem(privateKey) };
  }
  await importSigningKey(pem, 'privateKeyPem');
  const spki = createPublicKey(pem).export({ type: 'spki', format: 'der' });
  return { publicKey: await webcrypto.subtle.importKey('spki', spki, ALGORITHM, true, ['verify']), privateKeyPem: pem };
}
