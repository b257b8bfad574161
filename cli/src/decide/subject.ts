import type { ApprovalSpec, OwnerReference } from '@collabnet/crds';
import type { JsonObject } from '@collabnet/envelope';
import type { ReadyNetwork } from '../kube/networks.ts';

/** Something a person can decide about, with all that the person must see first. */
export interface Subject {
  readonly network: ReadyNetwork;
  readonly subject: ApprovalSpec['subject'];
  /** What is being agreed to, for people. */
  readonly description: string;
  /** Doubts that do not forbid signing. */
  readonly warnings: readonly string[];
  /** Content that goes onto the ledger with the decision. */
  readonly body?: JsonObject;
  /** Latest time at which the decision still counts, ms. */
  readonly deadline?: number;
  readonly owner?: OwnerReference;
  /** Beginning of the Approval's name. */
  readonly label: string;
}
