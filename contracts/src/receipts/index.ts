import type { Method, Query } from '../core/method.ts';
import { submit } from './submit.ts';

/** Signed records of what was done (requirements 35, 112). They are read by `flows.receipts`. */
export const receipts: { methods: Method[]; queries: Query[] } = { methods: [submit], queries: [] };
