import { z } from 'zod';
import { MPC, SHAPE_DISCLOSURE, SHARES_DISCLOSURE } from './mpc-engines.ts';
import type { Operator } from './operator.ts';

export const program: Operator = {
  name: 'Program',
  version: '1.0.0',
  family: 'Expressions',
  summary: "The figures that an algorithm's own program reveals of joined columns of several parties; the program is registered with the algorithm, and members vote on it.",
  result: 'Table',
  inputs: { rows: 'Joined' },
  program: 'Formulas',
  // A figure can be made to be about one row.
  opensRows: true,
  ...MPC,
  parameters: z.strictObject({}),
  disclosures: [
    { who: 'a receiver', learns: 'the figures that the program reveals, and all that follows from them and its own columns: read the program before you consent' },
    { who: 'every party', learns: 'the order of magnitude of the largest value of each column in the program, in steps of 16' },
    SHAPE_DISCLOSURE,
    SHARES_DISCLOSURE,
  ],
};
