import type { z } from 'zod';
import { approvalSpecSchema, approvalStatusSchema } from './approval.ts';
import { collabNetworkSpecSchema, collabNetworkStatusSchema } from './collab-network.ts';
import { computeTaskSpecSchema, computeTaskStatusSchema } from './compute-task.ts';
import { dataAssetSpecSchema, dataAssetStatusSchema } from './data-asset.ts';
import { participantDidSpecSchema, participantDidStatusSchema } from './participant-did.ts';

export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'date';
  readonly jsonPath: string;
  readonly priority?: number;
  readonly description?: string;
}

/** Everything about a kind that its CRD says. */
export interface KindDefinition {
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly description: string;
  readonly spec: z.ZodType;
  readonly status: z.ZodType;
  readonly columns: readonly PrinterColumn[];
}

const READY: PrinterColumn = { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' };
const REASON: PrinterColumn = { name: 'Reason', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].reason', priority: 1 };
const MESSAGE: PrinterColumn = { name: 'Message', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].message', priority: 1 };
const AGE: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

function columns(...own: PrinterColumn[]): PrinterColumn[] {
  return [READY, ...own, REASON, MESSAGE, AGE];
}

export const KINDS: readonly KindDefinition[] = [
  {
    kind: 'CollabNetwork',
    plural: 'collabnetworks',
    singular: 'collabnetwork',
    shortNames: ['cn'],
    description: 'A network this institution founds or joins: the institutions that share one ledger.',
    spec: collabNetworkSpecSchema,
    status: collabNetworkStatusSchema,
    columns: columns(
      { name: 'Membership', type: 'string', jsonPath: '.status.membership' },
      { name: 'Height', type: 'integer', jsonPath: '.status.ledger.height' },
      { name: 'Members', type: 'integer', jsonPath: '.status.memberCount' },
    ),
  },
  {
    kind: 'ParticipantDID',
    plural: 'participantdids',
    singular: 'participantdid',
    shortNames: ['pdid'],
    description: 'The decentralised identifier of this institution or of one of its people.',
    spec: participantDidSpecSchema,
    status: participantDidStatusSchema,
    columns: columns(
      { name: 'Type', type: 'string', jsonPath: '.spec.type' },
      { name: 'Roles', type: 'string', jsonPath: '.spec.roles', priority: 1 },
      { name: 'DID', type: 'string', jsonPath: '.status.did' },
    ),
  },
  {
    kind: 'DataAsset',
    plural: 'dataassets',
    singular: 'dataasset',
    shortNames: ['da'],
    description: 'Data this institution offers to the network: catalogue entry, classification, disclosure rules and standing grants.',
    spec: dataAssetSpecSchema,
    status: dataAssetStatusSchema,
    columns: columns(
      { name: 'Asset', type: 'string', jsonPath: '.status.assetID' },
      { name: 'Version', type: 'integer', jsonPath: '.status.version' },
      { name: 'Level', type: 'integer', jsonPath: '.spec.classification.jrtLevel' },
    ),
  },
  {
    kind: 'ComputeTask',
    plural: 'computetasks',
    singular: 'computetask',
    shortNames: ['ctask'],
    description: 'A joint computation. With the label collabnet.dev/mirror=true it is a view of a flow that another institution proposed.',
    spec: computeTaskSpecSchema,
    status: computeTaskStatusSchema,
    columns: columns(
      { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
      { name: 'Role', type: 'string', jsonPath: '.status.role' },
      { name: 'Flow', type: 'string', jsonPath: '.status.flowID', priority: 1 },
      { name: 'Purpose', type: 'string', jsonPath: '.spec.purpose', priority: 1 },
    ),
  },
  {
    kind: 'Approval',
    plural: 'approvals',
    singular: 'approval',
    shortNames: ['appr'],
    description: "A person's signed decision about a flow, a grant, a membership or an algorithm.",
    spec: approvalSpecSchema,
    status: approvalStatusSchema,
    columns: columns(
      { name: 'Subject', type: 'string', jsonPath: '.spec.subject.kind' },
      { name: 'Decision', type: 'string', jsonPath: '.spec.decision' },
      { name: 'Signer', type: 'string', jsonPath: '.spec.signer', priority: 1 },
      { name: 'Height', type: 'integer', jsonPath: '.status.height' },
    ),
  },
];
