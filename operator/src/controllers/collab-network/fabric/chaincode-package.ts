import { CONTRACTS_VERSION } from '@collabnet/contracts';
import { issueTls, servicePackage, type BuiltPackage } from '@collabnet/fabric-network';
import { required } from '../network-run.ts';
import { certificateIn, certificateValues, DAYS } from './certificates.ts';
import { contractsDigest } from './contracts-digest.ts';
import type { FabricRun } from './fabric-run.ts';

/** Name of the chaincode on every channel. */
export const CHAINCODE = 'collabnet';

/** What members approve: the version of the contracts and the digest of their modules. */
export function definitionVersion(): string {
  return `${CONTRACTS_VERSION}+sha256.${contractsDigest()}`;
}

/**
 * The package for the own peer. Beside the address it says which contracts and which image it stands for. The
 * certificate that the peer shows to the chaincode lies in it and is therefore issued once for the life of the authority:
 * with a new one it would be another package.
 */
export async function chaincodePackage(fabric: FabricRun): Promise<BuiltPackage> {
  const { run, names } = fabric;
  const { secrets, config, fabric: addresses } = run.services;
  const { tls } = required(fabric.authorities, 'authorities');
  const values = await secrets.ensure(names.chaincodePackage, async () =>
    certificateValues('client', await issueTls({ authority: tls, days: DAYS.authority, now: run.ctx.clock.now(), dnsNames: ['peer'] })),
  );
  const client = certificateIn(values, 'client');
  if (client === undefined) throw new Error(`Secret ${names.chaincodePackage} has lost a certificate or key; delete it, and it is made again`);
  return servicePackage({
    label: `${CHAINCODE}_${CONTRACTS_VERSION}`,
    service: addresses.chaincode(run.network, CONTRACTS_VERSION),
    tls: { rootCertificatePem: tls.certificatePem, client },
    statements: imageStatements(config.images.node),
  });
}

/** An image without a digest is stated as it is named: its registry decides what it is. */
function imageStatements(image: string): Record<string, string> {
  const [, imageDigest] = image.split('@');
  return { contractsVersion: CONTRACTS_VERSION, contractsDigest: `sha256:${contractsDigest()}`, image, ...(imageDigest !== undefined && { imageDigest }) };
}
