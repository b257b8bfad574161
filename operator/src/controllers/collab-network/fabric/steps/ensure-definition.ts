import type { ChaincodeDefinition, ChaincodeLifecycle, CommittedDefinition } from '@collabnet/fabric-network';
import { FabricNetworkError } from '@collabnet/fabric-network';
import { WaitError } from '../../../../runtime/index.ts';
import { CHAINCODE, definitionVersion } from '../chaincode-package.ts';
import { lifecycle } from '../fabric-clients.ts';
import { onFabric } from '../fabric-errors.ts';
import type { FabricRun } from '../fabric-run.ts';
import { installContracts } from '../install-contracts.ts';

/** Entry of the package's Secret with what this institution approved last. */
const APPROVED = 'approved';

const RECHECK_MS = 1_000;

/** Installs the package on the own peer and approves the definition of the contracts; the founder also commits it. */
export async function ensureDefinition(fabric: FabricRun): Promise<void> {
  const packageId = await installContracts(fabric);
  const agreement = lifecycle(fabric);
  try {
    const committed = await onFabric('reading the definition of the contracts', () => agreement.committed(CHAINCODE));
    const definition = fabric.run.network.spec.founding === undefined ? inForce(committed) : next(committed);
    await approve(fabric, agreement, definition, packageId);
    if (committed?.sequence !== definition.sequence) await onFabric('committing the definition of the contracts', () => agreement.commit(definition));
    if (committed?.sequence !== definition.sequence) fabric.run.ctx.event({ type: 'Normal', reason: 'ContractsCommitted', message: `${definition.version}, sequence ${definition.sequence}` });
  } finally {
    agreement.close();
  }
}

/** A member approves what is in force. @throws WaitError where the peer does not know of it yet, or it is of another version */
function inForce(committed: CommittedDefinition | undefined): ChaincodeDefinition {
  const version = definitionVersion();
  if (committed === undefined) throw new WaitError('FabricCatchingUp', 'the peer has not read the definition of the contracts yet', RECHECK_MS);
  if (committed.version === version) return { name: CHAINCODE, version, sequence: committed.sequence };
  throw new WaitError('ContractsMismatch', `the channel runs contracts ${committed.version}, this release has ${version}; install the release that the network runs`, 10_000);
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
