import type { NodeRole } from '@collabnet/fabric-network';
import { OPERATOR_LABELS } from '../../../../institution/secret-store.ts';
import { customType, type Condition, type KubeObject } from '../../../../runtime/index.ts';
import { DAYS } from '../certificates.ts';

export const CERTIFICATE = customType('cert-manager.io', 'v1', 'Certificate', 'certificates');

/** An issuer of cert-manager. */
export interface IssuerReference {
  readonly name: string;
  readonly kind: string;
  readonly group: string;
}

/** What a certificate says about its subject: an identity has a role, a server has names. */
export interface CertificateSubject {
  readonly commonName: string;
  readonly role?: NodeRole;
  readonly dnsNames?: readonly string[];
}

interface CertificateSpec extends Pick<CertificateSubject, 'commonName' | 'dnsNames'> {
  readonly secretName: string;
  readonly subject?: { readonly organizationalUnits: readonly string[] };
  readonly duration: string;
  readonly renewBefore: string;
  readonly privateKey: object;
  readonly usages: readonly string[];
  readonly issuerRef: IssuerReference;
}

/** A Certificate of cert-manager, and the Secret that it has filled. */
export interface CertManagerCertificate extends KubeObject {
  readonly spec: CertificateSpec;
  readonly status?: { readonly conditions?: Condition[] };
}

/** Renewed as early as the operator's own: after two thirds of its life. */
const DURATION_HOURS = DAYS.leaf * 24;

/**
 * A Certificate as Fabric needs it: ECDSA on P-256, and the same key for ever, since other orderers know an orderer by the public key
 * of its TLS certificate. Without an owner, as all that the channel knows the institution by.
 */
export function certificate(name: string, network: string, issuerRef: IssuerReference, { commonName, role, dnsNames }: CertificateSubject): CertManagerCertificate {
  return {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name, labels: { ...OPERATOR_LABELS, 'app.kubernetes.io/component': 'fabric-certificate', 'collabnet.dev/network': network } },
    spec: {
      secretName: name,
      commonName: commonName.slice(0, 64),
      ...(role && { subject: { organizationalUnits: [role] } }),
      ...(dnsNames && { dnsNames: [...dnsNames] }),
      duration: `${DURATION_HOURS}h`,
      renewBefore: `${Math.floor(DURATION_HOURS / 3)}h`,
      privateKey: { algorithm: 'ECDSA', size: 256, encoding: 'PKCS8', rotationPolicy: 'Never' },
      usages: ['digital signature', ...(dnsNames ? ['server auth', 'client auth'] : [])],
      issuerRef: { ...issuerRef },
    },
  };
}
