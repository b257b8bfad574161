import type { Method, Query } from '../core/method.ts';
import { confirm } from './confirm.ts';
import { approve, refuse } from './decide.ts';
import { fail } from './fail.ts';
import { cancel, expire } from './finish.ts';
import { propose } from './propose.ts';
import { get, lease, list, mayRead, receipts, sealed, step, steps } from './queries.ts';
import { reserve } from './reserve.ts';
import { start } from './start.ts';
import { touch } from './touch.ts';

/** The life of a task, from proposal to end (requirements 62-69). */
export const flows: { methods: Method[]; queries: Query[] } = {
  methods: [propose, approve, refuse, confirm, reserve, start, touch, fail, cancel, expire],
  queries: [get, list, step, steps, sealed, receipts, lease, mayRead],
};
