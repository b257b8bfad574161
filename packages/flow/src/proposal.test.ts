import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type FlowSpec,
  buildProposal,
  checkProposal,
  flowId,
  flowProposalSchema,
  flowSpecSchema,
  specDigest,
  standingGrantContent,
} from './index.ts';

const network = 'ab'.repeat(32);
const a = `did:collab:${network.slice(0, 32)}:bank-a`;
const b = `did:collab:${network.slice(0, 32)}:bank-b`;
const salt = new Uint8Array(32).fill(7);

const spec: FlowSpec = flowSpecSchema.parse({
  schema: 'collabnet.dev/flow-spec/v1',
  runId: '1',
  purpose: 'fraud screening',
  trustModel: 'TwoPartySemiHonest',
  wireProfile: 'intl',
  approvalTimeoutMs: 60_000,
  timeoutMs: 30_000,
  maxAttempts: 2,
  parties: [
    { name: 'a', did: a },
    { name: 'b', did: b },
  ],
  auditors: [],
  steps: [
    {
      name: 'match',
      operator: 'Difference',
      algorithm: { name: 'spu-psi', version: '1.0.0' },
      roles: { compute: ['a', 'b'], receivers: ['a'] },
      inputs: [
        { name: 'left', party: 'a', asset: 'bank-a/customers', keys: ['id'], columns: [] },
        { name: 'right', party: 'b', asset: 'bank-b/claims', keys: ['id'], columns: ['amount'] },
      ],
      parameters: { protocol: 'ECDH', curve: 'Curve25519' },
      outputs: [{ name: 'matched', receivers: ['a'] }],
    },
  ],
});
const input = { network, proposer: a, namespacedName: 'bank-a/screening', spec, salt, now: 1_000 };

describe('identity of a flow', () => {
  test('depends on network, proposer, name and every member of the specification, not on their order', () => {
    const id = flowId(network, a, 'bank-a/screening', spec);
    const reordered = Object.fromEntries(Object.entries(spec).reverse()) as FlowSpec;
    assert.equal(flowId(network, a, 'bank-a/screening', reordered), id);
    const others = [
      flowId('cd'.repeat(32), a, 'bank-a/screening', spec),
      flowId(network, b, 'bank-a/screening', spec),
      flowId(network, a, 'bank-a/other', spec),
      flowId(network, a, 'bank-a/screening', { ...spec, runId: '2' }),
    ];
    assert.equal(new Set([id, ...others]).size, 5);
  });

  test('the specification digest cannot be found without the salt', () => {
    assert.notEqual(specDigest(salt, spec), specDigest(new Uint8Array(32).fill(8), spec));
    assert.match(specDigest(salt, spec), /^[0-9a-f]{64}$/);
  });
});

describe('proposal', () => {
  test('shows DIDs and published names, no aliases and no parameters', () => {
    const { public: proposal } = buildProposal(input);
    assert.deepEqual(flowProposalSchema.parse(proposal), proposal);
    assert.deepEqual(proposal.steps[0]?.computeParties, [a, b]);
    assert.equal(proposal.steps[0]?.operator, 'Difference');
    assert.equal(proposal.approvalDeadline, 61_000);
    assert.equal(proposal.deadline, 91_000);
    assert.ok(!JSON.stringify(proposal).includes('ECDH'));
  });

  test('is checked by the parties against the sealed specification, filled-in versions apart', () => {
    const { public: proposal, sealed } = buildProposal(input);
    const shown = structuredClone(proposal);
    for (const each of shown.steps[0]?.inputs ?? []) each.assetVersion = 4;
    assert.deepEqual(checkProposal(shown, sealed, { network, proposer: a }), spec);
  });

  test('any difference is named', () => {
    const { public: proposal, sealed } = buildProposal(input);
    const differences: [string, typeof proposal][] = [
      ['purpose', { ...proposal, purpose: 'marketing' }],
      ['flowId', { ...proposal, flowId: '0'.repeat(64) }],
      ['specDigest', { ...proposal, specDigest: '0'.repeat(64) }],
      ['maxAttempts', { ...proposal, maxAttempts: 3 }],
      ['steps', { ...proposal, steps: proposal.steps.map((step) => ({ ...step, receivers: [a, b] })) }],
      ['parties', { ...proposal, parties: [a, b, a] }],
    ];
    for (const [field, shown] of differences) {
      assert.throws(() => checkProposal(shown, sealed, { network, proposer: a }), {
        code: 'FLOW_PROPOSAL_MISMATCH',
        message: new RegExp(`^${field}: `),
      });
    }
    assert.throws(() => checkProposal(proposal, sealed, { network, proposer: b }), { code: 'FLOW_PROPOSAL_MISMATCH' });
  });
});

describe('standing grant', () => {
  const grant = {
    id: 'grant-2026-1',
    grantee: a,
    purpose: 'fraud screening',
    algorithms: [{ name: 'spu-psi', versions: ['*'] }],
    trustModels: ['TwoPartySemiHonest'],
    form: { type: 'Period' as const, notBefore: '2026-01-01T00:00:00Z', notAfter: '2027-01-01T00:00:00+08:00' },
  };

  test('becomes the content that is signed, without undefined members', () => {
    assert.deepEqual(standingGrantContent('bank-b/claims', { ...grant, columns: undefined }), {
      ...grant,
      asset: 'bank-b/claims',
      form: { type: 'Period', notBefore: 1_767_225_600_000, notAfter: 1_798_732_800_000 },
    });
  });

  test('refuses a time that cannot be read', () => {
    const form = { type: 'Period' as const, notBefore: 'soon', notAfter: '2027-01-01T00:00:00Z' };
    assert.throws(() => standingGrantContent('bank-b/claims', { ...grant, form }), {
      code: 'FLOW_INVALID',
      message: /form\.notBefore/,
    });
  });
});
