import type { Method, Query } from '../core/method.ts';
import { deactivatePerson } from './deactivate-person.ts';
import { list, resolve } from './queries.ts';
import { registerPerson } from './register-person.ts';
import { rotateKey } from './rotate-key.ts';

/** DIDs of institutions and persons and their keys (requirements 48, 70-73). */
export const identity: { methods: Method[]; queries: Query[] } = {
  methods: [rotateKey, registerPerson, deactivatePerson],
  queries: [resolve, list],
};
