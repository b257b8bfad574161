import { chaincodePackage } from './chaincode-package.ts';
import { peerAdmin } from './fabric-clients.ts';
import { onFabric } from './fabric-errors.ts';
import type { FabricRun } from './fabric-run.ts';

/** Installs the package of the contracts on the own peer, once. @returns the package's id */
export async function installContracts(fabric: FabricRun): Promise<string> {
  const { packageId, octets } = await chaincodePackage(fabric);
  const peer = peerAdmin(fabric);
  const installed = await onFabric('looking at the packages of the peer', () => peer.installed());
  if (!installed.some((each) => each.packageId === packageId)) await onFabric('installing the contracts', () => peer.install(octets));
  return packageId;
}
