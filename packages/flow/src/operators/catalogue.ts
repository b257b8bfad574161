import { formatPath, type FlowIssue } from '../issue.ts';
import { cardinality } from './cardinality.ts';
import { difference } from './difference.ts';
import { intersection } from './intersection.ts';
import type { Operator, OperatorName } from './operator.ts';

/** All operators that a step can name, in the order in which they are shown. */
export const OPERATOR_CATALOGUE: Readonly<Record<OperatorName, Operator>> = {
  Intersection: intersection,
  Difference: difference,
  Cardinality: cardinality,
};

type Parameters = Readonly<Record<string, string | number | boolean>>;

/** Parameters with the operator's defaults written out; as they came where they are faulty. */
export function withDefaults(operator: OperatorName, parameters: Parameters): Parameters {
  const parsed = OPERATOR_CATALOGUE[operator].parameters.safeParse(parameters);
  return parsed.success ? (parsed.data as Parameters) : parameters;
}

/** What of the parameters the operator does not take. @param at path of the parameters, such as `steps[0].parameters` */
export function parameterIssues(operator: OperatorName, parameters: Parameters, at: string): FlowIssue[] {
  const { parameters: schema } = OPERATOR_CATALOGUE[operator];
  const parsed = schema.safeParse(parameters);
  if (parsed.success) return [];
  const known = Object.keys(schema.shape).join(', ');
  return parsed.error.issues.flatMap((issue): FlowIssue[] =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ field: `${at}.${key}`, code: 'PARAMETER', message: `${operator} has no such parameter; it has ${known}` }))
      : [{ field: `${at}.${formatPath(issue.path)}`, code: 'PARAMETER', message: issue.message }],
  );
}
