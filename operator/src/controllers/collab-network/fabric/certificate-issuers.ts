import { enrol, issueTls, type KeyAndCertificate, type NodeRole } from '@collabnet/fabric-network';
import { DAYS, isDue, type Issue } from './certificates.ts';

/** Who vouches for identities and servers of an institution. */
export interface CertificateIssuers {
  /** @param secretName Secret of the node or client that the certificate is for */
  identity(secretName: string, subject: { readonly commonName: string; readonly role: NodeRole }): Issue;
  tls(secretName: string, dnsNames: readonly string[]): Issue;
}

/** By authorities whose keys the operator has. Certificates are renewed with the same key when two thirds of their life are over. */
export function ownIssuers(authorities: { readonly identity: KeyAndCertificate; readonly tls: KeyAndCertificate }, now: number): CertificateIssuers {
  const common = { days: DAYS.leaf, now };
  return {
    identity: (_, subject) => whenDue(now, (key) => enrol({ ...common, ...subject, ...key, authority: authorities.identity })),
    tls: (_, dnsNames) => whenDue(now, (key) => issueTls({ ...common, ...key, dnsNames, authority: authorities.tls })),
  };
}

/** Keeps what is held while it is fresh. @param issue given a key, certifies that one again */
function whenDue(now: number, issue: (key: { privateKeyPem?: string }) => Promise<KeyAndCertificate>): Issue {
  return (held) => {
    if (held === undefined) return issue({});
    return isDue(held.certificatePem, now) ? issue({ privateKeyPem: held.privateKeyPem }) : Promise.resolve(held);
  };
}
