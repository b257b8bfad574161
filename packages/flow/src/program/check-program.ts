import { OPERATOR_CATALOGUE } from '../operators/catalogue.ts';
import type { OperatorName, ProgramLanguage } from '../operators/operator.ts';
import { checkQuery } from './check-query.ts';
import { parseProgram } from './parse-program.ts';
import { programError } from './program-error.ts';

const CHECKS: Readonly<Record<ProgramLanguage, (source: string) => unknown>> = { Formulas: parseProgram, Sql: checkQuery };

/** The operator of an algorithm that runs a text of the algorithm's own. */
export function programOperator(operators: readonly string[]): OperatorName | undefined {
  return Object.values(OPERATOR_CATALOGUE).find(({ name, program }) => program !== undefined && operators.includes(name))?.name;
}

/**
 * A program belongs to the operator that runs it, and can be read: what members vote on is what engines compute.
 *
 * @throws FlowError EXPRESSION_INVALID
 */
export function checkProgram(operators: readonly OperatorName[], program: string | undefined): void {
  const [running, another] = operators.filter((name) => OPERATOR_CATALOGUE[name].program !== undefined);
  if (running === undefined) {
    if (program === undefined) return;
    const takers = Object.values(OPERATOR_CATALOGUE).flatMap(({ name, program: language }) => (language === undefined ? [] : [name]));
    throw programError(`is for the operators ${takers.join(' and ')}; name one of them among the operators`);
  }
  if (another !== undefined) throw programError(`${running} and ${another} run programs of different languages; register an algorithm for each`);
  if (program === undefined) throw programError(`the operator ${running} needs one`);
  const language = OPERATOR_CATALOGUE[running].program;
  if (language !== undefined) CHECKS[language](program);
}
