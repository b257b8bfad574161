import { chaincodePackage } from './chaincode-package.ts';
import { peerAdmin } from './fabric-clients.ts';
import { asProblem, onFabric } from './fabric-errors.ts';
import type { FabricRun } from './fabric-run.ts';
import { nodeName, type NodeKey } from './node-plan.ts';

/**
 * Installs the package of the contracts on the own peers, once. Further peers that do not take it are a problem; those that are
 * away get it when they are back.
 *
 * @returns the package's id
 */
export async function installContracts(fabric: FabricRun): Promise<string> {
  const { packageId, octets } = await chaincodePackage(fabric);
  const install = async (key: NodeKey): Promise<void> => {
    const peer = peerAdmin(fabric, key);
    const installed = await onFabric(`looking at the packages of ${nodeName(key)}`, () => peer.installed());
    if (!installed.some((each) => each.packageId === packageId)) await onFabric(`installing the contracts on ${nodeName(key)}`, () => peer.install(octets));
  };
  await install(fabric.peer);
  for (const { key, hindrance } of fabric.otherPeers) {
    if (hindrance === undefined) await asProblem(fabric, () => install(key));
  }
  return packageId;
}
