import { X509Certificate } from 'node:crypto';

/**
 * SHA-256 fingerprint of a certificate in the usual notation, as `openssl x509 -fingerprint -sha256` prints it.
 *
 * @param pem one certificate
 * @returns undefined for what is no certificate
 */
export function certificateFingerprint(pem: string): string | undefined {
  try {
    return new X509Certificate(pem).fingerprint256;
  } catch {
    return undefined;
  }
}
