import type { FlowIssue } from './issue.ts';
import { OPERATOR_CATALOGUE } from './operators/catalogue.ts';
import { checkModel } from './check-model.ts';
import { checkReferences } from './check-references.ts';
import { checkTables } from './check-tables.ts';
import { columnsOf, inputKind, joinOf, sourceStep, valueColumns } from './sources.ts';
import type { FlowInput, FlowSpec, FlowStep } from './spec.ts';

/** What the operator takes: rows, a table, shares of a model; columns that the source has; keys that pair up. */
export function checkInputs(spec: FlowSpec): FlowIssue[] {
  return spec.steps.flatMap((step, s) => {
    const at = `steps[${s}]`;
    const each = step.inputs.flatMap((input, i) => [...checkKind(`${at}.inputs[${i}]`, spec, step, input), ...checkColumns(`${at}.inputs[${i}]`, spec, step, input)]);
    return [...each, ...checkCounts(at, spec, step), ...checkGiver(at, step), ...checkKeyCounts(at, spec, step), ...checkJoin(at, spec, step), ...checkReferences(at, spec, step), ...checkTables(at, spec, step), ...checkModel(at, spec, step), ...checkValueNames(at, spec, step), ...checkAnswers(at, step)];
  });
}

function checkKind(at: string, spec: FlowSpec, { operator }: FlowStep, input: FlowInput): FlowIssue[] {
  const { rows, table, model } = OPERATOR_CATALOGUE[operator].inputs;
  const kind = inputKind(spec, input);
  const source = sourceStep(spec, input);
  const refuse = (field: string, message: string): FlowIssue[] => [{ field: `${at}.${field}`, code: 'INPUT_KIND', message }];
  if (kind === 'Table' && source?.operator !== table) {
    return refuse('from', table === undefined ? `${operator} takes no table` : `${operator} takes the table of a ${table}, not of ${source?.operator ?? 'this'}`);
  }
  if (kind === 'Model' && model === undefined) return refuse('from', `${operator} takes no model; Predict, Evaluate and Explain do`);
  if (kind === 'Rows' && rows === 'None') return refuse(source === undefined ? 'asset' : 'from', `${operator} takes no rows, but the shares of a model`);
  if (kind === 'Rows') return [];
  return [...input.keys, ...input.columns].length === 0 ? [] : refuse('keys', `a ${kind.toLowerCase()} has no rows to name columns of; leave keys and columns empty`);
}

function checkColumns(at: string, spec: FlowSpec, { operator }: FlowStep, input: FlowInput): FlowIssue[] {
  if (inputKind(spec, input) !== 'Rows') return [];
  if (OPERATOR_CATALOGUE[operator].inputs.rows === 'Joined' && input.columns.length === 0) {
    return [{ field: `${at}.columns`, code: 'INPUT_COLUMN', message: `name at least one column that ${operator} computes over, or leave the input out` }];
  }
  if (OPERATOR_CATALOGUE[operator].result === 'Keys' && input.columns.length > 0) {
    return [{ field: `${at}.columns`, code: 'INPUT_COLUMN', message: `${operator} gives keys and nothing beside them; leave columns empty` }];
  }
  if (input.keys.length === 0) return [{ field: `${at}.keys`, code: 'INPUT_COLUMN', message: 'name at least one column that identifies a row' }];
  const source = sourceStep(spec, input);
  if (source === undefined) return [];
  const known = columnsOf(spec, source, input.party);
  const unknown = (list: 'keys' | 'columns'): FlowIssue[] =>
    input[list].flatMap((column, c): FlowIssue[] => {
      const message = `step ${source.name} gives "${input.party}" no column ${column}, but ${known.join(', ') || 'none'}`;
      return known.includes(column) ? [] : [{ field: `${at}.${list}[${c}]`, code: 'INPUT_COLUMN', message }];
    });
  return [...unknown('keys'), ...unknown('columns')];
}

function checkCounts(at: string, spec: FlowSpec, { operator, inputs, roles }: FlowStep): FlowIssue[] {
  const { inputs: { rows, model }, result } = OPERATOR_CATALOGUE[operator];
  const issue = (message: string): FlowIssue => ({ field: `${at}.inputs`, code: 'INPUT_KIND', message });
  return roles.compute.flatMap((party): FlowIssue[] => {
    const count = { Rows: 0, Table: 0, Model: 0 };
    for (const input of inputs) if (input.party === party) count[inputKind(spec, input)] += 1;
    return [
      ...(rows === 'Keyed' && count.Rows !== 1 ? [issue(`party ${party} must give exactly one input: ${operator} takes one table of each party`)] : []),
      ...((rows === 'Joined' || rows === 'Gathered') && count.Rows > 1 ? [issue(`party ${party} gives ${count.Rows} inputs with rows; ${operator} takes at most one of each party`)] : []),
      ...(result === 'Values' && count.Rows === 0 && roles.receivers.includes(party) ? [issue(`party ${party} receives values of rows and gives none itself; add its rows as an input, or leave it out of the receivers`)] : []),
      ...(count.Table > 1 ? [issue(`party ${party} gives ${count.Table} tables; ${operator} takes at most one`)] : []),
      ...(model === true && count.Model !== 1 ? [issue(`party ${party} must give its part of the model: every compute party needs exactly one input from the step that trained it`)] : []),
    ];
  });
}

