import { didSchema } from '@collabnet/did';
import { z } from 'zod';
import { defineQuery } from '../core/method.ts';
import { page, pageArgs } from '../core/page.ts';
import { loadOrThrow } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import type { ChangeRecord } from './change.ts';
import type { CredentialRecord, InvitationRecord, JoinRecord, MemberRecord } from './record.ts';

/** `membership.members` → Page of MemberRecord */
export const members = defineQuery('membership.members', z.strictObject(pageArgs), ({ state }, args) =>
  page(state, 'member/', args, (value) => value as MemberRecord),
);

/** `membership.member` → MemberRecord */
export const member = defineQuery('membership.member', z.strictObject({ did: didSchema }), ({ state }, { did }) =>
  loadOrThrow<MemberRecord>(state, keys.member(did), 'such member', 'did'),
);

/** `membership.joins` → Page of JoinRecord */
export const joins = defineQuery(
  'membership.joins',
  z.strictObject({ ...pageArgs, state: z.enum(['Pending', 'Active', 'Refused']).optional() }),
  ({ state }, args) =>
    page(state, 'join/', args, (value) => {
      const record = value as JoinRecord;
      return args.state === undefined || args.state === record.state ? record : undefined;
    }),
);

/** `membership.joinRequest` → JoinRecord */
export const joinRequest = defineQuery(
  'membership.joinRequest',
  z.strictObject({ id: z.string().max(128) }),
  ({ state }, { id }) => loadOrThrow<JoinRecord>(state, keys.join(id), 'such join request', 'id'),
);

/** `membership.invitations` → Page of InvitationRecord */
export const invitations = defineQuery('membership.invitations', z.strictObject(pageArgs), ({ state }, args) =>
  page(state, 'invitation/', args, (value) => value as InvitationRecord),
);

/** `membership.invitation` → InvitationRecord */
export const invitation = defineQuery(
  'membership.invitation',
  z.strictObject({ id: z.string().max(128) }),
  ({ state }, { id }) => loadOrThrow<InvitationRecord>(state, keys.invitation(id), 'such invitation', 'id'),
);

/** `membership.credential` → CredentialRecord; open `sealed` under the AAD of network, contract, method and `nonce`. */
export const credential = defineQuery(
  'membership.credential',
  z.strictObject({ did: didSchema }),
  ({ state }, { did }) =>
    loadOrThrow<CredentialRecord>(state, keys.credential(did), 'credential of this member', 'did'),
);

/** `membership.changes` → Page of ChangeRecord; `did` narrows to one member, `state` to those that are open or decided */
export const changes = defineQuery(
  'membership.changes',
  z.strictObject({ ...pageArgs, did: didSchema.optional(), state: z.enum(['Voting', 'Carried', 'Refused']).optional() }),
  ({ state }, args) =>
    page(state, args.did === undefined ? 'membership-change/' : keys.membershipChange(args.did, ''), args, (value) => {
      const record = value as ChangeRecord;
      return args.state === undefined || args.state === record.state ? record : undefined;
    }),
);
