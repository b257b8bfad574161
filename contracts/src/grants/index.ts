import type { Method, Query } from '../core/method.ts';
import { create } from './create.ts';
import { byAsset, byGrantee, check, get, uses } from './queries.ts';
import { revoke } from './revoke.ts';

/** Consent to the use of assets (requirements 90-92). */
export const grants: { methods: Method[]; queries: Query[] } = {
  methods: [create, revoke],
  queries: [get, byAsset, byGrantee, uses, check],
};
