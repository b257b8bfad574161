import type { Method, Query } from '../core/method.ts';
import { activate } from './activate.ts';
import { invite } from './invite.ts';
import { issueCredential } from './issue-credential.ts';
import { join } from './join.ts';
import { lapse } from './lapse.ts';
import { leave } from './leave.ts';
import { changes, credential, invitation, invitations, joinRequest, joins, member, members } from './queries.ts';
import { voteChange } from './vote-change.ts';
import { vote } from './vote.ts';

/** Who belongs to the network, and how one comes and goes (design.md §8.8). */
export const membership: { methods: Method[]; queries: Query[] } = {
  methods: [invite, join, vote, issueCredential, activate, lapse, leave, voteChange],
  queries: [members, member, joins, joinRequest, invitations, invitation, credential, changes],
};
