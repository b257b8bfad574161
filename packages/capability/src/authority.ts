// An entry of its own: the X.509 library takes 0.2 s to load, and only the operator issues certificates.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { certificateFingerprint } from './certificate.ts';
import { CapabilityError } from './errors.ts';

/** A key and its certificate, both PEM (PKCS #8 and X.509). The key is a secret. */
export interface KeyAndCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}
export type CertificateAuthority = KeyAndCertificate;

export interface IssuedCertificate extends KeyAndCertificate {
  /** Certificate of the CA, for the `ca.crt` beside it. */
  readonly caPem: string;
  /** SHA-256 of the DER, hex: what a capability names. */
  readonly fingerprint: string;
  /** Epoch milliseconds. */
  readonly notAfter: number;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const crypto: webcrypto.Crypto = webcrypto;
/** Certificates count from a little earlier: node clocks of one cluster differ by some seconds. */
const backdateMs = 5 * 60_000;

/**
 * Makes the private CA of one institution: EC P-256, self-signed, may sign end entities only.
 *
 * @param options.days validity; @param options.now epoch ms, default the clock
 */
export async function createCa(options: { commonName: string; days: number; now?: number }): Promise<CertificateAuthority> {
  if (!(options.days > 0)) throw new CapabilityError('CERTIFICATE_OPTIONS', 'createCa: days must be above 0.', { field: 'days' });
  const now = options.now ?? Date.now();
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: [{ CN: [options.commonName] }],
      notBefore: new Date(now - backdateMs),
      notAfter: new Date(now + options.days * 86_400_000),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, crypto),
      ],
    },
    crypto,
  );
  return { certificatePem: pem(certificate), privateKeyPem: await privateKeyPem(keys.privateKey) };
}

interface IssueOptions {
  readonly ca: CertificateAuthority;
  /** Validity in seconds, cut at the end of the CA. */
  readonly ttl: number;
  /** Epoch milliseconds; default the clock. */
  readonly now?: number;
}

/**
 * Issues a server certificate for the given DNS names (the first is the common name) and IP addresses.
 *
 * @throws CapabilityError CERTIFICATE_OPTIONS
 */
export async function issueServerCertificate(
  options: IssueOptions & { dnsNames: readonly string[]; ipAddresses?: readonly string[] },
): Promise<IssuedCertificate> {
  const names: { type: 'dns' | 'ip'; value: string }[] = [
    ...options.dnsNames.map((value) => ({ type: 'dns' as const, value })),
    ...(options.ipAddresses ?? []).map((value) => ({ type: 'ip' as const, value })),
  ];
  const first = names[0];
  if (!first) throw new CapabilityError('CERTIFICATE_OPTIONS', 'issueServerCertificate: give at least one name in dnsNames.', { field: 'dnsNames' });
  // X.520 ends a common name at 64 characters; the alternative names are what clients check.
  return issue(options, first.value.slice(0, 64), x509.ExtendedKeyUsage.serverAuth, [new x509.SubjectAlternativeNameExtension(names)]);
}

/** Issues a client certificate; the common name says who connects (`operator`, or the attempt of a courier). */
export async function issueClientCertificate(options: IssueOptions & { commonName: string }): Promise<IssuedCertificate> {
  if (options.commonName.length < 1 || options.commonName.length > 64) {
    throw new CapabilityError('CERTIFICATE_OPTIONS', 'issueClientCertificate: commonName must have 1 to 64 characters.', { field: 'commonName' });
  }
  return issue(options, options.commonName, x509.ExtendedKeyUsage.clientAuth, []);
}

async function issue(options: IssueOptions, commonName: string, usage: x509.ExtendedKeyUsage, more: x509.Extension[]): Promise<IssuedCertificate> {
  if (!(options.ttl > 0)) throw new CapabilityError('CERTIFICATE_OPTIONS', 'ttl must be above 0 seconds.', { field: 'ttl' });
  const now = options.now ?? Date.now();
  const issuer = new x509.X509Certificate(options.ca.certificatePem);
  const signingKey = await importKey(options.ca.privateKeyPem);
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const notAfter = Math.min(now + options.ttl * 1000, issuer.notAfter.getTime());
  const certificate = await x509.X509CertificateGenerator.create(
    {
      subject: [{ CN: [commonName] }],
      issuer: issuer.subjectName,
      notBefore: new Date(now - backdateMs),
      notAfter: new Date(notAfter),
      publicKey: keys.publicKey,
      signingKey,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([usage], false),
        await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, crypto),
        ...more,
      ],
    },
    crypto,
  );
  const certificatePem = pem(certificate);
  return {
    certificatePem,
    privateKeyPem: await privateKeyPem(keys.privateKey),
    caPem: options.ca.certificatePem,
    fingerprint: certificateFingerprint(certificatePem),
    notAfter: Math.floor(notAfter / 1000) * 1000,
  };
}

async function importKey(text: string): Promise<webcrypto.CryptoKey> {
  try {
    return await crypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(text), algorithm, false, ['sign']);
  } catch (cause) {
    throw new CapabilityError('CERTIFICATE_INVALID', 'CA: privateKeyPem is not an EC P-256 key in PKCS #8.', { field: 'privateKeyPem', cause });
  }
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}
