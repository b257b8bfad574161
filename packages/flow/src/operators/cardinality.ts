import { MOST_PARTIES } from '../vocabulary.ts';
import type { Operator } from './operator.ts';
import { setParameters } from './set-parameters.ts';

export const cardinality: Operator = {
  name: 'Cardinality',
  version: '1.0.0',
  family: 'Sets',
  summary: 'How many different keys all parties hold; not which.',
  result: 'Number',
  inputs: { rows: 'Keyed' },
  trustModels: ['TwoPartySemiHonest', 'MultiPartySemiHonest'],
  parameters: setParameters('ECDH'),
  engines: { sets: { parties: { minimum: 2, maximum: MOST_PARTIES }, protocols: ['ECDH'] } },
  disclosures: [
    { who: 'a receiver', learns: 'the number of common keys, and none of them' },
    { who: 'every party', learns: 'how many different keys each other party gave' },
  ],
};
