import type { ChaincodeDefinition, ChaincodeLifecycle, CommittedDefinition } from '@collabnet/fabric-network';
import { FabricNetworkError } from '@collabnet/fabric-network';
import { CHAINCODE, chaincodePackage, definitionVersion } from '../chaincode-package.ts';
import { lifecycle, peerAdmin } from '../fabric-clients.ts';
import { onFabric } from '../fabric-errors.ts';
import type { FabricRun } from '../fabric-run.ts';

/** Entry of the package's Secret with what this institution approved last. */
const APPROVED = 'approved';

/** Installs the package on the own peer, and approves and commits the definition of the contracts. */
export async function ensureDefinition(fabric: FabricRun): Promise<void> {
  const built = await chaincodePackage(fabric);
  const peer = peerAdmin(fabric);
  const installed = await onFabric('looking at the packages of the peer', () => peer.installed());
  if (!installed.some(({ packageId }) => packageId === built.packageId)) await onFabric('installing the contracts', () => peer.install(built.octets));
  const agreement = lifecycle(fabric);
  try {
    const committed = await onFabric('reading the definition of the contracts', () => agreement.committed(CHAINCODE));
    const definition = next(committed);
    await approve(fabric, agreement, definition, built.packageId);
    if (committed?.sequence !== definition.sequence) await onFabric('committing the definition of the contracts', () => agreement.commit(definition));
    if (committed?.sequence !== definition.sequence) fabric.run.ctx.event({ type: 'Normal', reason: 'ContractsCommitted', message: `${definition.version}, sequence ${definition.sequence}` });
  } finally {
    agreement.close();
  }
}

/** Whether the contracts were agreed on once: then there may be a ledger. */
export async function wasApproved({ run, names, channel }: FabricRun): Promise<boolean> {
  return (await run.services.secrets.read(names.chaincodePackage))?.[APPROVED]?.startsWith(`${channel}/`) === true;
}

/** What is in force when it is of this version, else the next after it. */
function next(committed: CommittedDefinition | undefined): ChaincodeDefinition {
  const version = definitionVersion();
  if (committed === undefined) return { name: CHAINCODE, version, sequence: 1 };
  return { name: CHAINCODE, version, sequence: committed.version === version ? committed.sequence : committed.sequence + 1 };
}

/** Approves once; what was approved is written down afterwards, so that a crash leads to a second approval and not to none. */
async function approve(fabric: FabricRun, agreement: ChaincodeLifecycle, definition: ChaincodeDefinition, packageId: string): Promise<void> {
  const { secrets } = fabric.run.services;
  const { names, channel } = fabric;
  const approval = `${channel}/${definition.sequence}/${packageId}`;
  if ((await secrets.read(names.chaincodePackage))?.[APPROVED] === approval) return;
  await onFabric('approving the definition of the contracts', () => agreement.approve(definition, packageId).catch(ignoreUnchanged));
  await secrets.update(names.chaincodePackage, (values) => ({ ...values, [APPROVED]: approval }));
}

/** Fabric refuses a second approval that changes nothing, and says so only in its text. */
function ignoreUnchanged(error: unknown): void {
  if (!(error instanceof FabricNetworkError) || !error.message.includes('with unchanged content')) throw error;
}
