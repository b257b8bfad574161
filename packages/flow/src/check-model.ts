import { partiesOnShares } from './compute-parties.ts';
import type { FlowIssue } from './issue.ts';
import { inputKind, joinOf, trainerOf } from './sources.ts';
import type { FlowSpec, FlowStep } from './spec.ts';

const CLASS_METRICS = ['AUC', 'KS', 'Accuracy', 'Precision', 'Recall', 'F1', 'LogLoss', 'Lift'];

/** Whether what a step does with a model fits how it is trained. Of a model of another task the engine finds out. */
export function checkModel(at: string, spec: FlowSpec, step: FlowStep): FlowIssue[] {
  return [...checkOneModel(at, spec, step), ...checkHolders(at, spec, step), ...checkKind(at, spec, step), ...checkHoldout(at, spec, step)];
}

/** Shares fit together only if they are of one model. */
function checkOneModel(at: string, spec: FlowSpec, { inputs }: FlowStep): FlowIssue[] {
  const models = new Set(inputs.filter((input) => inputKind(spec, input) === 'Model').map(({ from }) => [from?.flow ?? 'this task', from?.step, from?.output].join('/')));
  return models.size < 2 ? [] : [{ field: `${at}.inputs`, code: 'INPUT_KIND', message: `the shares are of the models ${[...models].join(' and ')}; give all parties the same source` }];
}

/** Of more than three parties only those that trained can compute with the model, in whatever order; each of the others has its own preparation. */
function checkHolders(at: string, spec: FlowSpec, { operator, roles, inputs }: FlowStep): FlowIssue[] {
  const trainer = trainerOf(spec, { inputs });
  const named = (parties: readonly string[]): string => [...parties].sort().join(', ');
  // Other parties than those of the training lack a part of the model, which is found elsewhere.
  if (trainer === undefined || named(roles.compute) !== named(trainer.roles.compute)) return [];
  const holders = named(partiesOnShares(trainer.operator, trainer.roles.compute));
  if (named(partiesOnShares(operator, roles.compute)) === holders) return [];
  return [{ field: `${at}.roles.compute`, code: 'COMPUTE_PARTIES', message: `the model of step ${trainer.name} is held in shares by ${holders}; name these first` }];
}

/** Clusters have no label to be judged by, and classes and values have metrics of their own. */
function checkKind(at: string, spec: FlowSpec, { operator, inputs, parameters }: FlowStep): FlowIssue[] {
  const trainer = trainerOf(spec, { inputs });
  if (trainer === undefined || (operator !== 'Evaluate' && operator !== 'Explain')) return [];
  if (trainer.operator === 'KMeans') return [{ field: `${at}.operator`, code: 'INPUT_KIND', message: `${operator} is for models with a label; step ${trainer.name} makes clusters` }];
  const { metrics } = parameters;
  if (typeof metrics !== 'string') return [];
  const model = String(trainer.parameters['model'] ?? 'Logistic');
  const odd = metrics.split(',').map((name) => name.trim()).find((name) => CLASS_METRICS.includes(name) !== (model === 'Logistic'));
  return odd === undefined ? [] : [{ field: `${at}.parameters.metrics`, code: 'PARAMETER', message: `${odd} is no metric of the ${model} model of step ${trainer.name}` }];
}

/** Rows that training left aside are there only if it did, and are known by their place in its join. */
function checkHoldout(at: string, spec: FlowSpec, { inputs, parameters }: FlowStep): FlowIssue[] {
  if (parameters['rows'] !== 'Holdout') return [];
  const trainer = trainerOf(spec, { inputs });
  // A model of another task is checked by the engine.
  if (trainer === undefined) return [];
  const refuse = (message: string): FlowIssue[] => [{ field: `${at}.parameters.rows`, code: 'PARAMETER', message }];
  if (Number(trainer.parameters['holdout'] ?? 0) === 0) return refuse(`step ${trainer.name} trains on all rows; give it a holdout, such as "0.2"`);
  const joinsOf = (step: Pick<FlowStep, 'inputs'>): string[] => step.inputs.flatMap((input) => joinOf(spec, input)?.name ?? []);
  const other = joinsOf({ inputs }).find((join) => !joinsOf(trainer).includes(join));
  return other === undefined ? [] : refuse(`the rows of join ${other} are others than those that step ${trainer.name} was trained on`);
}
