import type { Method, Query } from '../core/method.ts';
import { completeRecovery } from '../recovery/complete.ts';
import { recoveryRequests, recoverySet } from '../recovery/queries.ts';
import { recover } from '../recovery/recover.ts';
import { registerRecovery } from '../recovery/register.ts';
import { vetoRecovery } from '../recovery/veto.ts';
import { voteRecovery } from '../recovery/vote.ts';
import { deactivatePerson } from './deactivate-person.ts';
import { list, resolve } from './queries.ts';
import { registerPerson } from './register-person.ts';
import { rotateKey } from './rotate-key.ts';

/** DIDs of institutions and persons and their keys (requirements 48, 70-73; design.md §8.10). */
export const identity: { methods: Method[]; queries: Query[] } = {
  methods: [
    rotateKey,
    registerPerson,
    deactivatePerson,
    registerRecovery,
    recover,
    voteRecovery,
    vetoRecovery,
    completeRecovery,
  ],
  queries: [resolve, list, recoverySet, recoveryRequests],
};
