import { createHash } from 'node:crypto';
import { fromPublic } from '@nats-io/nkeys';
import { MessagingError } from './errors.ts';
import { openSeed, requirePublicKey, type NkeyKind } from './nkey.ts';

// NATS JWT v2 (https://docs.nats.io/running-a-nats-service/nats_admin/security/jwt) written on nkeys:
// @nats-io/jwt calls itself "not a supported API" and stamps the time itself, which rules out reproducible claims.

export type ConnectionType = 'STANDARD' | 'WEBSOCKET' | 'LEAFNODE' | 'LEAFNODE_WS' | 'MQTT' | 'IN_PROCESS';

export interface SubjectPermission {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}

/**
 * Publish and subscribe rights of a user. An empty or absent side means: nothing (the server itself would allow all). There
 * is no right to answer wherever one is asked from: who asks would choose what the user may say.
 */
export interface UserPermissions {
  readonly pub?: SubjectPermission;
  readonly sub?: SubjectPermission;
}

/** Account limits; -1 or absent means unlimited. JetStream is always off. */
export interface AccountLimits {
  readonly connections?: number;
  readonly leafConnections?: number;
  readonly subscriptions?: number;
  readonly maxPayload?: number;
}

/** Public user key (or `*` for every user) to epoch seconds: JWTs of that user issued at or before it are void. */
export type Revocations = Readonly<Record<string, number>>;

interface Issued {
  /** Epoch seconds; default now. Give it to get the same JWT twice. */
  readonly issuedAt?: number;
}

export interface OperatorJwtInput extends Issued {
  readonly name: string;
  readonly operatorSeed: string;
  readonly systemAccountPub: string;
}

export interface AccountJwtInput extends Issued {
  readonly name: string;
  readonly accountPub: string;
  readonly operatorSeed: string;
  readonly revocations?: Revocations;
  readonly limits?: AccountLimits;
}

export interface UserJwtInput extends Issued {
  readonly name: string;
  readonly userPub: string;
  /** Seed of the account, or of one of its signing keys. */
  readonly accountSeed: string;
  readonly accountPub: string;
  readonly permissions: UserPermissions;
  /** Epoch seconds; absent means no expiry. */
  readonly expires?: number;
  readonly allowedConnectionTypes?: readonly ConnectionType[];
}

/** The decoded payload of a NATS JWT. */
export interface NatsClaims {
  readonly jti: string;
  readonly iat: number;
  readonly exp?: number;
  readonly iss: string;
  readonly sub: string;
  readonly name: string;
  readonly nats: Readonly<Record<string, unknown>> & { readonly type: NkeyKind; readonly revocations?: Revocations };
}

const UNLIMITED = -1;
const DENY_ALL = { deny: ['>'] };

/** Self-signed operator JWT that names the system account. */
export function signOperatorJwt(input: OperatorJwtInput): string {
  const system_account = requirePublicKey(input.systemAccountPub, 'account');
  const pair = openSeed(input.operatorSeed, 'operator');
  return sign(input, pair.getPublicKey(), 'operator', 'operator', input.operatorSeed, { system_account });
}

/** Account JWT, signed by the operator. Users without permissions of their own may do nothing in it. */
export function signAccountJwt(input: AccountJwtInput): string {
  const limits = input.limits ?? {};
  return sign(input, requirePublicKey(input.accountPub, 'account'), 'account', 'operator', input.operatorSeed, {
    limits: {
      subs: limits.subscriptions ?? UNLIMITED,
      data: UNLIMITED,
      payload: limits.maxPayload ?? UNLIMITED,
      imports: UNLIMITED,
      exports: UNLIMITED,
      wildcards: true,
      disallow_bearer: true,
      conn: limits.connections ?? UNLIMITED,
      leaf: limits.leafConnections ?? UNLIMITED,
    },
    default_permissions: { pub: DENY_ALL, sub: DENY_ALL },
    ...(input.revocations && Object.keys(input.revocations).length > 0
      ? { revocations: sorted(input.revocations) }
      : {}),
  });
}

