import { OPERATOR_CATALOGUE, type FlowProposal, type ProposedInput, type ProposedStep } from '@collabnet/flow';
import type { AssetRecord } from '../catalogue/record.ts';
import { ContractError } from '../core/contract-error.ts';
import { load } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import type { WorldState } from '../state/world-state.ts';
import { modelKey, sourcesOf } from './lineage.ts';
import type { FlowRecord, ModelSource } from './record.ts';

/**
 * Looks up the models of earlier flows that a proposal uses, and what they were made of. A model is used by the parties that keep
 * its shares, and with the consent of all whose data went into it, who must therefore be parties of the flow (requirement 106).
 *
 * @throws ContractError INVALID_ARGUMENT naming the input
 */
export function findModels(state: Pick<WorldState, 'get'>, proposal: FlowProposal): NonNullable<FlowRecord['models']> {
  const models: NonNullable<FlowRecord['models']> = {};
  proposal.steps.forEach((step, s) =>
    step.inputs.forEach((input, i) => {
      if (input.from?.flow === undefined) return;
      models[modelKey(step, input)] = sourcesOfModel(state, proposal, step, input, `steps[${s}].inputs[${i}].from`);
    }),
  );
  return models;
}

function sourcesOfModel(state: Pick<WorldState, 'get'>, { parties }: FlowProposal, step: ProposedStep, { from, party }: ProposedInput, field: string): ModelSource[] {
  const refuse = (why: string): never => {
    throw new ContractError('INVALID_ARGUMENT', `${field}: ${why}`, { field });
  };
  const flow = load<FlowRecord>(state, keys.flow(from?.flow ?? '')) ?? refuse(`there is no flow ${from?.flow ?? ''}`);
  if (flow.state !== 'Succeeded') refuse(`flow ${flow.flowId} is ${flow.state}; only one that has succeeded has a model to use`);
  const trained = flow.steps.find(({ name }) => name === from?.step) ?? refuse(`flow ${flow.flowId} has no step ${from?.step ?? ''}`);
  if (OPERATOR_CATALOGUE[trained.operator].result !== 'Model') refuse(`step ${trained.name} is a ${trained.operator}; only a model can be used by another task`);
  if (!trained.receivers.includes(party)) refuse(`${party} keeps no share of this model`);
  if ([...trained.computeParties].sort().join() !== [...step.computeParties].sort().join()) {
    refuse(`the model is used by those that keep its shares: ${trained.computeParties.join(' and ')}`);
  }
  const sources = sourcesOf(flow, trained).map(({ flow: origin, step: reader, input }) => ({ flow: origin, step: reader, input }));
  const absent = sources.find(({ input }) => !parties.includes(input.party));
  if (absent !== undefined) refuse(`${absent.input.party}, whose data are in the model, must be a party`);
  const withdrawn = sources.find(({ input }) => input.asset !== undefined && load<AssetRecord>(state, keys.asset(input.asset))?.state !== 'Active');
  if (withdrawn !== undefined) {
    throw new ContractError('ASSET_UNAVAILABLE', `${field}: ${withdrawn.input.asset ?? ''}, of which the model was made, was withdrawn`, { field });
  }
  return sources;
}