/** One gives, and all others are there to receive it. */
function checkGiver(at: string, { operator, inputs, roles }: FlowStep): FlowIssue[] {
  if (OPERATOR_CATALOGUE[operator].inputs.rows !== 'Given') return [];
  const [given, ...more] = inputs;
  if (given === undefined || more.length > 0) return [{ field: `${at}.inputs`, code: 'INPUT_KIND', message: `${operator} hands on exactly one input; make a step for each` }];
  const receivers = [...roles.receivers].sort().join(' and ');
  const others = roles.compute.filter((party) => party !== given.party).sort().join(' and ');
  if (receivers === others) return [];
  return [{ field: `${at}.roles.receivers`, code: 'RECEIVERS', message: `"${given.party}" gives, so the receivers are all other compute parties: ${others || 'name one in roles.compute'}` }];
}

function checkKeyCounts(at: string, spec: FlowSpec, { operator, inputs }: FlowStep): FlowIssue[] {
  // A query matches rows as its text says.
  if (OPERATOR_CATALOGUE[operator].inputs.rows === 'Gathered') return [];
  const withRows = inputs.filter((input) => inputKind(spec, input) === 'Rows');
  const first = withRows[0];
  return withRows.flatMap((input): FlowIssue[] => {
    if (first === undefined || input.keys.length === first.keys.length) return [];
    const message = `has ${input.keys.length} columns while input "${first.name}" has ${first.keys.length}; composite keys pair up by position, so name equally many`;
    return [{ field: `${at}.inputs[${inputs.indexOf(input)}].keys`, code: 'KEY_COUNT', message }];
  });
}

/** Rows of several parties can be computed over only where one join has lined them up. */
function checkJoin(at: string, spec: FlowSpec, { operator, inputs }: FlowStep): FlowIssue[] {
  if (OPERATOR_CATALOGUE[operator].inputs.rows !== 'Joined') return [];
  const joins = new Set<string>();
  const issues = inputs.flatMap((input, i): FlowIssue[] => {
    if (inputKind(spec, input) !== 'Rows') return [];
    const joined = joinOf(spec, input);
    if (joined === undefined) {
      const message = `${operator} computes over rows that are lined up; name the output of a Join step here (from)`;
      return [{ field: `${at}.inputs[${i}].${input.from === undefined ? 'asset' : 'from'}`, code: 'INPUT_KIND', message }];
    }
    joins.add(joined.name);
    const keys = joined.inputs.find(({ party }) => party === input.party)?.keys ?? [];
    if (keys.join('\0') === input.keys.join('\0')) return [];
    return [{ field: `${at}.inputs[${i}].keys`, code: 'INPUT_COLUMN', message: `must be those of step ${joined.name}, which lined the rows up: ${keys.join(', ')}` }];
  });
  if (joins.size < 2) return issues;
  return [...issues, { field: `${at}.inputs`, code: 'INPUT_KIND', message: `the rows come from the joins ${[...joins].join(' and ')}, whose orders differ; take all from one` }];
}

/** Who asks gets columns of who answers: there must be some, under names of their own. */
function checkAnswers(at: string, { operator, inputs, roles }: FlowStep): FlowIssue[] {
  if (OPERATOR_CATALOGUE[operator].result !== 'Answers') return [];
  const [receiver, other] = roles.receivers;
  if (receiver === undefined || other !== undefined) return [{ field: `${at}.roles.receivers`, code: 'RECEIVERS', message: 'exactly one party asks, and it alone receives the answers; name it' }];
  const asking = inputs.find(({ party }) => party === receiver);
  return inputs.flatMap((input, i): FlowIssue[] => {
    if (input.party === receiver) return [];
    if (input.columns.length === 0) return [{ field: `${at}.inputs[${i}].columns`, code: 'INPUT_COLUMN', message: `name at least one column that "${receiver}" asks for` }];
    return input.columns.flatMap((column, c): FlowIssue[] => {
      const taken = asking !== undefined && [...asking.keys, ...asking.columns].includes(column);
      return taken ? [{ field: `${at}.inputs[${i}].columns[${c}]`, code: 'INPUT_COLUMN', message: `"${receiver}" has a column ${column} of its own in the result; leave one of them out` }] : [];
    });
  });
}

/** A value stands beside the keys of its row, so that it needs a name of its own. */
function checkValueNames(at: string, spec: FlowSpec, step: FlowStep): FlowIssue[] {
  if (OPERATOR_CATALOGUE[step.operator].result !== 'Values') return [];
  const names = valueColumns(spec, step);
  return step.inputs.flatMap((input, i) =>
    input.keys.flatMap((key, k): FlowIssue[] =>
      step.roles.receivers.includes(input.party) && names.includes(key) ? [{ field: `${at}.inputs[${i}].keys[${k}]`, code: 'INPUT_COLUMN', message: `${step.operator} puts its values into a column ${key}; no key of a receiver may have this name` }] : [],
    ),
  );
}
