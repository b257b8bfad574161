import type { Operator } from './operator.ts';

/** Engines and trust models of the operators that compute on secret shares: CHEETAH for two parties, ABY3 for three. */
export const MPC: Pick<Operator, 'engines' | 'trustModels'> = {
  engines: { spu: { parties: { minimum: 2, maximum: 3 } } },
  trustModels: ['TwoPartySemiHonest', 'ThreePartyHonestMajority'],
};

/** What every compute party sees of any computation on shares. */
export const SHAPE_DISCLOSURE = { who: 'every party', learns: 'how many rows there are and which columns the task names, since all compile the same program' };
