import { chaincodePackage } from './chaincode-package.ts';
import { peerAdmin } from './fabric-clients.ts';
import { onFabric } from './fabric-errors.ts';
import type { FabricRun } from './fabric-run.ts';
import { nodeName } from './node-plan.ts';

/**
 * Installs the package of the contracts on the own peers, once. Those that are away get it when they are back.
 *
 * @returns the package's id
 */
export async function installContracts(fabric: FabricRun): Promise<string> {
  const { packageId, octets } = await chaincodePackage(fabric);
  for (const key of [fabric.peer, ...fabric.otherPeers.filter(({ hindrance }) => hindrance === undefined).map((look) => look.key)]) {
    const peer = peerAdmin(fabric, key);
    const installed = await onFabric(`looking at the packages of ${nodeName(key)}`, () => peer.installed());
    if (!installed.some((each) => each.packageId === packageId)) await onFabric(`installing the contracts on ${nodeName(key)}`, () => peer.install(octets));
  }
  return packageId;
}
