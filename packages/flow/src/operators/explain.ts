import { z } from 'zod';
import { MPC, SHARES_DISCLOSURE } from './mpc-engines.ts';
import type { Operator } from './operator.ts';

export const explain: Operator = {
  name: 'Explain',
  version: '1.0.0',
  family: 'Models',
  summary: 'Opens the coefficients of a regression to its receivers.',
  result: 'Table',
  inputs: { rows: 'None', model: true },
  ...MPC,
  parameters: z.strictObject({}),
  disclosures: [{ who: 'a receiver', learns: 'the coefficient of every column; the names of levels and the scale of its own columns only' }, SHARES_DISCLOSURE],
};
