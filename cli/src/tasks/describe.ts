import type { CollabNetwork, ComputeTask } from '@collabnet/crds';
import { OPERATOR_CATALOGUE, partiesOnShares } from '@collabnet/flow';
import { shortDid } from '../base/text.ts';
import { fields } from '../base/table.ts';
import { programText } from '../decide/program-text.ts';

/** What a task computes, from what, for whom: the part a person agrees to. */
export function describeTask(task: ComputeTask, network?: CollabNetwork): string {
  const { spec, status } = task;
  const lines = [
    fields([
      ['purpose', spec.purpose],
      ['proposed by', status?.proposer],
      ['trust model', spec.trustModel],
      ['wire profile', spec.wireProfile],
      ['run', spec.runID],
      ['attempts', spec.maxAttempts],
      ['auditors', spec.auditors.join(', ')],
    ]),
    'parties',
    fields(spec.parties.map((party) => [party.name, party.did] as const), 2),
  ];
  for (const step of spec.steps) lines.push(describeStep(step, task, network));
  if (status?.sharedCluster === true) lines.push('note: another party runs in this cluster; its administrator can read the data of both');
  return lines.join('\n');
}

function describeStep(step: ComputeTask['spec']['steps'][number], task: ComputeTask, network: CollabNetwork | undefined): string {
  const { name, version } = step.algorithm;
  const registered = network?.status?.algorithms?.find((one) => one.name === name && one.version === version);
  const partyDid = (alias: string): string => {
    const found = task.spec.parties.find((party) => party.name === alias);
    return found === undefined ? alias : `${alias} (${shortDid(found.did)})`;
  };
  const onShares = partiesOnShares(step.operator, step.roles.compute);
  return [
    `step ${step.name}`,
    fields(
      [
        ['algorithm', `${name}@${version}${registered === undefined ? '' : ` (${registered.state})`}`],
        ['leaks', registered?.leakage],
        ['operator', `${step.operator}: ${OPERATOR_CATALOGUE[step.operator].summary}`],
        ...OPERATOR_CATALOGUE[step.operator].disclosures.map(({ who, learns }): [string, string] => ['learns', `${who}: ${learns}`]),
        ['parameters', Object.entries(step.parameters).map(([key, value]) => `${key} ${value}`).join(', ') || 'defaults'],
        ['computed by', step.roles.compute.map(partyDid).join(', ')],
        ...(onShares.length < step.roles.compute.length ? [['on shares', `held by ${onShares.join(', ')}; the others give them their columns as shares`] as [string, string]] : []),
        ...step.inputs.map((input): [string, string] => [
          `input ${input.name}`,
          [
            `${input.asset ?? sourceOf(input.from)}${input.assetVersion === undefined ? '' : ` version ${input.assetVersion}`} of ${partyDid(input.party)}`,
            ...(input.keys.length === 0 ? [] : [`keys ${input.keys.join(', ')}`, input.columns.length === 0 ? 'no further columns' : `columns ${input.columns.join(', ')}`]),
          ].join('; '),
        ]),
        ...step.outputs.map((output): [string, string] => [`output ${output.name}`, `goes to ${output.receivers.map(partyDid).join(', ')}`]),
      ],
      2,
    ),
  ].join('\n') + programText(registered?.program, 2);
}

/** `<step>/<output>`, with the flow before it where that is an earlier one. */
function sourceOf(from: { readonly flow?: string | undefined; readonly step: string; readonly output: string } | undefined): string {
  return `${from?.flow === undefined ? '' : `flow ${from.flow.slice(0, 16)}…: `}${from?.step ?? ''}/${from?.output ?? ''}`;
}
