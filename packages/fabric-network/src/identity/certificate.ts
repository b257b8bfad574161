import { X509Certificate } from 'node:crypto';
import { FabricNetworkError } from '../errors.ts';

/** A key and its certificate, both PEM (PKCS #8 and X.509). The key is a secret. */
export interface KeyAndCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** What a certificate says, as far as a network cares. */
export interface CertificateFacts {
  readonly commonName: string;
  /** Values of OU, the node role among them. */
  readonly organisationalUnits: readonly string[];
  readonly isAuthority: boolean;
  /** Epoch milliseconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** SHA-256 of the DER, 64 hexadecimal digits. */
  readonly fingerprint: string;
}

/**
 * Reads one PEM certificate.
 *
 * @param field what an error names
 * @throws FabricNetworkError CERTIFICATE_INVALID
 */
export function parseCertificate(pem: string, field: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new FabricNetworkError('CERTIFICATE_INVALID', `${field}: is not one X.509 certificate in PEM.`, { field, cause });
  }
}

/** @throws FabricNetworkError CERTIFICATE_INVALID */
export function certificateFacts(pem: string, field = 'certificate'): CertificateFacts {
  const certificate = parseCertificate(pem, field);
  const subject = certificate.subject.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const);
  return {
    commonName: subject.find(([key]) => key === 'CN')?.[1] ?? '',
    organisationalUnits: subject.filter(([key]) => key === 'OU').map(([, value]) => value),
    isAuthority: certificate.ca,
    notBefore: certificate.validFromDate.getTime(),
    notAfter: certificate.validToDate.getTime(),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}

/** The certificate again in the one form this package writes: what Fabric compares as bytes must not differ by a line end. */
export function normalPem(pem: string, field: string): string {
  return parseCertificate(pem, field).toString();
}
