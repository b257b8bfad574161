import { MOST_PARTIES } from '../vocabulary.ts';
import type { Operator } from './operator.ts';
import { setParameters } from './set-parameters.ts';

export const join: Operator = {
  name: 'Join',
  version: '1.0.0',
  family: 'Sets',
  summary: 'Rows whose keys all parties hold, lined up at all of them, for the steps that compute over columns of several parties.',
  result: 'JoinedRows',
  inputs: { rows: 'Keyed' },
  trustModels: ['TwoPartySemiHonest', 'MultiPartySemiHonest', 'ThreePartyHonestMajority'],
  parameters: setParameters('RR22'),
  engines: {
    spu: { parties: { minimum: 2, maximum: 2 }, protocols: ['RR22', 'ECDH'] },
    sets: { parties: { minimum: 2, maximum: MOST_PARTIES }, protocols: ['ECDH'] },
  },
  disclosures: [
    { who: 'every party', learns: 'which of its own keys all others hold' },
    { who: 'every party', learns: 'how many different keys each other party gave' },
  ],
};
