import { z } from 'zod';
import { MPC, SHAPE_DISCLOSURE, SHARES_DISCLOSURE } from './mpc-engines.ts';
import { labelParameters, minimumGroupSize } from './mpc-parameters.ts';
import type { Operator } from './operator.ts';

export const binning: Operator = {
  name: 'Binning',
  version: '1.0.0',
  family: 'Features',
  summary: 'Bins of every column with their weight of evidence, and the information value of the column for an outcome that another party may hold.',
  result: 'Table',
  inputs: { rows: 'Joined' },
  ...MPC,
  parameters: z.strictObject({
    ...labelParameters,
    bins: z.int().min(2).max(20).default(5).describe('Most bins of a column.'),
    method: z.enum(['Quantile', 'EqualWidth', 'Optimal']).default('Quantile').describe('Quantile: equally many rows. EqualWidth: equally wide. Optimal: fine bins that are merged so that information value is kept.'),
    minimumBinSize: minimumGroupSize,
  }),
  disclosures: [
    { who: 'a receiver', learns: 'how many rows of each bin have the positive outcome; the edges of the bins of its own columns only' },
    { who: 'every party', learns: 'how many bins each column has' },
    SHAPE_DISCLOSURE,
    SHARES_DISCLOSURE,
  ],
};
