import { CORE, deleteIgnoreMissing } from '../../../../runtime/index.ts';
import { workloadVersion } from '../chaincode-package.ts';
import { chaincodeName, chaincodeSelector } from '../chaincode-workload.ts';
import type { FabricRun } from '../fabric-run.ts';
import { definitionVersion } from '../own-contracts.ts';

/**
 * Removes the workloads of other contracts once the own peer knows that the own ones are in force and has approved them:
 * it calls no others from then on. Their packages stay on the peer.
 */
export async function removeOldContracts(fabric: FabricRun): Promise<void> {
  const { run, contracts, contractsInForce, contractsWait } = fabric;
  if (contractsWait !== undefined || contractsInForce?.version !== definitionVersion(contracts)) return;
  const own = chaincodeName({ network: run.network, version: workloadVersion(fabric) });
  const labelSelector = chaincodeSelector(run.network);
  const { client } = run.ctx;
  for (const { metadata } of await client.list(CORE.deployment, { labelSelector })) {
    if (metadata.name === own) continue;
    await deleteIgnoreMissing(client, CORE.deployment, metadata.name);
    await deleteIgnoreMissing(client, CORE.service, metadata.name);
    await deleteIgnoreMissing(client, CORE.secret, metadata.name);
  }
}
