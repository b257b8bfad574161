import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { FabricNetworkError } from '../errors.ts';
import { checkMspId } from '../names.ts';
import { parseCertificate, type KeyAndCertificate } from './certificate.ts';
import { ALGORITHM, certificatePem, importSigningKey, keyPair, privateKeyPem, validity } from './x509.ts';

/**
 * What an authority vouches for. The two are kept apart: were they one, a TLS certificate could sign transactions, and
 * whoever issues server certificates could make administrators.
 */
export type AuthorityPurpose = 'identity' | 'tls';

/** Role of an identity within its organisation; Fabric reads it from the OU of the certificate. */
export type NodeRole = 'orderer' | 'peer' | 'client' | 'admin';

/** A leaf certificate with its key and the certificate of who issued it. */
export interface IssuedCertificate extends KeyAndCertificate {
  readonly caPem: string;
  /** Epoch milliseconds. */
  readonly notAfter: number;
}

/** @throws FabricNetworkError MSP_ID_INVALID, CERTIFICATE_OPTIONS */
export async function createAuthority(options: { mspId: string; purpose: AuthorityPurpose; days: number; now?: number }): Promise<KeyAndCertificate> {
  checkMspId(options.mspId);
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      // X.520 ends a name at 64 characters; nothing is looked up by it.
      name: [{ O: [options.mspId.slice(0, 64)] }, { CN: [`${options.purpose} CA`] }],
      ...validity(options.days * 86_400, options.now),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        // Fabric refuses an authority without it.
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { certificatePem: certificatePem(certificate), privateKeyPem: await privateKeyPem(keys.privateKey) };
}

interface IssueOptions {
  readonly authority: KeyAndCertificate;
  /** Validity, cut at the end of the authority. */
  readonly days: number;
  /** Epoch milliseconds; default the clock. */
  readonly now?: number;
  /**
   * Certifies this key (PKCS #8, PEM) again instead of a fresh one. Other orderers know an orderer by the public key of
   * its TLS certificate: renewed with the same key, it needs no update of the channel.
   */
  readonly privateKeyPem?: string;
}

/**
 * Enrols an identity that signs: transactions, blocks, gossip or configuration updates.
 *
 * @throws FabricNetworkError CERTIFICATE_OPTIONS, CERTIFICATE_INVALID
 */
export async function enrol(options: IssueOptions & { commonName: string; role: NodeRole }): Promise<IssuedCertificate> {
  if (options.commonName.length < 1 || options.commonName.length > 64) {
    throw new FabricNetworkError('CERTIFICATE_OPTIONS', 'commonName: give 1 to 64 characters.', { field: 'commonName' });
  }
  return issue(options, [{ OU: [options.role] }, { CN: [options.commonName] }], []);
}

/**
 * Issues the TLS certificate of a node. A node is server and client at once (orderers among themselves, gossip), so it
 * serves for both.
 *
 * @throws FabricNetworkError CERTIFICATE_OPTIONS, CERTIFICATE_INVALID
 */
export async function issueTls(options: IssueOptions & { dnsNames: readonly string[]; ipAddresses?: readonly string[] }): Promise<IssuedCertificate> {
  const names = [
    ...options.dnsNames.map((value) => ({ type: 'dns' as const, value })),
    ...(options.ipAddresses ?? []).map((value) => ({ type: 'ip' as const, value })),
  ];
  const [first] = names;
  if (first === undefined) throw new FabricNetworkError('CERTIFICATE_OPTIONS', 'dnsNames: give at least one name or address.', { field: 'dnsNames' });
  return issue(options, [{ CN: [first.value.slice(0, 64)] }], [
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
    new x509.SubjectAlternativeNameExtension(names),
  ]);
}

async function issue(options: IssueOptions, subject: x509.JsonName, more: readonly x509.Extension[]): Promise<IssuedCertificate> {
  const field = 'authority.certificatePem';
  if (!parseCertificate(options.authority.certificatePem, field).ca) throw new FabricNetworkError('CERTIFICATE_INVALID', `${field}: is not that of an authority.`, { field });
  const issuer = new x509.X509Certificate(options.authority.certificatePem);
  const signingKey = await importSigningKey(options.authority.privateKeyPem, 'authority.privateKeyPem');
  const keys = await keyPair(options.privateKeyPem);
  const period = validity(options.days * 86_400, options.now);
  const notAfter = new Date(Math.min(period.notAfter.getTime(), issuer.notAfter.getTime()));
  const certificate = await x509.X509CertificateGenerator.create(
    {
      subject,
      issuer: issuer.subjectName,
      notBefore: period.notBefore,
      notAfter,
      publicKey: keys.publicKey,
      signingKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, webcrypto),
        ...more,
      ],
    },
    webcrypto,
  );
  return {
    certificatePem: certificatePem(certificate),
    privateKeyPem: keys.privateKeyPem,
    caPem: options.authority.certificatePem,
    notAfter: Math.floor(notAfter.getTime() / 1000) * 1000,
  };
}
