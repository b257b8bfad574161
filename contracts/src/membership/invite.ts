import { publicKeyHexSchema } from '@collabnet/did';
import { z } from 'zod';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod } from '../core/method.ts';
import { load, save, stamp } from '../core/store.ts';
import { displayNameSchema } from '../governance/genesis-payload.ts';
import { keys } from '../state/keys.ts';
import type { InvitationRecord } from './record.ts';

const DAY = 86_400_000;

export const invitationIdSchema = z
  .string()
  .regex(/^[0-9A-Za-z][0-9A-Za-z-]{7,63}$/, 'use 8 to 64 letters, digits, hyphens');

/** Invites one institution: whoever holds the private half of `invitationKey` may ask to join once, until `expires`. */
export const invite = defineMethod(
  'membership.invite',
  z.strictObject({
    invitationId: invitationIdSchema,
    invitationKey: publicKeyHexSchema,
    displayName: displayNameSchema,
    expires: z.int().min(0),
  }),
  (context, args) => {
    const { state, caller, blockTime } = context;
    const known = load<InvitationRecord>(state, keys.invitation(args.invitationId));
    if (known !== undefined) {
      if (known.invitationKey === args.invitationKey && known.inviter === caller.institution) return known;
      throw new ContractError('ALREADY_EXISTS', 'invitationId: it is taken; choose another', { field: 'invitationId' });
    }
    if (args.expires <= blockTime || args.expires > blockTime + 90 * DAY) {
      throw new ContractError('INVALID_ARGUMENT', 'expires: must lie in the next 90 days', { field: 'expires' });
    }
    const invitation: InvitationRecord = {
      ...stamp('invitation'),
      ...args,
      inviter: caller.institution,
      state: 'Open',
    };
    save(state, keys.invitation(args.invitationId), invitation);
    context.emit('membership.invited', args.invitationId, {
      inviter: caller.institution,
      displayName: args.displayName,
    });
    return invitation;
  },
);
