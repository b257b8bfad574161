import { z } from 'zod';
import { MPC, SHAPE_DISCLOSURE, SHARES_DISCLOSURE } from './mpc-engines.ts';
import { decimal, holdout, labelParameters } from './mpc-parameters.ts';
import type { Operator } from './operator.ts';

export const gradientBoosting: Operator = {
  name: 'GradientBoosting',
  version: '1.0.0',
  family: 'Models',
  summary: 'Trains gradient-boosted trees over joined columns; where they split and what their leaves hold stays secret shares.',
  result: 'Model',
  inputs: { rows: 'Joined' },
  ...MPC,
  parameters: z.strictObject({
    ...labelParameters,
    model: z.enum(['Linear', 'Logistic']).default('Logistic').describe('Distribution of the outcome.'),
    trees: z.int().min(1).max(100).default(10).describe('Number of trees.'),
    depth: z.int().min(1).max(6).default(3).describe('Questions from the root of a tree to a leaf.'),
    learningRate: decimal('Share of each tree that counts.', { minimum: 0.01, maximum: 1, initial: '0.3' }),
    thresholds: z.int().min(1).max(63).default(15).describe('Most values of a numeric column at which a tree may split.'),
    l2: decimal('Penalty on the squares of the values of leaves.', { minimum: 0, maximum: 1000, initial: '1.0' }),
    holdout,
  }),
  disclosures: [
    { who: 'every party', learns: 'how many questions each column allows (values to split at, levels), not which; of a numeric label the order of magnitude of its spread' },
    { who: 'nobody', learns: 'where a tree splits, which rows come to a node, or what a leaf holds: each compute party keeps a share' },
    SHAPE_DISCLOSURE,
    SHARES_DISCLOSURE,
  ],
};
