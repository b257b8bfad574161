import { z } from 'zod';
import { PSI_CURVES } from '../vocabulary.ts';
import type { Operator } from './operator.ts';

export const privateQuery: Operator = {
  name: 'PrivateQuery',
  version: '1.0.0',
  family: 'Queries',
  summary: 'Columns of the other party for the keys that the receiver asks for; the other does not learn which keys these are.',
  result: 'Answers',
  inputs: { rows: 'Keyed' },
  opensRows: true,
  trustModels: ['TwoPartySemiHonest'],
  parameters: z.strictObject({
    curve: z.enum(PSI_CURVES).default('Curve25519').describe('Curve of the oblivious function. SM2 hashes with SM3 and seals with SM4.'),
    join: z.enum(['Inner', 'Left']).default('Inner').describe('Inner: own rows that have an answer, each key once. Left: all own rows, in which every key must occur once; columns without an answer are empty.'),
    maximumQueries: z.int().min(1).max(1_000_000).default(1000).describe('Most different keys that may be asked for; with more, nothing is answered.'),
  }),
  engines: { sets: { parties: { minimum: 2, maximum: 2 }, protocol: 'oblivious function (2HashDH)' } },
  disclosures: [
    { who: 'the receiver', learns: 'which of its keys the other holds, with the columns that the step names; of other rows their number and the longest record, padded; how many rows the other has of a key' },
    { who: 'the party that answers', learns: 'how many different keys were asked for' },
  ],
};
