import { z } from 'zod';
import { MPC, SHAPE_DISCLOSURE, SHARES_DISCLOSURE } from './mpc-engines.ts';
import { columnReference, minimumGroupSize } from './mpc-parameters.ts';
import type { Operator } from './operator.ts';
import { categories, checkPrivate, epsilon } from './privacy-parameters.ts';

export const crossTable: Operator = {
  name: 'CrossTable',
  version: '1.0.0',
  family: 'Statistics',
  summary: 'How many joined rows have each pair of values of two columns, which two parties may hold, and the sum and mean of a third column in each of these cells.',
  result: 'Table',
  inputs: { rows: 'Joined' },
  ...MPC,
  parameters: z.strictObject({
    rowsBy: columnReference.describe('Column whose values are the rows of the table, at most 64; party.column where several parties have one of this name.'),
    columnsBy: columnReference.describe('Column whose values are the columns of the table, at most 64.'),
    value: columnReference.optional().describe('Numeric column whose sum and mean are wanted of each cell.'),
    minimumGroupSize,
    epsilon,
    rowCategories: categories('rowsBy'),
    columnCategories: categories('columnsBy'),
  }).refine(({ rowsBy, columnsBy }) => rowsBy !== columnsBy, {
    path: ['columnsBy'],
    message: 'is the column of rowsBy; name another one',
  }).refine(({ epsilon: wanted, value }) => wanted === undefined || value === undefined, {
    path: ['value'],
    message: 'with epsilon there are counts only; leave it out',
  }).superRefine((given, context) => {
    for (const name of ['rowCategories', 'columnCategories'] as const) checkPrivate(context, name, given[name], given.epsilon !== undefined);
  }),
  disclosures: [
    { who: 'a receiver', learns: 'the names of the values that are large enough, and the cells that are; of the others only that they stay closed. There are no totals; a line whose closed cells have too few rows together loses its smallest open cell too' },
    { who: 'a receiver', learns: 'with epsilon: counts with noise of every party, of cells that are large enough with it, and nothing else. The noise protects what one joined row holds, not that it is there, and not from further tasks over the same rows' },
    { who: 'every party', learns: 'without epsilon: how many values of either column are large enough, and the order of magnitude of the largest number of the third column in steps of 16' },
    SHAPE_DISCLOSURE,
    SHARES_DISCLOSURE,
  ],
};
