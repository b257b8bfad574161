import type { z } from 'zod';
import { formatPath, type FlowIssue } from '../issue.ts';
import { binning } from './binning.ts';
import { cardinality } from './cardinality.ts';
import { crossTable } from './cross-table.ts';
import { deliver } from './deliver.ts';
import { difference } from './difference.ts';
import { evaluate } from './evaluate.ts';
import { explain } from './explain.ts';
import { expression } from './expression.ts';
import { gradientBoosting } from './gradient-boosting.ts';
import { intersection } from './intersection.ts';
import { join } from './join.ts';
import { kMeans } from './k-means.ts';
import type { Operator, OperatorName } from './operator.ts';
import { predict } from './predict.ts';
import { privateQuery } from './private-query.ts';
import { program } from './program.ts';
import { regression } from './regression.ts';
import { sqlQuery } from './sql-query.ts';
import { statistics } from './statistics.ts';
import { union } from './union.ts';

/** All operators that a step can name, in the order in which they are shown. */
export const OPERATOR_CATALOGUE: Readonly<Record<OperatorName, Operator>> = {
  Intersection: intersection,
  Difference: difference,
  Union: union,
  Cardinality: cardinality,
  Join: join,
  PrivateQuery: privateQuery,
  SqlQuery: sqlQuery,
  Deliver: deliver,
  Expression: expression,
  Program: program,
  Statistics: statistics,
  CrossTable: crossTable,
  Binning: binning,
  Regression: regression,
  GradientBoosting: gradientBoosting,
  KMeans: kMeans,
  Predict: predict,
  Evaluate: evaluate,
  Explain: explain,
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
  const known = Object.keys(schema.shape).join(', ') || 'none';
  return parsed.error.issues.flatMap((issue): FlowIssue[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ field: `${at}.${key}`, code: 'PARAMETER', message: `${operator} has no such parameter; it has ${known}` }));
    }
    const field = formatPath(issue.path);
    const message = parameters[field] === undefined ? `${operator} needs it: ${(schema.shape[field] as z.ZodType | undefined)?.description ?? field}` : issue.message;
    return [{ field: `${at}.${field}`, code: 'PARAMETER', message }];
  });
}
