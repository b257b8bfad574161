import { inputsText, parameterHelp, protocolsText, rangeText, RESULT_TEXT, type Operator } from '@collabnet/flow';
import { fields, table } from '../base/table.ts';

/** An operator as JSON or YAML. */
export function operatorObject(operator: Operator): object {
  const { name, version, family, summary, inputs, result, trustModels, engines, disclosures } = operator;
  return { name, version, family, summary, inputs, result, trustModels, engines, parameters: parameterHelp(operator), disclosures };
}

/** Everything about an operator, for people. */
export function describeOperator(operator: Operator): string {
  const { name, version, family, summary, result, trustModels, engines, disclosures } = operator;
  return [
    fields([
      ['operator', `${name} ${version}`],
      ['family', family],
      ['computes', summary],
      ['takes', inputsText(operator)],
      ['result', `a receiver gets ${RESULT_TEXT[result]}`],
      ['trust', trustModels.join(', ')],
    ]),
    table(['PARAMETER', 'VALUES', 'DEFAULT', 'MEANING'], parameterHelp(operator).map((each) => [each.name, each.values, each.default, each.description])),
    table(['ENGINE', 'PARTIES', 'PROTOCOLS'], Object.entries(engines).map(([engine, support]) => [engine, rangeText(support.parties), protocolsText(support)])),
    table(['WHO', 'LEARNS, BESIDE ITS RESULT'], disclosures.map(({ who, learns }) => [who, learns])),
  ].join('\n\n');
}
