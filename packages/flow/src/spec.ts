import { z } from 'zod';
import { MOST, MOST_PARTIES, OPERATORS, TRUST_MODELS, WIRE_PROFILES } from './vocabulary.ts';

/** Schema id of the canonical task; part of what the flow id and the specification digest cover. */
export const FLOW_SPEC_SCHEMA = 'collabnet.dev/flow-spec/v1';

const DAY = 86_400_000;
const name = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'use lower-case letters, digits and hyphens, at most 63');
const did = z
  .string()
  .max(256)
  .regex(/^did:[a-z0-9]+:\S+$/, 'write a DID such as did:collab:<network>:<subject code>');
/** Engines take no others, and the last is theirs. */
export const columnSchema = z
  .string()
  .min(1)
  .max(128)
  .regex(/^\P{Cc}*$/u, 'a column name has no control characters')
  .refine((text) => text !== 'collabnet_row', 'collabnet_row is the number of a row; give the column another name');

/** `<subject code of the owner>/<name>` */
export const assetIdSchema = z
  .string()
  .max(192)
  .regex(
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/[a-z0-9]([-a-z0-9.]{0,126}[a-z0-9])?$/,
    'write an asset id such as <subject code>/<name>',
  );

/** An algorithm of the ledger's register; the version is exact, never a range. */
export const algorithmRefSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/),
  version: z.string().regex(/^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}$/),
});

/** An output of an earlier step that this party received; with a flow, a model that an earlier task has trained. */
export const sourceSchema = z.strictObject({
  /** Id of a flow that has succeeded; absent: this one. */
  flow: z.string().regex(/^[0-9a-f]{64}$/, 'give the 64 hex digits of a flow id').optional(),
  step: name,
  output: name,
});

/** One named input of a step: an asset of its party, or the output of an earlier step that this party received. */
export const flowInputSchema = z
  .strictObject({
    name,
    party: name,
    asset: assetIdSchema.optional(),
    assetVersion: z.int().min(1).optional(),
    from: sourceSchema.optional(),
    /** Columns that identify a row; position pairs them with the keys of the other inputs. None for what has no rows: a table or a model. */
    keys: z.array(columnSchema).max(MOST.keys),
    /** Columns that its receivers get beside the keys. */
    columns: z.array(columnSchema).max(MOST.columns),
  })
  .refine((input) => (input.asset === undefined) !== (input.from === undefined), {
    message: 'name either an asset or an output of an earlier step (from), not both and not neither',
  })
  .refine((input) => input.asset !== undefined || input.assetVersion === undefined, {
    message: 'assetVersion needs an asset',
    path: ['assetVersion'],
  });

/** One step: what goes in, who computes, what comes out and to whom. */
export const flowStepSchema = z.strictObject({
  name,
  operator: z.enum(OPERATORS),
  /** Registered implementation of the operator. */
  algorithm: algorithmRefSchema,
  roles: z.strictObject({ compute: z.array(name).min(1).max(MOST_PARTIES), receivers: z.array(name).min(1).max(MOST_PARTIES) }),
  inputs: z.array(flowInputSchema).min(1).max(MOST.inputs),
  /** Scalars only, so that the canonical form of a task never depends on nested defaults. */
  parameters: z.record(z.string().max(64), z.union([z.string().max(1024), z.int(), z.boolean()])),
  outputs: z
    .array(z.strictObject({ name, receivers: z.array(name).min(1).max(MOST_PARTIES) }))
    .min(1)
    .max(MOST.outputs),
});

/** The canonical task: plain data, every default written out. Shape only; see validateFlow for the whole. */
export const flowSpecSchema = z.strictObject({
  schema: z.literal(FLOW_SPEC_SCHEMA),
  runId: z
    .string()
    .regex(/^[0-9A-Za-z][0-9A-Za-z._-]{0,62}$/, 'use letters, digits, dot, underscore, hyphen, at most 63'),
  purpose: z.string().min(1).max(512),
  trustModel: z.enum(TRUST_MODELS),
  wireProfile: z.enum(WIRE_PROFILES),
  approvalTimeoutMs: z
    .int()
    .min(1_000)
    .max(90 * DAY),
  timeoutMs: z
    .int()
    .min(1_000)
    .max(30 * DAY),
  maxAttempts: z.int().min(1).max(MOST.attempts),
  parties: z.array(z.strictObject({ name, did })).min(2).max(MOST_PARTIES),
  auditors: z.array(did).max(MOST.auditors),
  steps: z.array(flowStepSchema).min(1).max(MOST.steps),
});

export type AlgorithmRef = z.infer<typeof algorithmRefSchema>;
export type FlowInput = z.infer<typeof flowInputSchema>;
export type FlowStep = z.infer<typeof flowStepSchema>;
export type FlowSpec = z.infer<typeof flowSpecSchema>;
