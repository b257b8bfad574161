import { OPERATOR_CATALOGUE, type ProposedInput, type ProposedStep } from '@collabnet/flow';
import type { Lineage, Source } from './lineage.ts';

/** Columns of an asset by what a step does with them: it matches rows by keys, and computes over or hands out the others. */
export interface NamedColumns {
  readonly keys: readonly string[];
  readonly columns: readonly string[];
}

/**
 * What of an asset's columns a step names, for itself or as columns of an earlier step's output. A column that was given to be computed
 * over must not become a key later, by which the others would learn who has which value, and a key not a column that is handed out.
 */
export function namedColumns(flow: Lineage, step: ProposedStep, source: Source): NamedColumns {
  if (source.flow !== flow.flowId) return { keys: [], columns: [] };
  const ofSource = (list: 'keys' | 'columns'): string[] =>
    step.inputs.flatMap((input) => input[list].filter((column) => cameFrom(flow, step, input, column, source)));
  return { keys: ofSource('keys'), columns: ofSource('columns') };
}

/** Whether a column that an input names is one of the source's. Every step back is an earlier one, so this ends. */
function cameFrom(flow: Lineage, step: ProposedStep, input: ProposedInput, column: string, source: Source): boolean {
  const { from } = input;
  if (from === undefined) return step.name === source.step && input.name === source.input.name;
  const at = flow.steps.findIndex(({ name }) => name === from.step);
  const maker = flow.steps[at];
  // `>=` ends a circle, which a proposal cannot have.
  if (from.flow !== undefined || maker === undefined || at >= flow.steps.indexOf(step)) return false;
  const { result } = OPERATOR_CATALOGUE[maker.operator];
  if (result === 'Keys') {
    // Keys of all parties, under the names of who receives: composite keys pair up by position.
    const place = maker.inputs.find((each) => each.party === input.party)?.keys.indexOf(column) ?? -1;
    return maker.inputs.some((each) => each.keys[place] !== undefined && cameFrom(flow, maker, each, each.keys[place], source));
  }
  const names = (each: ProposedInput): boolean => [...each.keys, ...each.columns].includes(column);
  const own = maker.inputs.find((each) => each.party === input.party && names(each));
  if (own !== undefined) return cameFrom(flow, maker, own, column, source);
  // Only answers hold columns of others, under names that who asks has not.
  // What was given stays what it is; a receiver of it has given nothing itself.
  if (result === 'Artefact') return maker.inputs.some((each) => names(each) && cameFrom(flow, maker, each, column, source));
  if (result !== 'Answers') return false;
  return maker.inputs.some((each) => each.party !== input.party && each.columns.includes(column) && cameFrom(flow, maker, each, column, source));
}
