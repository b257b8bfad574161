import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { FabricNetworkError } from '../errors.ts';
import { parseCertificate, type KeyAndCertificate } from './certificate.ts';
import { ALGORITHM, importSigningKey } from './x509.ts';

/**
 * The list of certificates that an authority takes back: identities whose key is lost. It goes into the organisation's
 * definition (`setMsp`); from that block on nobody accepts what they sign. A list replaces the one before, so it names
 * all that were ever taken back and have not run out.
 *
 * @param options.revoked PEM certificates issued by the authority
 * @param options.now epoch milliseconds; default the clock
 * @returns PEM
 * @throws FabricNetworkError CERTIFICATE_INVALID
 */
export async function revocationList(options: { authority: KeyAndCertificate; revoked: readonly string[]; now?: number }): Promise<string> {
  const now = new Date(options.now ?? Date.now());
  const issuer = new x509.X509Certificate(options.authority.certificatePem);
  const issuing = parseCertificate(options.authority.certificatePem, 'authority.certificatePem');
  const list = await x509.X509CrlGenerator.create(
    {
      issuer: issuer.subject,
      thisUpdate: now,
      // Fabric does not ask for a newer one; the field must be there.
      nextUpdate: issuer.notAfter,
      entries: options.revoked.map((pem, index) => {
        const field = `revoked[${index}]`;
        const certificate = parseCertificate(pem, field);
        if (!certificate.verify(issuing.publicKey)) throw new FabricNetworkError('CERTIFICATE_INVALID', `${field}: was not issued by this authority.`, { field });
        return { serialNumber: certificate.serialNumber, revocationDate: now, reason: x509.X509CrlReason.keyCompromise };
      }),
      // Fabric finds the authority of a list by it.
      extensions: [await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, webcrypto)],
      signingAlgorithm: ALGORITHM,
      signingKey: await importSigningKey(options.authority.privateKeyPem, 'authority.privateKeyPem'),
    },
    webcrypto,
  );
  // The library's own label, `CRL`, is not the standard one (RFC 7468) that Fabric looks for.
  return `${x509.PemConverter.encode(list.rawData, 'X509 CRL')}\n`;
}
