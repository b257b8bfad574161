import { MOST_PARTIES } from '../vocabulary.ts';
import type { Operator } from './operator.ts';
import { setParameters } from './set-parameters.ts';

export const intersection: Operator = {
  name: 'Intersection',
  version: '1.0.0',
  family: 'Sets',
  summary: 'Rows whose keys all parties hold.',
  result: 'OwnRows',
  inputs: { rows: 'Keyed' },
  trustModels: ['TwoPartySemiHonest', 'MultiPartySemiHonest'],
  parameters: setParameters('RR22'),
  engines: {
    spu: { parties: { minimum: 2, maximum: 2 }, protocols: ['RR22', 'ECDH'] },
    sets: { parties: { minimum: 2, maximum: MOST_PARTIES }, protocols: ['ECDH'] },
  },
  disclosures: [
    { who: 'a receiver', learns: 'which of its own keys all others hold' },
    { who: 'every party', learns: 'how many different keys each other party gave' },
    { who: 'a receiver, with more than two parties', learns: 'nothing of who shares a key with whom, as long as it does not collude with another party' },
  ],
};
