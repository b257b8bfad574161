import type { Method, Query } from '../core/method.ts';
import { get, list } from './queries.ts';
import { register } from './register.ts';
import { retire, revoke } from './retire.ts';
import { vote } from './vote.ts';

/** Which algorithms may run, by digest and trust class (requirements 44, 85). */
export const algorithms: { methods: Method[]; queries: Query[] } = {
  methods: [register, vote, retire, revoke],
  queries: [get, list],
};
