import type { KeyAndCertificate } from '../identity/certificate.ts';
import type { MspDefinition } from './definition.ts';
import { ROLE_UNITS } from './roles.ts';

/** Relative path to content: what becomes a folder on a disk or the items of a Secret. */
export type Files = Readonly<Record<string, string>>;

/**
 * The folder from which a node (or the `peer` command) reads who it is: its organisation's definition, its certificate
 * and its key. The key is a secret.
 *
 * @param identity left out for a folder that only verifies
 */
export function localMspFiles(definition: MspDefinition, identity?: KeyAndCertificate): Files {
  const numbered = (folder: string, pems: readonly string[] | undefined): [string, string][] =>
    (pems ?? []).map((pem, index) => [`${folder}/${index}.pem`, pem]);
  return Object.fromEntries([
    ['config.yaml', JSON.stringify(nodeUnits(), undefined, 2)],
    ...numbered('cacerts', definition.rootCertificates),
    ...numbered('intermediatecerts', definition.intermediateCertificates),
    ...numbered('tlscacerts', definition.tlsRootCertificates),
    ...numbered('tlsintermediatecerts', definition.tlsIntermediateCertificates),
    ...numbered('crls', definition.revocationLists),
    ...(identity === undefined ? [] : [['signcerts/cert.pem', identity.certificatePem], ['keystore/key.pem', identity.privateKeyPem]]),
  ] as [string, string][]);
}

/** JSON is YAML, so no YAML library is needed to write it. */
function nodeUnits(): object {
  const unit = (name: string): object => ({ OrganizationalUnitIdentifier: name });
  return {
    NodeOUs: {
      Enable: true,
      ClientOUIdentifier: unit(ROLE_UNITS.client),
      PeerOUIdentifier: unit(ROLE_UNITS.peer),
      AdminOUIdentifier: unit(ROLE_UNITS.admin),
      OrdererOUIdentifier: unit(ROLE_UNITS.orderer),
    },
  };
}
