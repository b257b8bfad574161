import { OPERATOR_CATALOGUE, OPERATORS, type Operator, type OperatorName } from '@collabnet/flow';
import { CliError } from '../base/errors.ts';
import { print, type Format } from '../base/format.ts';
import { table } from '../base/table.ts';
import { describeOperator, operatorObject } from '../tasks/describe-operator.ts';
import { examples, withOutput, type AddCommands } from './shared.ts';

export const addOperatorCommands: AddCommands = (program, io) => {
  const operators = program.command('operators').description('what a step of a ComputeTask can compute (spec.steps[].operator)');
  withOutput(operators.command('list').description('list the operators')).action((options: { output: Format }) => {
    const all = OPERATORS.map((name) => OPERATOR_CATALOGUE[name]);
    const rows = all.map(({ name, version, engines, summary }) => [name, version, Object.keys(engines).join(','), summary]);
    print(io, options.output, all.map(operatorObject), () => table(['OPERATOR', 'VERSION', 'ENGINES', 'COMPUTES'], rows));
  });
  withOutput(operators.command('describe <name>').description('parameters, engines and who learns what'))
    .addHelpText('after', examples('kubectl collabnet operators describe Cardinality'))
    .action((name: string, options: { output: Format }) => {
      const operator = find(name);
      print(io, options.output, operatorObject(operator), () => describeOperator(operator));
    });
};

function find(name: string): Operator {
  const found = OPERATORS.find((each): each is OperatorName => each.toLowerCase() === name.toLowerCase());
  if (found === undefined) throw new CliError('NOT_FOUND', `there is no operator ${name}; there are ${OPERATORS.join(', ')}`);
  return OPERATOR_CATALOGUE[found];
}
