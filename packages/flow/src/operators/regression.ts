import { z } from 'zod';
import { MPC, SHAPE_DISCLOSURE, SHARES_DISCLOSURE } from './mpc-engines.ts';
import { decimal, holdout, labelParameters } from './mpc-parameters.ts';
import type { Operator } from './operator.ts';

export const regression: Operator = {
  name: 'Regression',
  version: '1.0.0',
  family: 'Models',
  summary: 'Trains a linear, logistic, Poisson or Tweedie regression over joined columns; its weights stay secret shares.',
  result: 'Model',
  inputs: { rows: 'Joined', table: 'Binning' },
  ...MPC,
  parameters: z.strictObject({
    ...labelParameters,
    model: z.enum(['Linear', 'Logistic', 'Poisson', 'Tweedie']).default('Logistic').describe('Distribution of the outcome.'),
    epochs: z.int().min(1).max(100).default(10).describe('Passes over all rows.'),
    batchSize: z.int().min(16).max(65_536).optional().describe('Rows of one step of the descent; absent: by the number of rows.'),
    learningRate: decimal('Length of a step of the descent.', { minimum: 0.0001, maximum: 1, initial: '0.1' }),
    l2: decimal('Penalty on the squares of the weights.', { minimum: 0, maximum: 10, initial: '0.0' }),
    tweediePower: decimal('Power of the variance, for Tweedie.', { minimum: 1.01, maximum: 1.99, initial: '1.5' }),
    holdout,
    minimumInformationValue: z
      .string()
      .regex(/^(\d{1,9}(\.\d{1,9})?)?$/, 'write a decimal number such as "0.02", or nothing')
      .refine((text) => Number(text) <= 100, 'must be at most 100')
      .default('')
      .describe('Columns of lower information value are left out, the others are replaced by their weights of evidence; needs the table of a Binning. Empty: columns as they are.'),
  }),
  disclosures: [
    { who: 'every party', learns: 'how many columns each party puts into the model, and the levels that a text column has by number, not by name' },
    { who: 'nobody', learns: 'the weights: each compute party keeps a share' },
    SHAPE_DISCLOSURE,
    SHARES_DISCLOSURE,
  ],
};
