import { needsRenewal } from '@collabnet/capability';
import { createCa, issueClientCertificate, issueServerCertificate, type CertificateAuthority, type IssuedCertificate } from '@collabnet/capability/authority';
import type { SecretStore, SecretValues } from './secret-store.ts';

export const CA_SECRET = 'institution-ca';
const CA_DAYS = 3650;
const SERVER_TTL_SECONDS = 90 * 86_400;
/** A server certificate is renewed when a third of its life is left. */
const RENEW_AT = 2 / 3;

/** The institution's private certificate authority: mTLS between couriers, data proxies and the result store. */
export class InstitutionAuthority {
  readonly #secrets: SecretStore;
  readonly #namespace: string;

  constructor(secrets: SecretStore, namespace: string) {
    this.#secrets = secrets;
    this.#namespace = namespace;
  }

  /** The authority, made on first use and kept in Secret `institution-ca`. */
  async authority(): Promise<CertificateAuthority> {
    const values = await this.#secrets.ensure(CA_SECRET, async () => {
      const ca = await createCa({ commonName: `collabnet institution ${this.#namespace}`.slice(0, 64), days: CA_DAYS });
      return { 'ca.crt': ca.certificatePem, 'ca.key': ca.privateKeyPem };
    });
    return { certificatePem: values['ca.crt'] ?? '', privateKeyPem: values['ca.key'] ?? '' };
  }

  /**
   * `tls.crt`, `tls.key` and `ca.crt` of a server, kept from `current` while they last.
   *
   * @param service name of the Kubernetes Service; its in-cluster names enter the certificate.
   */
  async serverCertificate(current: SecretValues | undefined, service: string, more: readonly string[] = []): Promise<SecretValues> {
    const ca = await this.authority();
    const held = current?.['tls.crt'];
    if (held && current['ca.crt'] === ca.certificatePem && !needsRenewal(held, RENEW_AT)) {
      return { 'tls.crt': held, 'tls.key': current['tls.key'] ?? '', 'ca.crt': ca.certificatePem };
    }
    const local = `${service}.${this.#namespace}`;
    const dnsNames = [`${local}.svc`, service, local, `${local}.svc.cluster.local`, ...more];
    const issued = await issueServerCertificate({ ca, dnsNames, ttl: SERVER_TTL_SECONDS });
    return { 'tls.crt': issued.certificatePem, 'tls.key': issued.privateKeyPem, 'ca.crt': issued.caPem };
  }

  /** A client certificate; `ttl` in seconds. */
  async clientCertificate(commonName: string, ttl: number): Promise<IssuedCertificate> {
    return issueClientCertificate({ ca: await this.authority(), commonName, ttl });
  }
}
