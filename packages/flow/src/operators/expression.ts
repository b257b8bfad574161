import { z } from 'zod';
import { FlowError } from '../error.ts';
import { LONGEST_EXPRESSION, parseExpression } from '../expression/parse.ts';
import { MPC, SHAPE_DISCLOSURE, SHARES_DISCLOSURE } from './mpc-engines.ts';
import type { Operator } from './operator.ts';

const formula = z
  .string()
  .min(1)
  .max(LONGEST_EXPRESSION)
  .superRefine((text, context) => {
    try {
      parseExpression(text);
    } catch (error) {
      if (!(error instanceof FlowError)) throw error;
      context.addIssue({ code: 'custom', message: error.issues[0]?.message ?? error.message });
    }
  })
  .describe("Formula over columns, such as if(a.debt / income > 0.4 and sex = 'f', 1, 0): + - * /, comparisons, and, or, not, abs, min, max, if; names with other characters in double quotes.");

export const expression: Operator = {
  name: 'Expression',
  version: '1.0.0',
  family: 'Expressions',
  summary: 'A formula over joined columns of several parties, for every row; a receiver gets its value, true and false as 1 and 0.',
  result: 'Values',
  inputs: { rows: 'Joined' },
  // A formula can be another party's column itself.
  opensRows: true,
  ...MPC,
  parameters: z.strictObject({ expression: formula }),
  disclosures: [
    { who: 'a receiver', learns: 'the value of the formula in each row, and all that follows from it and its own columns: read the formula before you consent' },
    { who: 'every party', learns: 'the order of magnitude of the largest value of each column in the formula, in steps of 16' },
    SHAPE_DISCLOSURE,
    SHARES_DISCLOSURE,
  ],
};
