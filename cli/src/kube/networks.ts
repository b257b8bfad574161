import type { CollabNetwork } from '@collabnet/crds';
import { CliError } from '../base/errors.ts';
import type { Kube } from './kube.ts';

/** A network whose id is known, so that something can be signed for it. */
export interface ReadyNetwork {
  readonly name: string;
  readonly id: string;
  readonly object: CollabNetwork;
}

/** @throws CliError NOT_READY while the operator does not know the network's id */
export function readyNetwork(object: CollabNetwork): ReadyNetwork {
  const id = object.status?.networkID;
  if (id === undefined) {
    throw new CliError('NOT_READY', `CollabNetwork ${object.metadata.name} has no status.networkID yet; see kubectl describe collabnetwork ${object.metadata.name}`);
  }
  return { name: object.metadata.name, id, object };
}

/** The network named, or the only one there is. @throws CliError AMBIGUOUS, NOT_FOUND */
export async function chooseNetwork(kube: Kube, name: string | undefined): Promise<CollabNetwork> {
  if (name !== undefined) return kube.get<CollabNetwork>('collabnetworks', name);
  const all = await kube.list<CollabNetwork>('collabnetworks');
  const [only] = all;
  if (only === undefined) throw new CliError('NOT_FOUND', `no CollabNetwork in namespace ${kube.namespace}; choose the namespace with -n`);
  if (all.length > 1) throw new CliError('AMBIGUOUS', `several networks: ${all.map((one) => one.metadata.name).join(', ')}; choose one with --network`);
  return only;
}

/** A sentence when the institution's view of the ledger is not fresh, else undefined. */
export function stalenessWarning(network: CollabNetwork, now: number): string | undefined {
  const ledger = network.status?.ledger;
  if (ledger?.state === 'Diverged') return 'the ledger has diverged: do not sign anything before this is cleared up';
  const verified = ledger?.verifiedAt;
  const age = verified === undefined ? undefined : Math.round((now - Date.parse(verified)) / 1000);
  if (ledger?.state === 'Stale') return 'this institution cannot reach the ledger: what is shown may be out of date';
  if (age === undefined && ledger?.state === 'Following') return undefined;
  if (age === undefined) return 'this institution has not verified the ledger yet: what is shown may be incomplete';
  return age > 60 ? `this institution last verified the ledger ${age} s ago: what is shown may be out of date` : undefined;
}
