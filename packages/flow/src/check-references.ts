import { FlowError } from './error.ts';
import { referencesOf, type ColumnReference } from './expression/expression.ts';
import { parseExpression } from './expression/parse.ts';
import { columnsMeant, readReference, type PartyColumn } from './expression/resolve.ts';
import type { FlowIssue } from './issue.ts';
import { readBounds } from './operators/privacy-parameters.ts';
import { inputKind } from './sources.ts';
import type { FlowSpec, FlowStep } from './spec.ts';

/** Parameters that name a column of some party's rows. */
const REFERENCES = ['label', 'groupBy', 'rowsBy', 'columnsBy', 'value'] as const;

/** Whether each column that a parameter or a formula names is given by exactly one party. */
export function checkReferences(at: string, spec: FlowSpec, { inputs, parameters }: FlowStep): FlowIssue[] {
  const columns = inputs.flatMap((input) => (inputKind(spec, input) === 'Rows' ? input.columns.map((column) => ({ party: input.party, column })) : []));
  const whole = ({ party, column }: PartyColumn): string => `${party}.${column}`;
  const references = [
    ...REFERENCES.flatMap((name) => (typeof parameters[name] === 'string' ? [{ name, reference: readReference(parameters[name], columns) }] : [])),
    ...boundReferences(parameters['bounds']).map((text) => ({ name: 'bounds', reference: readReference(text, columns) })),
    ...formulaReferences(parameters['expression']).map((reference) => ({ name: 'expression', reference })),
  ];
  return references.flatMap(({ name, reference }): FlowIssue[] => {
    const found = columnsMeant(reference, columns);
    if (found.length === 1) return [];
    const written = [reference.party, reference.column].filter((part) => part !== undefined).join('.');
    const message =
      found.length > 1
        ? `several parties give a column ${written}; write ${found.map(whole).join(' or ')}`
        : `no party gives a column ${written}; there are ${columns.map(whole).join(', ') || 'none'}`;
    return [{ field: `${at}.parameters.${name}`, code: 'INPUT_COLUMN', message }];
  });
}

/** Columns with bounds; what cannot be read is reported with the parameters. */
function boundReferences(bounds: unknown): readonly string[] {
  return typeof bounds === 'string' ? readBounds(bounds).flatMap((bound) => bound?.column ?? []) : [];
}

/** Columns of a formula; none of a faulty one, which is reported with the parameters. */
function formulaReferences(formula: unknown): readonly ColumnReference[] {
  try {
    return typeof formula === 'string' ? referencesOf(parseExpression(formula)) : [];
  } catch (error) {
    if (error instanceof FlowError) return [];
    throw error;
  }
}
