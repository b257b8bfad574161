import { NatsAuthority, type UserOptions } from './nats-authority.ts';
import { courierUser, ledgerClientUser, operatorControlUser, operatorDataUser } from './permissions.ts';
import type { LeafRemote, RemoteTls } from './server-config.ts';
import type { AttemptAddress } from './subjects.ts';
import { requireToken } from './tokens.ts';
import { accountOf, createTrust, withAccounts, type IssuedUser, type NatsTrust } from './trust.ts';

export type Channel = 'control' | 'data';

/** The two leaf connections of one network, each with its own account, credentials and TCP connection. */
export interface NetworkLeaf {
  readonly net: string;
  readonly url: string;
  readonly controlCredentialsFile: string;
  readonly dataCredentialsFile: string;
  readonly tls?: RemoteTls;
}

/** An institution's own nats-server: per network the accounts `<net>-control` and `<net>-data`. */
export class InstitutionNats extends NatsAuthority<InstitutionNats> {
  /** New keys. Store `.trust` before anything else. */
  static create(name: string): InstitutionNats {
    return new InstitutionNats(createTrust(name));
  }

  protected override with(trust: NatsTrust): InstitutionNats {
    return trust === this.trust ? this : new InstitutionNats(trust);
  }

  /** Both accounts of each network (network tokens); returns itself when none is missing. */
  ensureNetworks(nets: readonly string[]): InstitutionNats {
    return this.with(
      withAccounts(
        this.trust,
        nets.flatMap((net) => [accountName(net, 'control'), accountName(net, 'data')]),
      ),
    );
  }

  /** Public key of a network's account. @throws MessagingError UNKNOWN_ACCOUNT */
  accountPublicKey(net: string, channel: Channel): string {
    return accountOf(this.trust, accountName(net, channel)).publicKey;
  }

  /** The two leaf remotes of a network, for `serverConfig`. */
  leafRemotes(leaf: NetworkLeaf): LeafRemote[] {
    const remote = (channel: Channel, credentialsFile: string): LeafRemote => ({
      url: leaf.url,
      credentialsFile,
      localAccountPublicKey: this.accountPublicKey(leaf.net, channel),
      ...(leaf.tls ? { tls: leaf.tls } : {}),
    });
    return [remote('control', leaf.controlCredentialsFile), remote('data', leaf.dataCredentialsFile)];
  }

  /** The operator's users; a user belongs to one account, so these are two connections. */
  operatorUsers(net: string, self: string, options: UserOptions = {}): Record<Channel, IssuedUser> {
    return {
      control: this.issue(accountName(net, 'control'), 'operator', operatorControlUser(net, self), options),
      data: this.issue(accountName(net, 'data'), 'operator', operatorDataUser(net, self), options),
    };
  }

  /** A user that may read the ledger only; its inbox prefix is memberInbox(net, self, clientName). */
  ledgerClient(net: string, self: string, clientName: string, options: UserOptions = {}): IssuedUser {
    return this.issue(accountName(net, 'control'), clientName, ledgerClientUser(net, self, clientName), options);
  }

  /** A user for one attempt that ends with it (`expires`, epoch seconds). Keep its public key for `revoke`. */
  courier(address: AttemptAddress, self: string, peers: readonly string[], expires: number): IssuedUser {
    const name = `courier-${address.task}-${address.attempt}`;
    return this.issue(accountName(address.net, 'data'), name, courierUser(address, self, peers), { expires });
  }

  /** Revokes a user at `at` (epoch seconds): store the trust, then `reconcile` disconnects it. */
  revoke(net: string, channel: Channel, userPub: string, at: number): InstitutionNats {
    return this.revokeIn(accountName(net, channel), userPub, at);
  }

  /** Drops revocations older than `before` (epoch seconds); choose it beyond the longest life of a courier's user. */
  pruneRevocations(net: string, channel: Channel, before: number): InstitutionNats {
    return this.pruneIn(accountName(net, channel), before);
  }
}

function accountName(net: string, channel: Channel): string {
  return `${requireToken(net, 'net')}-${channel}`;
}
