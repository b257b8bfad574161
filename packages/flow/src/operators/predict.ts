import { z } from 'zod';
import { MPC, SHAPE_DISCLOSURE, SHARES_DISCLOSURE } from './mpc-engines.ts';
import type { Operator } from './operator.ts';

export const predict: Operator = {
  name: 'Predict',
  version: '1.0.0',
  family: 'Models',
  summary: 'Applies a model to joined rows; a receiver gets the score of each row.',
  result: 'Values',
  inputs: { rows: 'Joined', model: true },
  // A model of one column tells that column by its scores.
  opensRows: true,
  ...MPC,
  parameters: z.strictObject({}),
  disclosures: [
    { who: 'a receiver', learns: 'the score of each row; with many scores it can estimate the weights of its own columns' },
    SHAPE_DISCLOSURE,
    SHARES_DISCLOSURE,
  ],
};
