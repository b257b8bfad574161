import type { CollabNetwork } from '@collabnet/crds';
import { readyNetwork, type ReadyNetwork } from '../kube/networks.ts';
import type { Kube } from '../kube/kube.ts';
import { approvalObject, signDecision, type Decision, type Sign } from './approval.ts';
import { awaitOutcome } from './await-outcome.ts';

/**
 * Signs a decision, hands it to the operator as an Approval and waits for the ledger.
 *
 * @param label beginning of the Approval's name
 * @returns what became of it, with the Approval's name
 */
export async function sendDecision(kube: Kube, decision: Decision, sign: Sign, label: string, timeoutMs: number): Promise<string> {
  const approval = approvalObject(await signDecision(decision, sign), label);
  await kube.create('approvals', approval);
  return `${await awaitOutcome(kube, approval.metadata.name, timeoutMs)} (approval/${approval.metadata.name})`;
}

/** The CollabNetwork of this namespace with a network id, if there is one. */
export async function networkWithId(kube: Kube, id: string): Promise<ReadyNetwork | undefined> {
  const found = (await kube.list<CollabNetwork>('collabnetworks')).find(({ status }) => status?.networkID === id);
  return found && readyNetwork(found);
}
