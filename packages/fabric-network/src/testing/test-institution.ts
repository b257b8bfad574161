import { createAuthority, enrol, issueTls, type IssuedCertificate, type NodeRole } from '../identity/authority.ts';
import type { KeyAndCertificate } from '../identity/certificate.ts';
import { signerFromPem, type FabricSigner } from '../identity/signer.ts';
import type { MspDefinition } from '../msp/definition.ts';

/** An institution with its two authorities, an administrator and a client. */
export class TestInstitution {
  readonly mspId: string;
  readonly identityAuthority: KeyAndCertificate;
  readonly tlsAuthority: KeyAndCertificate;
  readonly admin: FabricSigner;
  readonly client: FabricSigner;
  /** Key and certificate of `client`, for a program that reads them. */
  readonly clientIdentity: KeyAndCertificate;

  private constructor(mspId: string, identityAuthority: KeyAndCertificate, tlsAuthority: KeyAndCertificate, admin: KeyAndCertificate, client: KeyAndCertificate) {
    this.mspId = mspId;
    this.identityAuthority = identityAuthority;
    this.tlsAuthority = tlsAuthority;
    this.admin = signerFromPem(mspId, admin);
    this.client = signerFromPem(mspId, client);
    this.clientIdentity = client;
  }

  static async create(mspId: string): Promise<TestInstitution> {
    const identityAuthority = await createAuthority({ mspId, purpose: 'identity', days: 30 });
    const tlsAuthority = await createAuthority({ mspId, purpose: 'tls', days: 30 });
    const leaf = (commonName: string, role: NodeRole): Promise<IssuedCertificate> => enrol({ authority: identityAuthority, commonName, role, days: 7 });
    return new TestInstitution(mspId, identityAuthority, tlsAuthority, await leaf('admin', 'admin'), await leaf('client', 'client'));
  }

  get msp(): MspDefinition {
    return { mspId: this.mspId, rootCertificates: [this.identityAuthority.certificatePem], tlsRootCertificates: [this.tlsAuthority.certificatePem] };
  }

  enrolNode(commonName: string, role: 'peer' | 'orderer'): Promise<IssuedCertificate> {
    return enrol({ authority: this.identityAuthority, commonName, role, days: 7 });
  }

  /** A TLS certificate for loopback; with `privateKeyPem` for the same key again. */
  issueTls(privateKeyPem?: string): Promise<IssuedCertificate> {
    return issueTls({ authority: this.tlsAuthority, dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'], days: 7, ...(privateKeyPem === undefined ? {} : { privateKeyPem }) });
  }
}
