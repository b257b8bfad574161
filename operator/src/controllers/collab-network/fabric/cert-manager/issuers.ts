import type { KeyAndCertificate } from '@collabnet/fabric-network';
import { findCondition, isKubeError, StalledError, WaitError } from '../../../../runtime/index.ts';
import type { NetworkRun } from '../../network-run.ts';
import type { CertificateIssuers } from '../certificate-issuers.ts';
import type { Issue } from '../certificates.ts';
import { certificate, CERTIFICATE, type CertificateSubject, type CertManagerCertificate, type IssuerReference } from './certificate.ts';
import { issuedProblem, type Issued } from './check-issued.ts';

const RECHECK_MS = 2_000;

/** An issuer, and the authority that the channel knows it by; none before the first certificate. */
export interface KnownIssuer {
  readonly reference: IssuerReference;
  readonly authorityPem?: string;
}

/**
 * By issuers of cert-manager, which makes the keys, keeps each certificate in a Secret of its own and renews it there; from
 * there it comes into the Secret of the node.
 *
 * @param renewalProblem told why a certificate in use was not exchanged for a newer one
 */
export function certManagerIssuers(run: NetworkRun, known: Readonly<Record<'identity' | 'tls', KnownIssuer>>, renewalProblem: (message: string) => void): CertificateIssuers {
  const from = (which: 'identity' | 'tls', secretName: string, subject: CertificateSubject): Issue => async (held) => {
    try {
      return await issuedBy(run, known[which], issuedSecret(secretName, which), subject, held);
    } catch (error) {
      // What is in use stays so until its end, of which `CertificatesFresh` warns.
      if (held === undefined || !(error instanceof WaitError || error instanceof StalledError)) throw error;
      renewalProblem(error.message);
      return held;
    }
  };
  return {
    identity: (secretName, subject) => from('identity', secretName, subject),
    tls: (secretName, dnsNames) => from('tls', secretName, { commonName: dnsNames[0] ?? '', dnsNames }),
  };
}

/** Secret, and Certificate, by which cert-manager keeps what is for another Secret. */
export function issuedSecret(secretName: string, which: 'identity' | 'tls'): string {
  return `${secretName}-${which}`;
}

/**
 * What an issuer has issued under a name; asks for it where nobody has.
 *
 * @throws WaitError AwaitingCertificate; StalledError CertManagerMissing, CertManagerForbidden, IssuerUnsuitable
 */
export async function issuedBy(run: NetworkRun, { reference, authorityPem }: KnownIssuer, name: string, subject: CertificateSubject, held?: KeyAndCertificate): Promise<Issued> {
  const { status } = await ask(run, certificate(name, run.network.metadata.name, reference, subject));
  const values = await run.services.secrets.read(name);
  const [certificatePem, privateKeyPem, issuerPem] = [values?.['tls.crt'], values?.['tls.key'], values?.['ca.crt']];
  const message = findCondition(status?.conditions, 'Ready')?.message ?? 'cert-manager has not looked at it yet';
  if (!certificatePem || !privateKeyPem) throw new WaitError('AwaitingCertificate', `Certificate ${name} is not issued: ${message}; kubectl describe certificate ${name}`, RECHECK_MS);
  const issued = { certificatePem, privateKeyPem, authorityPem: issuerPem ?? '' };
  const problem = issuedProblem(issued, subject, authorityPem, held);
  if (problem !== undefined) throw new StalledError('IssuerUnsuitable', `${reference.kind} ${reference.name} (Certificate ${name}): ${problem}${held === undefined ? `; then delete Secret ${name}, and it is issued anew` : ''}`);
  return issued;
}

async function ask(run: NetworkRun, wanted: CertManagerCertificate): Promise<CertManagerCertificate> {
  try {
    return (await run.ctx.applier.apply(CERTIFICATE, wanted)).object;
  } catch (cause) {
    if (isKubeError(cause, 'KUBE_NOT_FOUND')) throw new StalledError('CertManagerMissing', 'spec.ledger.fabric.issuers: the cluster has no Certificates of cert-manager.io/v1; install cert-manager, or create the CollabNetwork without issuers', { cause });
    if (isKubeError(cause, 'KUBE_FORBIDDEN')) throw new StalledError('CertManagerForbidden', 'spec.ledger.fabric.issuers: the operator may not write Certificates of cert-manager; set the Helm value fabric.certManager', { cause });
    throw cause;
  }
}
