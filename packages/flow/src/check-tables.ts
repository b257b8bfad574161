import type { FlowIssue } from './issue.ts';
import { inputKind, rowsOf, sourceStep } from './sources.ts';
import type { FlowSpec, FlowStep } from './spec.ts';

/** A regression by weights of evidence needs those of every party that gives columns; one without needs none. */
export function checkTables(at: string, spec: FlowSpec, { operator, inputs, parameters }: FlowStep): FlowIssue[] {
  if (operator !== 'Regression') return [];
  const byEvidence = (parameters['minimumInformationValue'] ?? '') !== '';
  const kindsOf = (party: string): string[] => inputs.filter((input) => input.party === party).map((input) => inputKind(spec, input));
  return [...new Set(inputs.map(({ party }) => party))].flatMap((party): FlowIssue[] => {
    const kinds = kindsOf(party);
    if (byEvidence && kinds.includes('Rows') && !kinds.includes('Table')) {
      return [{ field: `${at}.inputs`, code: 'INPUT_KIND', message: `minimumInformationValue needs the table of a Binning of party ${party} too; add it as an input` }];
    }
    if (byEvidence) return unbinned(at, spec, { inputs, parameters }, party);
    if (!kinds.includes('Table')) return [];
    return [{ field: `${at}.parameters.minimumInformationValue`, code: 'PARAMETER', message: `party ${party} gives the table of a Binning, which counts only with a minimumInformationValue; set it, or leave the table out` }];
  });
}

/** Columns of a party that the Binning of its table has not seen. */
function unbinned(at: string, spec: FlowSpec, { inputs, parameters }: Pick<FlowStep, 'inputs' | 'parameters'>, party: string): FlowIssue[] {
  const own = inputs.filter((input) => input.party === party);
  const binning = own.map((input) => (inputKind(spec, input) === 'Table' ? sourceStep(spec, input) : undefined)).find((step) => step !== undefined);
  const binned = binning && rowsOf(spec, binning, party)?.columns;
  const rows = own.find((input) => inputKind(spec, input) === 'Rows');
  if (binned === undefined || rows === undefined) return [];
  return rows.columns.flatMap((column, c): FlowIssue[] => {
    if (binned.includes(column) || parameters['label'] === column || parameters['label'] === `${party}.${column}`) return [];
    return [{ field: `${at}.inputs[${inputs.indexOf(rows)}].columns[${c}]`, code: 'INPUT_COLUMN', message: `step ${binning?.name ?? ''} has no bins of ${column}; name the column there, or leave it out here` }];
  });
}
