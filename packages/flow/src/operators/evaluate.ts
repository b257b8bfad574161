import { z } from 'zod';
import { MPC, SHAPE_DISCLOSURE, SHARES_DISCLOSURE } from './mpc-engines.ts';
import { labelParameters, listOf } from './mpc-parameters.ts';
import type { Operator } from './operator.ts';

const NAMES = ['AUC', 'KS', 'Accuracy', 'Precision', 'Recall', 'F1', 'LogLoss', 'Lift', 'RMSE', 'MAE', 'R2'];

export const evaluate: Operator = {
  name: 'Evaluate',
  version: '1.0.0',
  family: 'Models',
  summary: 'How well a model predicts the outcome of joined rows, without a score of any row being opened.',
  result: 'Table',
  inputs: { rows: 'Joined', model: true },
  ...MPC,
  parameters: z.strictObject({
    ...labelParameters,
    metrics: listOf(NAMES, 'Metrics wanted, separated by commas; absent: those of the kind of model.').optional(),
    rows: z.enum(['All', 'Holdout']).default('All').describe('Holdout: only the rows that training left aside, which needs the rows of the same join and a model with a holdout.'),
    minimumGroupSize: z.int().min(2).max(1_000_000).default(10).describe('Fewest rows of either outcome; with fewer nothing is opened.'),
  }),
  disclosures: [{ who: 'a receiver', learns: 'the metrics' }, SHAPE_DISCLOSURE, SHARES_DISCLOSURE],
};
