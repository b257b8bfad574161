import { createAuthority, enrol, issueTls, type IssuedCertificate, type NodeRole } from '../identity/authority.ts';
import type { KeyAndCertificate } from '../identity/certificate.ts';
import { signerFromPem, type FabricSigner } from '../identity/signer.ts';
import type { MspDefinition } from '../msp/definition.ts';

/** An institution with its two authorities, an administrator and a client. */
export class TestInstitution {
  readonly mspId: string;
  /** All are recognised, one enrols or issues. */
  #identityAuthorities: KeyAndCertificate[];
  #enrolling: KeyAndCertificate;
  #tlsAuthorities: KeyAndCertificate[];
  #issuing: KeyAndCertificate;
  #admin!: FabricSigner;
  #client!: KeyAndCertificate;

  private constructor(mspId: string, identityAuthority: KeyAndCertificate, tlsAuthority: KeyAndCertificate) {
    this.mspId = mspId;
    this.#identityAuthorities = [identityAuthority];
    this.#enrolling = identityAuthority;
    this.#tlsAuthorities = [tlsAuthority];
    this.#issuing = tlsAuthority;
  }

  static async create(mspId: string): Promise<TestInstitution> {
    const tlsAuthority = await createAuthority({ mspId, purpose: 'tls', days: 30 });
    const institution = new TestInstitution(mspId, await createAuthority({ mspId, purpose: 'identity', days: 30 }), tlsAuthority);
    await institution.enrolByNewest();
    return institution;
  }

  get identityAuthority(): KeyAndCertificate {
    return this.#enrolling;
  }

  get tlsAuthority(): KeyAndCertificate {
    return this.#issuing;
  }

  get admin(): FabricSigner {
    return this.#admin;
  }

  get client(): FabricSigner {
    return signerFromPem(this.mspId, this.#client);
  }

  /** Key and certificate of `client`, for a program that reads them. */
  get clientIdentity(): KeyAndCertificate {
    return this.#client;
  }

  get msp(): MspDefinition {
    const certificates = (authorities: readonly KeyAndCertificate[]): string[] => authorities.map(({ certificatePem }) => certificatePem);
    return { mspId: this.mspId, rootCertificates: certificates(this.#identityAuthorities), tlsRootCertificates: certificates(this.#tlsAuthorities) };
  }

  /** Recognises a further authority, which does not enrol yet. */
  async addIdentityAuthority(): Promise<void> {
    this.#identityAuthorities.push(await createAuthority({ mspId: this.mspId, purpose: 'identity', days: 30 }));
  }

  /** Lets the newest authority enrol from now on, administrator and client at once. */
  async enrolByNewest(): Promise<void> {
    this.#enrolling = this.#identityAuthorities.at(-1) as KeyAndCertificate;
    this.#admin = signerFromPem(this.mspId, await this.#enrol('admin', 'admin'));
    this.#client = await this.#enrol('client', 'client');
  }

  /** Recognises a further TLS authority, which does not issue yet. */
  async addTlsAuthority(): Promise<void> {
    this.#tlsAuthorities.push(await createAuthority({ mspId: this.mspId, purpose: 'tls', days: 30 }));
  }

  /** Lets the newest TLS authority issue from now on. */
  issueTlsByNewest(): void {
    this.#issuing = this.#tlsAuthorities.at(-1) as KeyAndCertificate;
  }

  /** Recognises the newest authorities only. */
  dropFormerAuthorities(): void {
    this.#identityAuthorities = this.#identityAuthorities.slice(-1);
    this.#tlsAuthorities = this.#tlsAuthorities.slice(-1);
  }

  #enrol(commonName: string, role: NodeRole): Promise<IssuedCertificate> {
    return enrol({ authority: this.#enrolling, commonName, role, days: 7 });
  }

  enrolNode(commonName: string, role: 'peer' | 'orderer'): Promise<IssuedCertificate> {
    return this.#enrol(commonName, role);
  }

  /** A TLS certificate for loopback; with `privateKeyPem` for the same key again, with `now` as of another time. */
  issueTls(options: { privateKeyPem?: string; now?: number } = {}): Promise<IssuedCertificate> {
    return issueTls({ authority: this.#issuing, dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'], days: 7, ...options });
  }
}
