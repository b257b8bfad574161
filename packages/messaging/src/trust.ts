import { signAccountJwt, signOperatorJwt, signUserJwt, type Revocations } from './claims.ts';
import { formatCreds } from './credentials.ts';
import { MessagingError } from './errors.ts';
import { createNkey, type Nkey } from './nkey.ts';
import type { UserKind } from './permissions.ts';
import { signedOnce } from './signed-once.ts';
import { requireToken } from './tokens.ts';

/** Keys of one account. `issuedAt` (epoch seconds) moves with every change, so JWTs are a pure function of the trust. */
export interface AccountTrust extends Nkey {
  readonly issuedAt: number;
  readonly revocations: Revocations;
}

/** Everything one NATS operator must keep, as JSON, in a Secret: losing it means new credentials for everybody. */
export interface NatsTrust {
  readonly version: 1;
  readonly name: string;
  readonly operator: Nkey & { readonly issuedAt: number };
  readonly system: AccountTrust;
  readonly accounts: Readonly<Record<string, AccountTrust>>;
}

/** A user just issued. `seed` and `creds` are absent when the caller gave the public key and keeps the seed itself. */
export interface IssuedUser {
  readonly publicKey: string;
  readonly jwt: string;
  readonly seed?: string;
  readonly creds?: string;
}

export interface IssueUserInput {
  readonly name: string;
  readonly kind: UserKind;
  /** Epoch seconds. */
  readonly expires?: number;
  /** Key of a holder who made it himself. */
  readonly publicKey?: string;
  readonly issuedAt?: number;
}

/** Epoch seconds of a clock in milliseconds; default now. */
export function epochSeconds(ms: number = Date.now()): number {
  return Math.floor(ms / 1000);
}

/** New keys for a NATS operator that has a system account and no other yet. */
export function createTrust(name: string, now: number = epochSeconds()): NatsTrust {
  requireToken(name, 'name');
  return {
    version: 1,
    name,
    operator: { ...createNkey('operator'), issuedAt: now },
    system: newAccount(now),
    accounts: {},
  };
}

/** Adds keys for accounts that have none; the same object comes back when nothing is missing. Accounts are never dropped. */
export function withAccounts(trust: NatsTrust, names: readonly string[], now: number = epochSeconds()): NatsTrust {
  const missing = names.filter((name) => !Object.hasOwn(trust.accounts, name));
  if (missing.length === 0) return trust;
  const added = missing.map((name) => [requireToken(name, 'account'), newAccount(now)] as const);
  return { ...trust, accounts: { ...trust.accounts, ...Object.fromEntries(added) } };
}

/** The named account. @throws MessagingError UNKNOWN_ACCOUNT */
export function accountOf(trust: NatsTrust, name: string): AccountTrust {
  const account = Object.hasOwn(trust.accounts, name) ? trust.accounts[name] : undefined;
  if (!account)
    throw new MessagingError('UNKNOWN_ACCOUNT', `account '${name}': not in this trust; ensure its network first`);
  return account;
}

export const operatorJwtOf: (trust: NatsTrust) => string = signedOnce((trust: NatsTrust): string => {
  const { operator, name, system } = trust;
  return signOperatorJwt({
    name,
    operatorSeed: operator.seed,
    systemAccountPub: system.publicKey,
    issuedAt: operator.issuedAt,
  });
});

/** Account public key to JWT, system account included; what `resolver_preload` and the resolver should hold. */
export const accountJwtsOf: (trust: NatsTrust) => Record<string, string> = signedOnce((trust: NatsTrust): Record<string, string> => {
  const all: [string, AccountTrust][] = [['SYS', trust.system], ...Object.entries(trust.accounts)];
  return Object.fromEntries(
    all.map(([name, { publicKey, revocations, issuedAt }]) => [
      publicKey,
      signAccountJwt({ name, accountPub: publicKey, operatorSeed: trust.operator.seed, revocations, issuedAt }),
    ]),
  );
});

/** Issues a user of an account. */
export function issueUser(account: AccountTrust, input: IssueUserInput): IssuedUser {
  const own = input.publicKey === undefined ? createNkey('user') : undefined;
  const publicKey = own?.publicKey ?? input.publicKey ?? '';
  const { name, kind, expires, issuedAt } = input;
  const jwt = signUserJwt({
    name,
    userPub: publicKey,
    accountSeed: account.seed,
    accountPub: account.publicKey,
    ...kind,
    expires,
    issuedAt,
  });
  return own ? { publicKey, jwt, seed: own.seed, creds: formatCreds(jwt, own.seed) } : { publicKey, jwt };
}

/**
 * Voids the JWTs of a user issued at or before `at` (epoch seconds; `*` means every user). Idempotent.
 * Takes effect when the account JWT is pushed; also a connected user is thrown out then.
 */
export function revokeUser(account: AccountTrust, userPub: string, at: number): AccountTrust {
  if ((account.revocations[userPub] ?? -1) >= at) return account;
  return {
    ...account,
    issuedAt: Math.max(account.issuedAt, at),
    revocations: { ...account.revocations, [userPub]: at },
  };
}

/** Forgets revocations made before `before`: safe once every JWT issued by then has expired by itself. `*` stays. */
export function pruneRevocations(account: AccountTrust, before: number, now: number = epochSeconds()): AccountTrust {
  const kept = Object.entries(account.revocations).filter(([user, at]) => user === '*' || at >= before);
  if (kept.length === Object.keys(account.revocations).length) return account;
  return { ...account, issuedAt: Math.max(account.issuedAt, now), revocations: Object.fromEntries(kept) };
}

function newAccount(now: number): AccountTrust {
  return { ...createNkey('account'), issuedAt: now, revocations: {} };
}
