import type { Channel } from './institution-nats.ts';
import { NatsAuthority, type UserOptions } from './nats-authority.ts';
import { hubLeafControlUser, hubLeafDataUser, hubLedgerHostUser, invitationUser } from './permissions.ts';
import { accountOf, createTrust, withAccounts, type IssuedUser, type NatsTrust } from './trust.ts';

/** The hub's nats-server: one account per network (named by its token), two leaf users per member. */
export class HubNats extends NatsAuthority<HubNats> {
  /** New keys. Store `.trust` before anything else. */
  static create(name: string): HubNats {
    return new HubNats(createTrust(name));
  }

  protected override with(trust: NatsTrust): HubNats {
    return trust === this.trust ? this : new HubNats(trust);
  }

  /** The account of each network (network tokens); returns itself when none is missing. */
  ensureNetworks(nets: readonly string[]): HubNats {
    return this.with(withAccounts(this.trust, nets));
  }

  /** Public key of a network's account. @throws MessagingError UNKNOWN_ACCOUNT */
  accountPublicKey(net: string): string {
    return accountOf(this.trust, net).publicKey;
  }

  /** One leaf user of a member. Give the member's own public key where it makes its keys itself. */
  leafUser(net: string, member: string, channel: Channel, options: UserOptions = {}): IssuedUser {
    const kind = channel === 'control' ? hubLeafControlUser(net, member) : hubLeafDataUser(net, member);
    return this.issue(net, `leaf-${channel}-${member}`, kind, options);
  }

  /** Both leaf users of a member, keys made here. */
  leafUsers(net: string, member: string, options: Pick<UserOptions, 'expires'> = {}): Record<Channel, IssuedUser> {
    return {
      control: this.leafUser(net, member, 'control', options),
      data: this.leafUser(net, member, 'data', options),
    };
  }

  /** The embedded ledger service; connects to the hub directly. */
  ledgerHost(net: string, options: UserOptions = {}): IssuedUser {
    return this.issue(net, 'ledger', hubLedgerHostUser(net), options);
  }

  /** The holder of an invitation; connects to the hub directly, with inbox prefix invitationInbox(net, invitationId). */
  invitation(net: string, invitationId: string, expires: number): IssuedUser {
    return this.issue(net, `invite-${invitationId}`, invitationUser(net, invitationId), { expires });
  }

  /** Revokes a user at `at` (epoch seconds): store the trust, then `reconcile` disconnects it. */
  revoke(net: string, userPub: string, at: number): HubNats {
    return this.revokeIn(net, userPub, at);
  }
}
