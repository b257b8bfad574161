import { z } from 'zod';
import type { ContractContext } from '../core/context.ts';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod } from '../core/method.ts';
import { load, loadOrThrow, save, stamp } from '../core/store.ts';
import { hasEnded, isAdmitted, type MemberRecord } from '../membership/record.ts';
import { keys } from '../state/keys.ts';
import { channelUpdateId, octetsSchema } from './octets.ts';
import { type ChannelChange, type ChannelSignature, type StoredChannelUpdate, channelChangeSchema } from './record.ts';

/**
 * A member hands the others its signature over an update of the channel; the first one proposes it. Whether the octets do
 * what `change` says, each member finds out before it signs, by computing them itself. Signed again, the later signature
 * counts: the certificate of the one before may have ended.
 */
export const sign = defineMethod(
  'channel.sign',
  z.strictObject({
    change: channelChangeSchema,
    update: octetsSchema(65_536),
    signature: octetsSchema(8_192),
  }),
  (context, { change, update, signature }) => {
    const { state, caller, blockTime, height } = context;
    const did = caller.institution;
    const id = channelUpdateId(change, update);
    const known = load<StoredChannelUpdate>(state, keys.channelUpdate(id));
    const key = keys.channelSignature(id, did);
    if (load<ChannelSignature>(state, key)?.signature === signature) return { id };
    assertDue(context, change);
    if (known === undefined) {
      const record: StoredChannelUpdate = {
        ...stamp('channel-update'),
        id,
        change,
        update,
        proposedAt: blockTime,
        proposedHeight: height,
      };
      save(state, keys.channelUpdate(id), record);
      save(state, keys.channelUpdateByAge(height, id), change);
      context.emit('channel.proposed', id, { ...change });
    }
    save(state, key, { ...stamp('channel-signature'), signature });
    context.emit('channel.signed', id, { ...change, institution: did });
    return { id };
  },
);

function assertDue({ state, caller }: ContractContext, change: ChannelChange): void {
  const field = 'change.did';
  const member = loadOrThrow<MemberRecord>(state, keys.member(change.did), 'such member', field);
  const refuse = (why: string): ContractError =>
    new ContractError('ILLEGAL_TRANSITION', `${field}: ${change.did} ${why}`, { field });
  if (change.kind === 'AddMember') {
    if (!isAdmitted(member)) throw refuse(`is ${member.state}; only who was voted in is added to the channel`);
    if (member.fabric === undefined) throw refuse('has joined without an organisation of the channel (request.fabric)');
  } else if (!hasEnded(member) && change.did !== caller.institution) {
    throw refuse(`is ${member.state}; it is removed once its membership has ended, and before that only it may sign`);
  }
}
