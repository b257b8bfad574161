import { type FlowProposal, type ProposedInput, type ProposedStep, flowProposalSchema, parseProgram } from '@collabnet/flow';
import type { AlgorithmContent, AlgorithmRecord } from '../algorithms/record.ts';
import { assetVersion } from '../catalogue/queries.ts';
import type { AssetRecord } from '../catalogue/record.ts';
import type { ContractContext } from '../core/context.ts';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod } from '../core/method.ts';
import { load, loadOrThrow, save, stamp } from '../core/store.ts';
import type { MemberRecord } from '../membership/record.ts';
import { keys } from '../state/keys.ts';
import { settleApprovals, allApproved } from './approvals.ts';
import { checkProposalShape } from './check-shape.ts';
import { findModels } from './find-models.ts';
import { indexFlow } from './indexes.ts';
import type { FlowRecord, FlowStepRecord } from './record.ts';

const DAY = 86_400_000;

/**
 * Proposes a flow: the first gate (design.md §6.1). Parties must be active members with their roles, assets published,
 * columns shown in the catalogue, algorithms approved for the trust model. Standing grants count as consent at once.
 * The sealed part, for every party and auditor, holds specification and salt.
 */
export const propose = defineMethod('flows.propose', flowProposalSchema, (context, proposal) => {
  const { state, caller, transaction, blockTime, height } = context;
  if (state.get(keys.flow(proposal.flowId)) !== undefined) {
    throw new ContractError(
      'ALREADY_EXISTS',
      'flowId: this task was proposed before; adopt its flow, or give another runId',
      { field: 'flowId' },
    );
  }
  checkProposalShape(proposal);
  checkTimes(proposal, blockTime);
  checkMembers(context, proposal);
  checkSealed(context, proposal);
  proposal.steps.forEach((step, s) => checkAlgorithm(context, proposal, step, `steps[${s}]`));
  const steps = proposal.steps.map((step, s) => ({
    ...step,
    inputs: step.inputs.map((input, i) => checkInput(context, input, `steps[${s}].inputs[${i}]`)),
  }));
  const models = findModels(state, proposal);
  const draft: FlowRecord = {
    ...stamp('flow'),
    ...proposal,
    steps,
    ...(Object.keys(models).length === 0 ? {} : { models }),
    proposer: caller.institution,
    state: 'AwaitingApproval',
    approvals: {},
    confirmations: {},
    transaction: transaction.digest,
    proposedAt: blockTime,
    proposedHeight: height,
  };
  indexFlow(state, draft);
  const flow: FlowRecord = { ...draft, approvals: settleApprovals(context, draft) };
  save(state, keys.flow(flow.flowId), flow);
  save(state, keys.flowSealed(flow.flowId), { sealed: transaction.payload.sealed, nonce: transaction.payload.nonce });
  for (const step of steps) save(state, keys.flowStep(flow.flowId, step.name), waitingStep(flow.flowId, step.name));
  context.emit('flow.proposed', flow.flowId, { proposer: flow.proposer, parties: flow.parties });
  if (allApproved(flow.approvals)) context.emit('flow.approved', flow.flowId);
  return flow;
});

function waitingStep(flowId: string, step: string): FlowStepRecord {
  const empty = { touched: false, attempts: [], receipts: [] };
  return { ...stamp('flow-step'), flowId, step, state: 'Waiting', attempt: 0, ...empty };
}

function checkTimes({ approvalDeadline, deadline }: FlowProposal, now: number): void {
  const refuse = (field: string, why: string): never => {
    throw new ContractError('INVALID_ARGUMENT', `${field}: ${why}`, { field });
  };
  if (approvalDeadline <= now) refuse('approvalDeadline', 'must lie in the future');
  if (deadline <= approvalDeadline) refuse('deadline', 'must lie after approvalDeadline');
  if (deadline > now + 121 * DAY) refuse('deadline', 'must lie in the next 120 days');
}

function checkMembers({ state, caller }: ContractContext, { parties, auditors, steps }: FlowProposal): void {
  const member = (did: string, field: string, role?: string): void => {
    const record = load<MemberRecord>(state, keys.member(did));
    const lacks = role !== undefined && record?.roles.includes(role) !== true;
    if (record?.state === 'Active' && !lacks) return;
    const why = record?.state === 'Active' ? `lacks the role ${role ?? ''}` : 'is no active member';
    throw new ContractError('INVALID_ARGUMENT', `${field}: ${did} ${why}`, { field });
  };
  parties.forEach((did, i) => member(did, `parties[${i}]`));
  auditors.forEach((did, i) => member(did, `auditors[${i}]`));
  steps.forEach((step, s) =>
    step.computeParties.forEach((did, i) => member(did, `steps[${s}].computeParties[${i}]`, 'ComputeParty')),
  );
  const roles = load<MemberRecord>(state, keys.member(caller.institution))?.roles ?? [];
  if (!roles.includes('DataUser') && !parties.includes(caller.institution)) {
    throw new ContractError('FORBIDDEN', 'flows.propose: the proposer must be a party or have the role DataUser', {
      field: 'parties',
    });
  }
}

