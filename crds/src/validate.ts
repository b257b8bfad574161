import type { z } from 'zod';
import type { Approval } from './approval.ts';
import { approvalSpecSchema } from './approval.ts';
import type { CollabNetwork } from './collab-network.ts';
import { collabNetworkSpecSchema } from './collab-network.ts';
import type { ComputeTask } from './compute-task.ts';
import { computeTaskSpecSchema } from './compute-task.ts';
import type { DataAsset } from './data-asset.ts';
import { dataAssetSpecSchema } from './data-asset.ts';
import { API_VERSION } from './group.ts';
import type { ParticipantDID } from './participant-did.ts';
import { participantDidSpecSchema } from './participant-did.ts';

/** Either the object with every default filled in, or one message per fault, each naming the field and the fix. */
export type Validation<T> = { readonly ok: true; readonly object: T } | { readonly ok: false; readonly errors: string[] };

interface Unchecked {
  apiVersion?: unknown;
  kind?: unknown;
  metadata?: unknown;
  spec?: unknown;
}

function validator<T extends { spec: unknown }>(kind: string, schema: z.ZodType<T['spec']>): (object: unknown) => Validation<T> {
  return (object) => {
    const candidate = (typeof object === 'object' && object !== null ? object : {}) as Unchecked;
    const errors: string[] = [];
    if (candidate.apiVersion !== API_VERSION) errors.push(`apiVersion: must be ${API_VERSION}`);
    if (candidate.kind !== kind) errors.push(`kind: must be ${kind}`);
    const name = (candidate.metadata as { name?: unknown } | undefined)?.name;
    if (typeof name !== 'string' || name === '') errors.push('metadata.name: is required');
    else if (name.length > 63) errors.push('metadata.name: must be at most 63 characters, because it becomes a label');
    const parsed = schema.safeParse(candidate.spec);
    if (!parsed.success) errors.push(...parsed.error.issues.map(messageOf));
    if (errors.length > 0 || !parsed.success) return { ok: false, errors };
    return { ok: true, object: { ...(object as T), spec: parsed.data } };
  };
}

function messageOf(issue: z.core.$ZodIssue): string {
  const path = issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return `spec${path}: ${issue.message}`;
}

/** Guards of the reconcilers: what CEL checks at admission, checked again on what is stored. */
export const validateCollabNetwork: (object: unknown) => Validation<CollabNetwork> = validator('CollabNetwork', collabNetworkSpecSchema);
export const validateParticipantDID: (object: unknown) => Validation<ParticipantDID> = validator('ParticipantDID', participantDidSpecSchema);
export const validateDataAsset: (object: unknown) => Validation<DataAsset> = validator('DataAsset', dataAssetSpecSchema);
export const validateComputeTask: (object: unknown) => Validation<ComputeTask> = validator('ComputeTask', computeTaskSpecSchema);
export const validateApproval: (object: unknown) => Validation<Approval> = validator('Approval', approvalSpecSchema);
