import { createHash } from 'node:crypto';
import { issueTls, servicePackage, type BuiltPackage } from '@collabnet/fabric-network';
import { required } from '../network-run.ts';
import { certificateIn, certificateValues, DAYS } from './certificates.ts';
import type { FabricRun } from './fabric-run.ts';
import { definitionVersion } from './own-contracts.ts';

/** Name of the chaincode on every channel. */
export const CHAINCODE = 'collabnet';

/**
 * Names the workload of the own contracts, such as `1.4.0-0a1b2c3d`: another build or image runs beside the one of before until
 * the peer calls it.
 */
export function workloadVersion({ contracts, run }: Pick<FabricRun, 'contracts' | 'run'>): string {
  const what = `${definitionVersion(contracts)} ${run.services.config.images.node}`;
  return `${contracts.version}-${createHash('sha256').update(what).digest('hex').slice(0, 8)}`;
}

/**
 * The package for the own peer. Beside the address it says which contracts and which image it stands for. The
 * certificate that the peer shows to the chaincode lies in it and is therefore issued once for the life of the authority:
 * with a new one it would be another package.
 */
export async function chaincodePackage(fabric: FabricRun): Promise<BuiltPackage> {
  const { run, names, contracts } = fabric;
  const { secrets, config, fabric: addresses } = run.services;
  const { contracts: authority } = required(fabric.authorities, 'authorities');
  const values = await secrets.ensure(names.chaincodePackage, async () =>
    certificateValues('client', await issueTls({ authority, days: DAYS.authority, now: run.ctx.clock.now(), dnsNames: ['peer'] })),
  );
  const client = certificateIn(values, 'client');
  if (client === undefined) throw new Error(`Secret ${names.chaincodePackage} has lost a certificate or key; delete it, and it is made again`);
  return servicePackage({
    label: `${CHAINCODE}_${contracts.version}`,
    service: addresses.chaincode(run.network, workloadVersion(fabric)),
    tls: { rootCertificatePem: authority.certificatePem, client },
    statements: { contractsVersion: contracts.version, contractsDigest: `sha256:${contracts.digest}`, ...imageStatements(config.images.node) },
  });
}

/** An image without a digest is stated as it is named: its registry decides what it is. */
function imageStatements(image: string): Record<string, string> {
  const [, imageDigest] = image.split('@');
  return { image, ...(imageDigest !== undefined && { imageDigest }) };
}
