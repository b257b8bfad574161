import { canonicalJson } from '@collabnet/envelope';
import { fromBase64Url, toBase64Url } from '@collabnet/sm';
import { FlowError } from './error.ts';
import { flowId, specDigest } from './identity.ts';
import { stepOrder } from './order.ts';
import type { FlowProposal, ProposedStep } from './proposal-schema.ts';
import type { FlowSpec, FlowStep } from './spec.ts';
import { parseFlow } from './validate.ts';

/** What a proposal is made of. */
export interface ProposalInput {
  /** Network id, hex. */
  readonly network: string;
  readonly proposer: string;
  /** `<namespace>/<name>` of the task. */
  readonly namespacedName: string;
  readonly spec: FlowSpec;
  /** At least 16 random octets. */
  readonly salt: Uint8Array;
  /** The proposer's clock, ms since 1970. */
  readonly now: number;
}

/** What only the parties and auditors read of a proposal. */
export interface SealedFlow {
  readonly spec: FlowSpec;
  /** base64url */
  readonly salt: string;
  /** `<namespace>/<name>` where the task was applied; part of the flow id. */
  readonly name: string;
}

/**
 * Builds the two parts of `flows.propose`.
 *
 * @returns `public` for the ledger (ids, commitments, DIDs, published names), `sealed` for the parties and auditors
 */
export function buildProposal(input: ProposalInput): { public: FlowProposal; sealed: SealedFlow } {
  return {
    public: proposalPublic(input),
    sealed: { spec: input.spec, salt: toBase64Url(input.salt), name: input.namespacedName },
  };
}

/** The public part of `flows.propose`. */
export function proposalPublic({ network, proposer, namespacedName, spec, salt, now }: ProposalInput): FlowProposal {
  const approvalDeadline = now + spec.approvalTimeoutMs;
  return {
    flowId: flowId(network, proposer, namespacedName, spec),
    specDigest: specDigest(salt, spec),
    ...terms(spec),
    approvalDeadline,
    deadline: approvalDeadline + spec.timeoutMs,
  };
}

/**
 * Checks that what the ledger shows of a flow is what its sealed specification says: every party does this before it
 * consents, confirms or starts anything, since the contract sees only the public part.
 *
 * @param proposal - the flow's public part; a flow record will do
 * @throws FlowError FLOW_PROPOSAL_MISMATCH naming the first member that differs; FLOW_INVALID for a faulty specification
 */
export function checkProposal(
  proposal: Omit<FlowProposal, 'approvalDeadline' | 'deadline'>,
  sealed: SealedFlow,
  context: { readonly network: string; readonly proposer: string },
): FlowSpec {
  const spec = parseFlow(sealed.spec);
  const expected = {
    flowId: flowId(context.network, context.proposer, sealed.name, spec),
    specDigest: specDigest(fromBase64Url(sealed.salt), spec),
    ...terms(spec),
  };
  for (const [member, value] of Object.entries(expected)) {
    const shown =
      member === 'steps' ? withoutFilledIn(proposal.steps, expected.steps) : proposal[member as keyof typeof expected];
    if (shown === undefined || canonicalJson(shown) !== canonicalJson(value)) {
      throw new FlowError('FLOW_PROPOSAL_MISMATCH', [
        {
          field: member,
          code: 'SHAPE',
          message: 'the ledger shows other terms than the sealed specification; do not consent',
        },
      ]);
    }
  }
  return spec;
}

type Terms = Omit<FlowProposal, 'flowId' | 'specDigest' | 'approvalDeadline' | 'deadline'>;

function terms(spec: FlowSpec): Terms {
  const dids = new Map(spec.parties.map((party) => [party.name, party.did]));
  const didOf = (alias: string): string => dids.get(alias) ?? alias;
  const byName = new Map(spec.steps.map((step) => [step.name, step]));
  return {
    runId: spec.runId,
    purpose: spec.purpose,
    trustModel: spec.trustModel,
    wireProfile: spec.wireProfile,
    parties: spec.parties.map((party) => party.did),
    auditors: spec.auditors,
    steps: stepOrder(spec).order.flatMap((name) => {
      const step = byName.get(name);
      return step === undefined ? [] : [proposedStep(step, didOf)];
    }),
    timeoutMs: spec.timeoutMs,
    maxAttempts: spec.maxAttempts,
  };
}

function proposedStep(step: FlowStep, didOf: (alias: string) => string): ProposedStep {
  return {
    name: step.name,
    operator: step.operator,
    algorithm: step.algorithm,
    computeParties: step.roles.compute.map(didOf),
    receivers: step.roles.receivers.map(didOf),
    inputs: step.inputs.map((input) => ({ ...input, party: didOf(input.party) })),
  };
}

/** The contract fills in the newest asset version where the specification leaves it open. */
function withoutFilledIn(shown: readonly ProposedStep[], expected: readonly ProposedStep[]): ProposedStep[] {
  return shown.map((step, s) => ({
    ...step,
    inputs: step.inputs.map((input, i) => {
      if (expected[s]?.inputs[i]?.assetVersion !== undefined) return input;
      const open = { ...input };
      delete open.assetVersion;
      return open;
    }),
  }));
}
