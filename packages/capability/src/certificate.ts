import { X509Certificate, createHash } from 'node:crypto';
import { CapabilityError } from './errors.ts';

/**
 * SHA-256 (lower-case hex) over the DER of a certificate.
 *
 * @param certificate PEM text or DER; of several PEM certificates the first counts
 * @throws CapabilityError CERTIFICATE_INVALID
 */
export function certificateFingerprint(certificate: string | Uint8Array): string {
  return createHash('sha256').update(parse(certificate).raw).digest('hex');
}

/**
 * True when less than `1 - fraction` of the lifetime is left, or the certificate cannot be read: make a new one.
 *
 * @param fraction share of the lifetime after which to renew, for example 2/3
 * @param now epoch ms, default the clock
 */
export function needsRenewal(pem: string, fraction: number, now: number = Date.now()): boolean {
  let certificate: X509Certificate;
  try {
    certificate = parse(pem);
  } catch {
    return true;
  }
  const from = certificate.validFromDate.getTime();
  const to = certificate.validToDate.getTime();
  return now >= from + (to - from) * fraction;
}

/** Common name of the subject; empty when there is none. */
export function commonNameOf(certificate: string | Uint8Array | X509Certificate): string {
  const parsed = certificate instanceof X509Certificate ? certificate : parse(certificate);
  return parsed.toLegacyObject().subject.CN?.toString() ?? '';
}

function parse(certificate: string | Uint8Array): X509Certificate {
  try {
    return new X509Certificate(certificate);
  } catch (cause) {
    throw new CapabilityError('CERTIFICATE_INVALID', 'Not an X.509 certificate in PEM or DER.', { cause });
  }
}
