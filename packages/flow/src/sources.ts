import { OPERATOR_CATALOGUE } from './operators/catalogue.ts';
import type { ResultKind } from './operators/operator.ts';
import type { FlowInput, FlowSpec, FlowStep } from './spec.ts';

/** What an input holds: rows with keys, figures, or a share of a model. */
export type InputKind = 'Rows' | 'Table' | 'Model';

const KINDS: Readonly<Record<ResultKind, InputKind>> = {
  OwnRows: 'Rows',
  JoinedRows: 'Rows',
  Answers: 'Rows',
  Artefact: 'Rows',
  Keys: 'Rows',
  Values: 'Rows',
  Number: 'Table',
  Table: 'Table',
  Model: 'Model',
};

/** The step of this task whose output an input reads; undefined for an asset, a model of another task, and a source that does not exist. */
export function sourceStep(spec: Pick<FlowSpec, 'steps'>, { from }: FlowInput): FlowStep | undefined {
  return from === undefined || from.flow !== undefined ? undefined : spec.steps.find(({ name }) => name === from.step);
}

export function inputKind(spec: Pick<FlowSpec, 'steps'>, input: FlowInput): InputKind {
  // All that leaves a task for another one is a model.
  if (input.from?.flow !== undefined) return 'Model';
  const source = sourceStep(spec, input);
  return source === undefined ? 'Rows' : KINDS[OPERATOR_CATALOGUE[source.operator].result];
}

/** The rows that a party gave to a step. */
export function rowsOf(spec: Pick<FlowSpec, 'steps'>, step: FlowStep, party: string): FlowInput | undefined {
  return step.inputs.find((input) => input.party === party && inputKind(spec, input) === 'Rows');
}

/**
 * The join in whose order the rows of an input are; undefined when they are in the order of their owner.
 *
 * @param depth ends the search in a circle of steps, which is reported elsewhere
 */
export function joinOf(spec: Pick<FlowSpec, 'steps'>, input: FlowInput, depth = 0): FlowStep | undefined {
  const source = sourceStep(spec, input);
  if (source === undefined || depth > spec.steps.length) return undefined;
  const { result } = OPERATOR_CATALOGUE[source.operator];
  if (result === 'JoinedRows') return source;
  const rows = result === 'Values' ? rowsOf(spec, source, input.party) : undefined;
  return rows && joinOf(spec, rows, depth + 1);
}

/** Columns that a party finds in the output of a step: those it gave or was given, and for values the one of its name. */
export function columnsOf(spec: Pick<FlowSpec, 'steps'>, source: FlowStep, party: string): string[] {
  const { result } = OPERATOR_CATALOGUE[source.operator];
  if (result === 'Artefact') return source.inputs.flatMap(({ keys, columns }) => [...keys, ...columns]);
  const rows = rowsOf(spec, source, party);
  if (rows === undefined) return [];
  switch (result) {
    case 'Answers':
      return source.inputs.flatMap((input) => (input.party === party ? [...input.keys, ...input.columns] : input.columns));
    case 'Keys':
      return [...rows.keys];
    case 'Values':
      return [...rows.keys, ...valueColumns(spec, source)];
    default:
      return [...rows.keys, ...rows.columns];
  }
}

/** Column of the values: of Predict what the model tells of a row. What kind a model of another task is, is not known here: both are possible. */
export function valueColumns(spec: Pick<FlowSpec, 'steps'>, { operator, inputs }: FlowStep): string[] {
  if (operator === 'Expression') return ['value'];
  if (inputs.some(({ from }) => from?.flow !== undefined)) return ['score', 'cluster'];
  return trainerOf(spec, { inputs })?.operator === 'KMeans' ? ['cluster'] : ['score'];
}

/** The step of this task that trained the model which a step uses; undefined for a model of another task, and without one. */
export function trainerOf(spec: Pick<FlowSpec, 'steps'>, { inputs }: Pick<FlowStep, 'inputs'>): FlowStep | undefined {
  return inputs.map((input) => (inputKind(spec, input) === 'Model' ? sourceStep(spec, input) : undefined)).find((step) => step !== undefined);
}