/** User JWT, signed by its account. Never a bearer token: the holder proves the user's seed on connecting. */
export function signUserJwt(input: UserJwtInput): string {
  const accountPub = requirePublicKey(input.accountPub, 'account');
  const issuer = openSeed(input.accountSeed, 'account').getPublicKey();
  return sign(
    input,
    requirePublicKey(input.userPub, 'user'),
    'user',
    'account',
    input.accountSeed,
    {
      pub: permission(input.permissions.pub),
      sub: permission(input.permissions.sub),
      subs: UNLIMITED,
      data: UNLIMITED,
      payload: UNLIMITED,
      ...(input.allowedConnectionTypes ? { allowed_connection_types: [...input.allowedConnectionTypes] } : {}),
      ...(issuer === accountPub ? {} : { issuer_account: accountPub }),
    },
    input.expires,
  );
}

/**
 * Decodes a NATS JWT and checks its signature against the issuer it names (not that the issuer is trusted, nor expiry).
 *
 * @throws MessagingError INVALID_JWT
 */
export function decodeJwt(jwt: string): NatsClaims {
  const [header, payload, signature, ...rest] = jwt.trim().split('.');
  try {
    if (!header || !payload || !signature || rest.length > 0) throw new Error('three parts are expected');
    const { alg } = JSON.parse(fromBase64Url(header).toString('utf8')) as { alg?: string };
    if (alg !== 'ed25519-nkey') throw new Error('alg is not ed25519-nkey');
    const claims = JSON.parse(fromBase64Url(payload).toString('utf8')) as NatsClaims;
    if (!fromPublic(claims.iss).verify(Buffer.from(`${header}.${payload}`), fromBase64Url(signature))) {
      throw new Error('the signature does not verify');
    }
    return claims;
  } catch (cause) {
    throw new MessagingError(
      'INVALID_JWT',
      `jwt: not a valid NATS JWT: ${cause instanceof Error ? cause.message : 'unreadable'}`,
      { cause },
    );
  }
}

/** True when two JWTs say the same, apart from when they were issued; lets a level-triggered caller skip a push. */
export function sameClaims(a: string, b: string): boolean {
  return comparable(a) === comparable(b);
}

function comparable(jwt: string): string {
  const { iss, sub, name, exp, nats } = decodeJwt(jwt);
  return JSON.stringify(ordered({ iss, sub, name, exp, nats }));
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, ordered(item)]),
  );
}

function permission(side: SubjectPermission | undefined): { allow?: string[]; deny?: string[] } {
  if (!side?.allow?.length) return DENY_ALL;
  return { allow: [...side.allow], ...(side.deny?.length ? { deny: [...side.deny] } : {}) };
}

function sign(
  input: Issued & { name: string },
  subject: string,
  type: NkeyKind,
  issuerKind: NkeyKind,
  issuerSeed: string,
  nats: Record<string, unknown>,
  expires?: number,
): string {
  const pair = openSeed(issuerSeed, issuerKind);
  const claims = {
    iat: input.issuedAt ?? Math.floor(Date.now() / 1000),
    ...(expires === undefined ? {} : { exp: Math.floor(expires) }),
    iss: pair.getPublicKey(),
    name: input.name,
    sub: subject,
    nats: { ...nats, type, version: 2 },
  };
  // The resolver treats two JWTs with one jti as the same, so it is a digest of everything else.
  const jti = createHash('sha512-256').update(JSON.stringify(claims)).digest('hex');
  const signed = `${toBase64Url({ typ: 'JWT', alg: 'ed25519-nkey' })}.${toBase64Url({ jti, ...claims })}`;
  return `${signed}.${Buffer.from(pair.sign(Buffer.from(signed))).toString('base64url')}`;
}

function sorted(map: Revocations): Revocations {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function toBase64Url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function fromBase64Url(text: string): Buffer {
  return Buffer.from(text, 'base64url');
}
