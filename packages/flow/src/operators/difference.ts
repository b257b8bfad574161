import type { Operator } from './operator.ts';
import { setParameters } from './set-parameters.ts';

export const difference: Operator = {
  name: 'Difference',
  version: '1.0.0',
  family: 'Sets',
  summary: 'Rows whose keys the other party does not hold.',
  result: 'OwnRows',
  inputs: { rows: 'Keyed' },
  trustModels: ['TwoPartySemiHonest'],
  parameters: setParameters('RR22'),
  engines: {
    spu: { parties: { minimum: 2, maximum: 2 }, protocols: ['RR22', 'ECDH'] },
    sets: { parties: { minimum: 2, maximum: 2 }, protocols: ['ECDH'] },
  },
  disclosures: [
    { who: 'a receiver', learns: 'which of its own keys the other holds and which it does not' },
    { who: 'every party', learns: 'how many different keys the other gave' },
  ],
};
