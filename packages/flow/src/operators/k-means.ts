import { z } from 'zod';
import { MPC, SHAPE_DISCLOSURE, SHARES_DISCLOSURE } from './mpc-engines.ts';
import type { Operator } from './operator.ts';

export const kMeans: Operator = {
  name: 'KMeans',
  version: '1.0.0',
  family: 'Models',
  summary: 'Groups joined rows that are like each other; the centres stay secret shares, and Predict tells the cluster of each row.',
  result: 'Model',
  inputs: { rows: 'Joined' },
  ...MPC,
  parameters: z.strictObject({
    clusters: z.int().min(2).max(20).default(3).describe('Number of clusters.'),
    iterations: z.int().min(1).max(50).default(10).describe('How often the centres are moved.'),
  }),
  disclosures: [
    { who: 'every party', learns: 'the levels that a text column has by number, not by name' },
    { who: 'nobody', learns: 'the centres: each compute party keeps a share' },
    SHAPE_DISCLOSURE,
    SHARES_DISCLOSURE,
  ],
};
