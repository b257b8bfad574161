import type { Method, Query } from '../core/method.ts';
import { update, updates } from './queries.ts';
import { sign } from './sign.ts';

/** Agreement on updates of the Fabric channel; unused where the ledger is embedded. */
export const channel: { methods: Method[]; queries: Query[] } = { methods: [sign], queries: [update, updates] };
