import { z } from 'zod';
import { MPC, SHAPE_DISCLOSURE, SHARES_DISCLOSURE } from './mpc-engines.ts';
import { columnReference, fractions, listOf, minimumGroupSize } from './mpc-parameters.ts';
import type { Operator } from './operator.ts';
import { bounds, categories, checkPrivate, epsilon, readBounds } from './privacy-parameters.ts';

/** Of a group only what sums make up: an extreme or a quantile is the value of one of a few rows. */
const OF_GROUPS = ['Count', 'Sum', 'Mean', 'Variance', 'StandardDeviation'];
const NAMES = [...OF_GROUPS, 'Minimum', 'Maximum', 'Median', 'Quantiles', 'Correlation', 'VarianceInflation'];
/** A sum changes with one row by no more than the bounds allow; a spread or an extreme would need other noise. */
const WITH_NOISE = ['Count', 'Sum', 'Mean'];

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
    epsilon,
    bounds,
    categories: categories('groupBy'),
  }).refine(({ groupBy, statistics: wanted }) => groupBy === undefined || wanted.split(',').every((name) => OF_GROUPS.includes(name.trim())), {
    path: ['statistics'],
    message: `by groups there are ${OF_GROUPS.join(', ')}; an extreme or a quantile would be the value of one of a few rows`,
  }).refine(({ statistics: wanted }) => !hasName(wanted, 'VarianceInflation') || hasName(wanted, 'Correlation'), {
    path: ['statistics'],
    message: 'VarianceInflation follows from Correlation; ask for both',
  }).refine(({ epsilon: wanted, statistics: names }) => wanted === undefined || names.split(',').every((name) => WITH_NOISE.includes(name.trim())), {
    path: ['statistics'],
    message: `with epsilon there are ${WITH_NOISE.join(', ')}`,
  }).superRefine((given, context) => {
    const isPrivate = given.epsilon !== undefined;
    checkPrivate(context, 'bounds', given.bounds, isPrivate && (hasName(given.statistics, 'Sum') || hasName(given.statistics, 'Mean')));
    if (given.groupBy !== undefined && readBounds(given.bounds ?? '').some((bound) => bound?.column === given.groupBy)) {
      context.addIssue({ code: 'custom', path: ['bounds'], message: 'names the column of groupBy, which is not summed' });
    }
    checkPrivate(context, 'categories', given.categories, isPrivate && given.groupBy !== undefined);
  }),
  disclosures: [
    { who: 'a receiver', learns: 'the figures and, with groupBy, the names of the groups that are large enough' },
    { who: 'a receiver', learns: 'with epsilon: figures with noise of every party, of groups that are large enough with it; a Count of all rows is exact, since every party knows it. The noise protects what one joined row holds, not that it is there, and not from further tasks over the same rows' },
    SHAPE_DISCLOSURE,
    SHARES_DISCLOSURE,
  ],
};

function hasName(list: string, name: string): boolean {
  return list.split(',').some((part) => part.trim() === name);
}
