import { z } from 'zod';
import { didSchema } from '@collabnet/did';
import { algorithmRefSchema, assetIdSchema, columnSchema, flowSpecSchema, sourceSchema } from './spec.ts';
import { MOST, MOST_PARTIES, OPERATORS, TRUST_MODELS, WIRE_PROFILES } from './vocabulary.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/, 'give 64 lower-case hex digits');
const stepName = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
const dids = z.array(didSchema).max(MOST_PARTIES);
const time = z.int().min(0);

/** An input as the ledger sees it: whose, which asset or earlier output, which published columns. */
export const proposedInputSchema = z
  .strictObject({
    name: stepName,
    party: didSchema,
    asset: assetIdSchema.optional(),
    assetVersion: z.int().min(1).optional(),
    from: sourceSchema.optional(),
    /** None for what has no rows: a table or a model of an earlier step. */
    keys: z.array(columnSchema).max(MOST.keys),
    columns: z.array(columnSchema).max(MOST.columns),
  })
  .refine((input) => (input.asset === undefined) !== (input.from === undefined), {
    message: 'name either an asset or an output of an earlier step (from)',
  });

/** A step as the ledger sees it. */
export const proposedStepSchema = z.strictObject({
  name: stepName,
  operator: z.enum(OPERATORS),
  algorithm: algorithmRefSchema,
  computeParties: dids.min(1),
  receivers: dids.min(1),
  inputs: z.array(proposedInputSchema).min(1).max(MOST.inputs),
});

/** The public part of `flows.propose`. Times are ms since 1970. */
export const flowProposalSchema = z.strictObject({
  flowId: digest,
  runId: flowSpecSchema.shape.runId,
  /** Salted commitment to the canonical specification. */
  specDigest: digest,
  purpose: flowSpecSchema.shape.purpose,
  trustModel: z.enum(TRUST_MODELS),
  wireProfile: z.enum(WIRE_PROFILES),
  parties: dids.min(2),
  auditors: dids,
  /** In the order they run. */
  steps: z.array(proposedStepSchema).min(1).max(MOST.steps),
  approvalDeadline: time,
  /** Nothing runs after it. */
  deadline: time,
  /** From the opening on; the earlier of the two ends the flow. */
  timeoutMs: flowSpecSchema.shape.timeoutMs,
  maxAttempts: flowSpecSchema.shape.maxAttempts,
});

export type ProposedInput = z.infer<typeof proposedInputSchema>;
export type ProposedStep = z.infer<typeof proposedStepSchema>;
export type FlowProposal = z.infer<typeof flowProposalSchema>;
