import type { NatsConnection } from '@nats-io/transport-node';
import { sameClaims } from './claims.ts';
import { systemOperatorUser, type UserKind } from './permissions.ts';
import { serverConfig, serverConfigRevision, type ServerConfigInput } from './server-config.ts';
import { fetchAccountJwt, pushAccountJwt } from './system-account.ts';
import {
  accountJwtsOf,
  accountOf,
  issueUser,
  operatorJwtOf,
  pruneRevocations,
  revokeUser,
  type AccountTrust,
  type IssuedUser,
  type NatsTrust,
} from './trust.ts';

/** What of a server configuration does not follow from the trust. */
export type ServerSettings = Omit<ServerConfigInput, 'operatorJwt' | 'systemAccountPublicKey' | 'resolverPreload'>;

/** Options of an issued user: its end in epoch seconds, and the public key of a holder who keeps the seed himself. */
export interface UserOptions {
  readonly expires?: number;
  readonly publicKey?: string;
}

/** What institution server and hub have in common: one NATS operator over one trust. Immutable; changes return a new one. */
export abstract class NatsAuthority<Self> {
  /** JSON-serialisable; persist it before using what was derived from it. */
  readonly trust: NatsTrust;

  constructor(trust: NatsTrust) {
    this.trust = trust;
  }

  protected abstract with(trust: NatsTrust): Self;

  /** `nats-server.conf` for these settings, with all accounts of the trust preloaded. */
  serverConfig(settings: ServerSettings): string {
    return serverConfig(this.#configInput(settings));
  }

  /** Changes exactly when the server must be reloaded or restarted (not for account changes, see reconcile). */
  serverConfigRevision(settings: ServerSettings): string {
    return serverConfigRevision(this.#configInput(settings));
  }

  /** A user for the system connection that reconcile and reloadServer need; inbox prefix SYSTEM_INBOX. */
  systemUser(options: UserOptions = {}): IssuedUser {
    return issueUser(this.trust.system, { name: 'operator', kind: systemOperatorUser(), ...options });
  }

  /** Pushes each account JWT the server lacks or holds differently. @returns public keys of the accounts pushed */
  async reconcile(system: NatsConnection): Promise<string[]> {
    const pushed: string[] = [];
    for (const [publicKey, jwt] of Object.entries(accountJwtsOf(this.trust))) {
      const current = await fetchAccountJwt(system, publicKey);
      if (current !== undefined && sameClaims(current, jwt)) continue;
      await pushAccountJwt(system, jwt);
      pushed.push(publicKey);
    }
    return pushed;
  }

  protected issue(account: string, name: string, kind: UserKind, options: UserOptions = {}): IssuedUser {
    return issueUser(accountOf(this.trust, account), { name, kind, ...options });
  }

  protected revokeIn(account: string, userPub: string, at: number): Self {
    return this.#replace(account, revokeUser(accountOf(this.trust, account), userPub, at));
  }

  protected pruneIn(account: string, before: number): Self {
    return this.#replace(account, pruneRevocations(accountOf(this.trust, account), before));
  }

  #replace(name: string, account: AccountTrust): Self {
    if (this.trust.accounts[name] === account) return this.with(this.trust);
    return this.with({ ...this.trust, accounts: { ...this.trust.accounts, [name]: account } });
  }

  #configInput(settings: ServerSettings): ServerConfigInput {
    return {
      ...settings,
      operatorJwt: operatorJwtOf(this.trust),
      systemAccountPublicKey: this.trust.system.publicKey,
      resolverPreload: accountJwtsOf(this.trust),
    };
  }
}
