import { didSchema } from '@collabnet/did';
import { z } from 'zod';

/** What an update of the channel's configuration is for. */
export const channelChangeSchema = z.strictObject({
  kind: z.enum(['AddMember', 'RemoveMember']),
  /** The member that comes or goes. */
  did: didSchema,
});

export type ChannelChange = z.infer<typeof channelChangeSchema>;

/** `channel-update/<id>`. The signatures stand beside it, one a member, so that two who sign at once do not collide. */
export interface StoredChannelUpdate {
  schema: 'collabnet.dev/channel-update/v1';
  rules: string;
  id: string;
  change: ChannelChange;
  /** Serialised ConfigUpdate of Fabric, base64. The rules do not look into it: members compare it with their own. */
  update: string;
  proposedAt: number;
  proposedHeight: number;
}

/** `channel-signature/<id>/<did>` */
export interface ChannelSignature {
  schema: 'collabnet.dev/channel-signature/v1';
  rules: string;
  /** Serialised ConfigSignature of Fabric, base64. */
  signature: string;
}

/** An update of the channel with what members have signed so far. */
export interface ChannelUpdateRecord extends StoredChannelUpdate {
  /** By DID of the member: serialised ConfigSignature, base64. */
  signatures: { [did: string]: string };
}