function checkSealed({ transaction }: ContractContext, { parties, auditors }: FlowProposal): void {
  const recipients = transaction.payload.sealed?.recipients ?? [];
  const without = [...parties, ...auditors].find((did) => !recipients.some(({ keyId }) => keyId.startsWith(`${did}#`)));
  if (without === undefined) return;
  throw new ContractError(
    'INVALID_ARGUMENT',
    `sealed.recipients: ${without} could not read the specification; add its agreement key`,
    {
      field: 'sealed.recipients',
    },
  );
}

function checkAlgorithm(
  { state }: ContractContext,
  proposal: FlowProposal,
  { algorithm: ref, operator, inputs }: ProposedStep,
  at: string,
): void {
  const field = `${at}.algorithm`;
  const record = load<AlgorithmRecord>(state, keys.algorithm(ref.name, ref.version));
  if (record?.state !== 'Approved') {
    const is = record === undefined ? 'is not registered' : `is ${record.state}`;
    throw new ContractError(
      'ALGORITHM_UNAVAILABLE',
      `${field}: ${ref.name} ${ref.version} ${is}; name an approved version`,
      { field },
    );
  }
  const { operators } = record.content;
  if (!operators.includes(operator)) {
    const message = `${at}.operator: ${ref.name} ${ref.version} has not ${operator}, but ${operators.join(', ')}`;
    throw new ContractError('INVALID_ARGUMENT', message, { field: `${at}.operator` });
  }
  if (operator === 'Program') checkProgramColumns(record.content, inputs, at);
  if (record.content.trustModels.includes(proposal.trustModel)) return;
  const allowed = record.content.trustModels.join(', ');
  throw new ContractError('INVALID_ARGUMENT', `trustModel: ${ref.name} ${ref.version} is for ${allowed}`, {
    field: 'trustModel',
  });
}

/** A program names columns alone: each must be given by exactly one party. */
function checkProgramColumns({ name, version, program = '' }: AlgorithmContent, inputs: readonly ProposedInput[], at: string): void {
  for (const column of parseProgram(program).columns) {
    const given = inputs.filter(({ columns }) => columns.includes(column)).length;
    if (given === 1) continue;
    const message = `${at}.inputs: ${given === 0 ? 'nobody gives' : 'several parties give'} the column ${column}, which the program of ${name} ${version} ${given === 0 ? 'needs' : 'needs once'}`;
    throw new ContractError('INVALID_ARGUMENT', message, { field: `${at}.inputs` });
  }
}

/** Fills in the newest version, so that what was consented to stays what is read. */
function checkInput({ state }: ContractContext, input: ProposedInput, at: string): ProposedInput {
  if (input.asset === undefined) return input;
  const asset = loadOrThrow<AssetRecord>(state, keys.asset(input.asset), 'such asset', `${at}.asset`);
  const refuse = (code: 'ASSET_UNAVAILABLE' | 'INVALID_ARGUMENT', member: string, why: string): never => {
    throw new ContractError(code, `${at}.${member}: ${why}`, { field: `${at}.${member}` });
  };
  if (asset.state !== 'Active') refuse('ASSET_UNAVAILABLE', 'asset', `${input.asset} was withdrawn`);
  if (asset.owner !== input.party) refuse('INVALID_ARGUMENT', 'party', `${input.asset} belongs to ${asset.owner}`);
  const wanted = input.assetVersion ?? asset.version;
  if (wanted > asset.version) refuse('ASSET_UNAVAILABLE', 'assetVersion', `the newest version is ${asset.version}`);
  const shown = assetVersion(state, asset, wanted).content.columns.map((column) => column.name);
  // An older version may be named, but not to reach a column that the owner has taken out of the catalogue since.
  const still = wanted === asset.version ? shown : assetVersion(state, asset).content.columns.map(({ name }) => name);
  const unknown = [...input.keys, ...input.columns].find(
    (column) => !shown.includes(column) || !still.includes(column),
  );
  if (unknown !== undefined)
    refuse('INVALID_ARGUMENT', 'keys', `the catalogue shows no column ${unknown} in ${input.asset} version ${wanted}`);
  return { ...input, assetVersion: wanted };
}
