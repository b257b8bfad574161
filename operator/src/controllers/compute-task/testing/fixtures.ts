import type { FlowRecord, FlowStepView } from '@collabnet/contracts';
import { buildProposal, flowSpecSchema, type FlowSpec, type SealedFlow } from '@collabnet/flow';

export const NETWORK_ID = '5a'.repeat(32);
export const DID_A = `did:collab:${'5a'.repeat(16)}:bank-a`;
export const DID_B = `did:collab:${'5a'.repeat(16)}:bank-b`;
export const NOW = 1_800_000_000_000;

export const SPEC: FlowSpec = flowSpecSchema.parse({
  schema: 'collabnet.dev/flow-spec/v1',
  runId: '1',
  purpose: 'fraud screening',
  trustModel: 'TwoPartySemiHonest',
  wireProfile: 'intl',
  approvalTimeoutMs: 86_400_000,
  timeoutMs: 3_600_000,
  maxAttempts: 2,
  parties: [
    { name: 'a', did: DID_A },
    { name: 'b', did: DID_B },
  ],
  auditors: [],
  steps: [
    {
      name: 'match',
      operator: 'Intersection',
      algorithm: { name: 'spu-psi', version: '1.0.0' },
      roles: { compute: ['a', 'b'], receivers: ['a'] },
      inputs: [
        { name: 'left', party: 'a', asset: 'bank-a/customers', keys: ['id'], columns: ['born'] },
        { name: 'right', party: 'b', asset: 'bank-b/customers', keys: ['id'], columns: [] },
      ],
      parameters: { protocol: 'RR22', curve: 'Curve25519' },
      outputs: [{ name: 'matched', receivers: ['a'] }],
    },
  ],
});

/** A flow that bank-a proposed, as the ledger has it while its first attempt is reserved. */
export function fixture(): { flow: FlowRecord; step: FlowStepView; sealed: SealedFlow } {
  const { public: proposal, sealed } = buildProposal({ network: NETWORK_ID, proposer: DID_A, namespacedName: 'bank-a/screening', spec: SPEC, salt: new Uint8Array(32).fill(7), now: NOW });
  const flow: FlowRecord = {
    schema: 'collabnet.dev/flow/v1',
    rules: '1.0.0',
    ...proposal,
    steps: proposal.steps.map((each) => ({ ...each, inputs: each.inputs.map((input) => ({ ...input, assetVersion: 3 })) })),
    proposer: DID_A,
    state: 'Pending',
    approvals: { [DID_A]: { state: 'Approved', via: 'Grant', grants: { 'match/left': 'grant-1' }, missing: [] }, [DID_B]: { state: 'Approved', via: 'Person', grants: {}, missing: [] } },
    confirmations: {},
    minimumSetSize: 100,
    currentStep: 'match',
    transaction: 'ab'.repeat(32),
    proposedAt: NOW,
    proposedHeight: 5,
    deadline: NOW + 3_600_000,
  };
  const step: FlowStepView = {
    schema: 'collabnet.dev/flow-step/v1',
    rules: '1.0.0',
    flowId: flow.flowId,
    step: 'match',
    state: 'Reserving',
    attempt: 1,
    reserveDeadline: NOW + 600_000,
    reservations: {},
    touched: false,
    attempts: [],
    receipts: [],
  };
  return { flow, step, sealed };
}
