import { z } from 'zod';
import { PSI_CURVES } from '../vocabulary.ts';
import type { Operator } from './operator.ts';

export const union: Operator = {
  name: 'Union',
  version: '1.0.0',
  family: 'Sets',
  summary: 'The keys that one of both parties holds, or both; who gives keys does not learn which of them the receiver has already.',
  result: 'Keys',
  inputs: { rows: 'Keyed' },
  opensRows: true,
  trustModels: ['TwoPartySemiHonest'],
  parameters: z.strictObject({
    curve: z.enum(PSI_CURVES).default('Curve25519').describe('Curve of ECDH and of the oblivious transfer. SM2 hashes with SM3 and seals with SM4.'),
  }),
  engines: { sets: { parties: { minimum: 2, maximum: 2 }, protocol: 'ECDH, then an oblivious transfer for each key' } },
  disclosures: [
    { who: 'a receiver', learns: "the other's keys that it has not itself, in the clear, and how many are common; not which. The longest key, padded" },
    { who: 'every party', learns: 'how many different keys the other gave' },
  ],
};
