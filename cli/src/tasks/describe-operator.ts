import { parameterHelp, rangeText, type Operator } from '@collabnet/flow';
import { fields, table } from '../base/table.ts';

/** An operator as JSON or YAML. */
export function operatorObject(operator: Operator): object {
  const { name, version, family, summary, result, engines, disclosures } = operator;
  return { name, version, family, summary, result, engines, parameters: parameterHelp(operator), disclosures };
}

/** Everything about an operator, for people. */
export function describeOperator(operator: Operator): string {
  const { name, version, family, summary, result, engines, disclosures } = operator;
  return [
    fields([
      ['operator', `${name} ${version}`],
      ['family', family],
      ['computes', summary],
      ['result', result === 'Number' ? 'one number' : "rows of the receiver's own input"],
    ]),
    table(['PARAMETER', 'VALUES', 'DEFAULT', 'MEANING'], parameterHelp(operator).map((each) => [each.name, each.values, each.default, each.description])),
    table(['ENGINE', 'PARTIES', 'PROTOCOLS'], Object.entries(engines).map(([engine, support]) => [engine, rangeText(support.parties), support.protocols.join(', ')])),
    table(['WHO', 'LEARNS, BESIDE ITS RESULT'], disclosures.map(({ who, learns }) => [who, learns])),
  ].join('\n\n');
}
