import type { Method, Query } from '../core/method.ts';
import { publish } from './publish.ts';
import { byOwner, flows, get, list, version, versions } from './queries.ts';
import { withdraw } from './withdraw.ts';

/** What is offered, by whom, in which versions (requirements 18, 19, 89, 93, 94). */
export const catalogue: { methods: Method[]; queries: Query[] } = {
  methods: [publish, withdraw],
  queries: [get, list, byOwner, versions, version, flows],
};
