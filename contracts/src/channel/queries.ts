import { didSchema } from '@collabnet/did';
import { z } from 'zod';
import type { QueryContext } from '../core/context.ts';
import { defineQuery } from '../core/method.ts';
import { each, page, pageArgs } from '../core/page.ts';
import { loadOrThrow } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import type { ChannelChange, ChannelSignature, ChannelUpdateRecord, StoredChannelUpdate } from './record.ts';

/** `channel.update` → ChannelUpdateRecord */
export const update = defineQuery('channel.update', z.strictObject({ id: z.string().max(64) }), ({ state }, { id }) =>
  updateOf(state, id),
);

/** `channel.updates` → Page of ChannelUpdateRecord, newest first; `did` for those that are about one member */
export const updates = defineQuery(
  'channel.updates',
  z.strictObject({ ...pageArgs, did: didSchema.optional() }),
  ({ state }, args) =>
    page(state, 'channel-update-by-age/', args, (value, suffix) =>
      args.did === undefined || (value as ChannelChange).did === args.did
        ? updateOf(state, suffix.slice(suffix.indexOf('/') + 1))
        : undefined,
    ),
);

function updateOf(state: QueryContext['state'], id: string): ChannelUpdateRecord {
  const stored = loadOrThrow<StoredChannelUpdate>(state, keys.channelUpdate(id), 'such update', 'id');
  const signatures: ChannelUpdateRecord['signatures'] = {};
  for (const { suffix, value } of each(state, keys.channelSignature(id, ''))) {
    signatures[suffix] = (value as ChannelSignature).signature;
  }
  return { ...stored, signatures };
}
