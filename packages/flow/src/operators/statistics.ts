import { z } from 'zod';
import { MPC, SHAPE_DISCLOSURE, SHARES_DISCLOSURE } from './mpc-engines.ts';
import { columnReference, fractions, listOf, minimumGroupSize } from './mpc-parameters.ts';
import type { Operator } from './operator.ts';

/** Of a group only what sums make up: an extreme or a quantile is the value of one of a few rows. */
const OF_GROUPS = ['Count', 'Sum', 'Mean', 'Variance', 'StandardDeviation'];
const NAMES = [...OF_GROUPS, 'Minimum', 'Maximum', 'Median', 'Quantiles', 'Correlation', 'VarianceInflation'];

export const statistics: Operator = {
  name: 'Statistics',
  version: '1.0.0',
  family: 'Statistics',
  summary: 'Figures about joined columns of several parties, of all rows or by groups.',
  result: 'Table',
  inputs: { rows: 'Joined' },
  ...MPC,
  parameters: z.strictObject({
    statistics: listOf(NAMES, 'Figures wanted, separated by commas.').default('Count,Mean,StandardDeviation'),
    quantiles: fractions('Quantiles wanted, for the statistic Quantiles.', '0.25,0.5,0.75'),
    groupBy: columnReference.optional().describe('Column whose values are the groups; one group of all rows if absent.'),
    minimumGroupSize,
  }).refine(({ groupBy, statistics: wanted }) => groupBy === undefined || wanted.split(',').every((name) => OF_GROUPS.includes(name.trim())), {
    path: ['statistics'],
    message: `by groups there are ${OF_GROUPS.join(', ')}; an extreme or a quantile would be the value of one of a few rows`,
  }).refine(({ statistics: wanted }) => !hasName(wanted, 'VarianceInflation') || hasName(wanted, 'Correlation'), {
    path: ['statistics'],
    message: 'VarianceInflation follows from Correlation; ask for both',
  }),
  disclosures: [
    { who: 'a receiver', learns: 'the figures and, with groupBy, the names of the groups that are large enough' },
    SHAPE_DISCLOSURE,
    SHARES_DISCLOSURE,
  ],
};

function hasName(list: string, name: string): boolean {
  return list.split(',').some((part) => part.trim() === name);
}
