import { createPrivateKey, X509Certificate } from 'node:crypto';
import { certificateFacts, type KeyAndCertificate } from '@collabnet/fabric-network';
import type { CertificateSubject } from './certificate.ts';

const PEM_BEGIN = /-----BEGIN CERTIFICATE-----/g;

/** What an issuer has issued: the certificate with its key, and the authority that it names, if it does. */
export interface Issued extends KeyAndCertificate {
  readonly authorityPem: string;
}

/**
 * Why Fabric, or the channel, would not take what an issuer of cert-manager has issued; undefined where it does. Issuers may leave out
 * what was asked for, and their authority may be exchanged.
 *
 * @param authorityPem that the channel knows; undefined as long as there is none
 * @param held what the node uses now
 */
export function issuedProblem(issued: Issued, subject: CertificateSubject, authorityPem?: string, held?: KeyAndCertificate): string | undefined {
  return authorityProblem(issued, authorityPem) ?? keyProblem(issued, held) ?? subjectProblem(issued, subject);
}

function authorityProblem(issued: Issued, known: string | undefined): string | undefined {
  if ((issued.certificatePem.match(PEM_BEGIN)?.length ?? 0) !== 1) return 'it issues through an intermediate authority; give it one that issues directly';
  const leaf = new X509Certificate(issued.certificatePem);
  const authority = issued.authorityPem === '' ? undefined : new X509Certificate(issued.authorityPem);
  if (authority?.ca !== true || !leaf.verify(authority.publicKey)) return 'it does not name the authority that has issued the certificate (ca.crt of the Secret); use an issuer of kind CA';
  if (leaf.ca) return 'it issues certificates of authorities';
  if (known === undefined || authority.publicKey.equals(new X509Certificate(known).publicKey)) return undefined;
  return `its authority is another one (SHA-256 ${authority.fingerprint256}) than the channel knows; give it back the one with SHA-256 ${new X509Certificate(known).fingerprint256}`;
}

function keyProblem({ certificatePem, privateKeyPem }: Issued, held: KeyAndCertificate | undefined): string | undefined {
  const leaf = new X509Certificate(certificatePem);
  if (!leaf.checkPrivateKey(createPrivateKey(privateKeyPem))) return 'its Secret has another key than that of the certificate; delete the Secret';
  if (leaf.publicKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return 'it does not issue for ECDSA keys on P-256';
  if (held === undefined || leaf.checkPrivateKey(createPrivateKey(held.privateKeyPem))) return undefined;
  return 'its Secret has another key than the node, by whose key the channel may know it; put the key of the node into it as tls.key';
}

function subjectProblem({ certificatePem }: Issued, { commonName, role, dnsNames }: CertificateSubject): string | undefined {
  const facts = certificateFacts(certificatePem);
  if (role !== undefined && (facts.organisationalUnits.length !== 1 || facts.organisationalUnits[0] !== role)) return `it changes the subject: OU must be ${role} and nothing else`;
  if (facts.commonName !== commonName.slice(0, 64)) return `it changes the subject: CN must be ${commonName.slice(0, 64)}`;
  const leaf = new X509Certificate(certificatePem);
  const missing = dnsNames?.find((name) => leaf.checkHost(name) === undefined);
  return missing === undefined ? undefined : `it leaves out the name ${missing}`;
}
