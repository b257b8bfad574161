import { MOST_PARTIES } from '../vocabulary.ts';
import type { Operator } from './operator.ts';

/** Engines and trust models of the operators that compute on secret shares: CHEETAH for two parties, ABY3 for three, to whom more may give. */
export const MPC: Pick<Operator, 'engines' | 'trustModels'> = {
  engines: { spu: { parties: { minimum: 2, maximum: MOST_PARTIES } } },
  trustModels: ['TwoPartySemiHonest', 'ThreePartyHonestMajority'],
};

/** What every compute party sees of any computation on shares. */
export const SHAPE_DISCLOSURE = { who: 'every party', learns: 'how many rows there are and which columns the task names, since all compile the same program' };

/** What three that compute on shares could do together, and who they are. */
export const SHARES_DISCLOSURE = {
  who: 'two of the three that compute',
  learns: 'everything, if they put together what they see (trust model ThreePartyHonestMajority): of more compute parties the first three hold shares, and every further one gives each of them its share of its columns',
};
