import { computeParties, isWithin, OPERATOR_CATALOGUE, rangeText, type FlowProposal, type ProposedStep } from '@collabnet/flow';
import { ContractError } from '../core/contract-error.ts';

/**
 * Checks what the public part alone must get right: the proposer's own validation cannot be relied on.
 *
 * @throws ContractError INVALID_ARGUMENT
 */
export function checkProposalShape(proposal: FlowProposal): void {
  unique('parties', proposal.parties);
  unique('auditors', proposal.auditors);
  unique(
    'steps',
    proposal.steps.map((step) => step.name),
  );
  proposal.steps.forEach((step, s) => {
    const at = `steps[${s}]`;
    unique(`${at}.computeParties`, step.computeParties);
    unique(`${at}.receivers`, step.receivers);
    unique(
      `${at}.inputs`,
      step.inputs.map((input) => input.name),
    );
    const named = [...step.computeParties, ...step.receivers, ...step.inputs.map((input) => input.party)];
    const foreign = named.find((did) => !proposal.parties.includes(did));
    if (foreign !== undefined) refuse(at, `${foreign} is not among the parties`);
    if (!OPERATOR_CATALOGUE[step.operator].trustModels.includes(proposal.trustModel)) refuse('trustModel', `${step.operator} of ${at} has no protocol for ${proposal.trustModel}`);
    const range = computeParties(proposal.trustModel, step.operator);
    if (!isWithin(range, step.computeParties.length)) refuse(`${at}.computeParties`, `${proposal.trustModel} needs ${rangeText(range)}`);
    checkInputs(at, step, proposal.steps.slice(0, s));
  });
}

function checkInputs(at: string, step: ProposedStep, earlier: readonly ProposedStep[]): void {
  const takes = OPERATOR_CATALOGUE[step.operator].inputs.rows;
  const given = takes === 'Given';
  if (given && (step.inputs.length !== 1 || step.receivers.includes(step.inputs[0]?.party ?? '')))
    refuse(`${at}.inputs`, `${step.operator} hands on one input, to others than who gives it`);
  if (!given && new Set(step.inputs.map((input) => input.party)).size < 2)
    refuse(`${at}.inputs`, 'need data of at least two parties');
  const outsider = step.inputs.find((input) => !step.computeParties.includes(input.party));
  if (outsider !== undefined)
    refuse(`${at}.inputs`, `${outsider.party} gives input ${outsider.name} but does not compute`);
  const withRows = step.inputs.filter(({ keys }) => keys.length > 0);
  step.inputs.forEach((input, i) => {
    if (input.keys.length === 0 && input.asset !== undefined) refuse(`${at}.inputs[${i}].keys`, 'name at least one column that identifies a row');
    if (takes !== 'Gathered' && input.keys.length > 0 && input.keys.length !== withRows[0]?.keys.length)
      refuse(`${at}.inputs[${i}].keys`, 'all inputs of a step need equally many');
    unique(`${at}.inputs[${i}].keys`, [...input.keys, ...input.columns]);
    if (input.from === undefined || input.from.flow !== undefined) return;
    const source = earlier.find((each) => each.name === input.from?.step);
    if (source === undefined)
      refuse(
        `${at}.inputs[${i}].from`,
        `no earlier step is named ${input.from.step}; list steps in the order they run`,
      );
    if (source?.receivers.includes(input.party) === false)
      refuse(`${at}.inputs[${i}].from`, `${input.party} does not receive it`);
  });
}

function unique(field: string, values: readonly string[]): void {
  const twice = values.find((value, i) => values.indexOf(value) !== i);
  if (twice !== undefined) refuse(field, `${twice} is named twice`);
}

function refuse(field: string, why: string): never {
  throw new ContractError('INVALID_ARGUMENT', `${field}: ${why}`, { field });
}
