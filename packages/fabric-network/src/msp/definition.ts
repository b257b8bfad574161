import { msp } from '@hyperledger/fabric-protos';
import { FabricNetworkError } from '../errors.ts';
import { normalPem, parseCertificate } from '../identity/certificate.ts';
import { checkMspId } from '../names.ts';
import { ROLE_UNITS } from './roles.ts';

/** Whom a network recognises as an organisation: its authorities and what they took back. Nothing in it is secret. */
export interface MspDefinition {
  readonly mspId: string;
  /** PEM of the authorities that enrol identities; more than one while they are being changed. */
  readonly rootCertificates: readonly string[];
  readonly intermediateCertificates?: readonly string[];
  /** PEM of the authorities of the organisation's TLS certificates. */
  readonly tlsRootCertificates: readonly string[];
  readonly tlsIntermediateCertificates?: readonly string[];
  /** PEM of certificate revocation lists. */
  readonly revocationLists?: readonly string[];
}

/** `FABRIC` in Fabric's list of provider types (the other is Idemix). */
const X509_PROVIDER = 0;

/**
 * The definition as it stands in a channel configuration. Roles come from node OUs; there is no list of admin
 * certificates, because replacing one would need a configuration update.
 *
 * @throws FabricNetworkError MSP_ID_INVALID, CERTIFICATE_INVALID
 */
export function mspConfig(definition: MspDefinition): msp.MSPConfig {
  checkMspId(definition.mspId);
  const inner = new msp.FabricMSPConfig();
  inner.setName(definition.mspId);
  inner.setRootCertsList(authorities(definition.rootCertificates, 'rootCertificates'));
  inner.setTlsRootCertsList(authorities(definition.tlsRootCertificates, 'tlsRootCertificates'));
  inner.setIntermediateCertsList((definition.intermediateCertificates ?? []).map((pem) => authority(pem, 'intermediateCertificates')));
  inner.setTlsIntermediateCertsList((definition.tlsIntermediateCertificates ?? []).map((pem) => authority(pem, 'tlsIntermediateCertificates')));
  inner.setRevocationListList((definition.revocationLists ?? []).map((pem) => Buffer.from(pem)));
  const hashes = new msp.FabricCryptoConfig();
  hashes.setSignatureHashFamily('SHA2');
  hashes.setIdentityIdentifierHashFunction('SHA256');
  inner.setCryptoConfig(hashes);
  inner.setFabricNodeOus(nodeUnits());
  const config = new msp.MSPConfig();
  config.setType(X509_PROVIDER);
  config.setConfig(inner.serializeBinary());
  return config;
}

/** Reads a definition out of a channel configuration. @throws FabricNetworkError CONFIG_INVALID */
export function readMspConfig(octets: Uint8Array): MspDefinition {
  try {
    const inner = msp.FabricMSPConfig.deserializeBinary(msp.MSPConfig.deserializeBinary(octets).getConfig_asU8());
    const texts = (list: readonly Uint8Array[]): string[] => list.map((each) => Buffer.from(each).toString());
    return {
      mspId: inner.getName(),
      rootCertificates: texts(inner.getRootCertsList_asU8()),
      intermediateCertificates: texts(inner.getIntermediateCertsList_asU8()),
      tlsRootCertificates: texts(inner.getTlsRootCertsList_asU8()),
      tlsIntermediateCertificates: texts(inner.getTlsIntermediateCertsList_asU8()),
      revocationLists: texts(inner.getRevocationListList_asU8()),
    };
  } catch (cause) {
    throw new FabricNetworkError('CONFIG_INVALID', 'MSP: cannot be read.', { field: 'MSP', cause });
  }
}

function nodeUnits(): msp.FabricNodeOUs {
  const unit = (name: string): msp.FabricOUIdentifier => {
    const identifier = new msp.FabricOUIdentifier();
    identifier.setOrganizationalUnitIdentifier(name);
    return identifier;
  };
  const units = new msp.FabricNodeOUs();
  units.setEnable(true);
  units.setClientOuIdentifier(unit(ROLE_UNITS.client));
  units.setPeerOuIdentifier(unit(ROLE_UNITS.peer));
  units.setAdminOuIdentifier(unit(ROLE_UNITS.admin));
  units.setOrdererOuIdentifier(unit(ROLE_UNITS.orderer));
  return units;
}

function authorities(pems: readonly string[], field: string): Uint8Array[] {
  if (pems.length === 0) throw new FabricNetworkError('CERTIFICATE_INVALID', `${field}: give at least one certificate.`, { field });
  return pems.map((pem) => authority(pem, field));
}

function authority(pem: string, field: string): Uint8Array {
  if (!parseCertificate(pem, field).ca) throw new FabricNetworkError('CERTIFICATE_INVALID', `${field}: holds a certificate that is not that of an authority.`, { field });
  return Buffer.from(normalPem(pem, field));
}
