import { createHash } from 'node:crypto';
import { MessagingError } from './errors.ts';
import { requirePublicKey } from './nkey.ts';

/** TLS of a listener: PEM file paths as nats-server sees them. `verifyClients` asks clients for a certificate of `caFile`. */
export interface ListenerTls {
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile?: string;
  readonly verifyClients?: boolean;
}

/** TLS towards a hub: `caFile` is the hub's CA; certificate and key only where the hub verifies clients. */
export interface RemoteTls {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

export interface Listen {
  /** Default `0.0.0.0`. */
  readonly host?: string;
  readonly port: number;
  readonly tls?: ListenerTls;
}

export interface LeafRemote {
  /** `nats-leaf://host:7422` or `tls://host:7422`. */
  readonly url: string;
  /** Path of a `.creds` file with the leaf user of the hub. */
  readonly credentialsFile: string;
  readonly localAccountPublicKey: string;
  readonly tls?: RemoteTls;
}

export interface ServerLimits {
  /** Largest message in bytes; default 1 MiB. */
  readonly maxPayload?: number;
  /** Bytes queued for one connection before it counts as a slow consumer; default 64 MiB. */
  readonly maxPending?: number;
  readonly maxConnections?: number;
  /** Seconds a write may block before the connection is closed; default 10. */
  readonly writeDeadlineSeconds?: number;
  /** Seconds between pings (two may stay unanswered); default 20. */
  readonly pingIntervalSeconds?: number;
}

export interface ServerConfigInput {
  readonly serverName: string;
  readonly operatorJwt: string;
  readonly systemAccountPublicKey: string;
  /** Account public key to JWT: what the server knows before anybody pushes; a newer one in `resolverDir` wins. */
  readonly resolverPreload: Readonly<Record<string, string>>;
  readonly resolverDir: string;
  readonly listen: Listen;
  /** Plain HTTP monitoring, for probes and metrics. */
  readonly monitorPort?: number;
  readonly monitorHost?: string;
  readonly leafRemotes?: readonly LeafRemote[];
  readonly leafListen?: Listen;
  readonly limits?: ServerLimits;
}

type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value | undefined };

/**
 * The text of a `nats-server.conf` in JWT mode with a `full` resolver. Pure: equal input, equal text.
 *
 * @throws MessagingError INVALID_CONFIG for a text that cannot stand in the file, INVALID_NKEY for a wrong key
 */
export function serverConfig(input: ServerConfigInput): string {
  return render(configuration(input));
}

/**
 * 16 hex digits that change when the server must be reloaded or restarted. Account JWTs are left out of it:
 * those are pushed to the running server.
 */
export function serverConfigRevision(input: ServerConfigInput): string {
  const text = render(configuration({ ...input, resolverPreload: {} }));
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function configuration(input: ServerConfigInput): Record<string, Value | undefined> {
  const limits = input.limits ?? {};
  return {
    server_name: input.serverName,
    host: input.listen.host ?? '0.0.0.0',
    port: input.listen.port,
    tls: listenerTls(input.listen.tls),
    http: input.monitorPort === undefined ? undefined : `${input.monitorHost ?? '0.0.0.0'}:${input.monitorPort}`,
    max_payload: limits.maxPayload ?? 1024 * 1024,
    max_pending: limits.maxPending ?? 64 * 1024 * 1024,
    max_connections: limits.maxConnections ?? 4096,
    write_deadline: `${limits.writeDeadlineSeconds ?? 10}s`,
    ping_interval: `${limits.pingIntervalSeconds ?? 20}s`,
    ping_max: 2,
    lame_duck_duration: '30s',
    lame_duck_grace_period: '5s',
    operator: input.operatorJwt,
    system_account: requirePublicKey(input.systemAccountPublicKey, 'account'),
    // Without deletion a removed account stays, with all its users revoked: a lost push cannot open it again.
    resolver: { type: 'full', dir: input.resolverDir, allow_delete: false, interval: '2m' },
    resolver_preload: preload(input.resolverPreload),
    leafnodes: leafnodes(input),
  };
}

function preload(jwts: Readonly<Record<string, string>>): Value {
  const keys = Object.keys(jwts).sort();
  return Object.fromEntries(keys.map((key) => [requirePublicKey(key, 'account'), jwts[key] ?? '']));
}

// The block is always written: a reload may change its remotes but not the settings beside them.
function leafnodes({ leafListen, leafRemotes = [], limits }: ServerConfigInput): Value {
  return {
    ...(leafListen
      ? { host: leafListen.host ?? '0.0.0.0', port: leafListen.port, tls: listenerTls(leafListen.tls) }
      : {}),
    reconnect: 2,
    write_deadline: `${limits?.writeDeadlineSeconds ?? 10}s`,
    // Payloads are ciphertext: compressing them costs time and gains nothing.
    compression: 'off',
    remotes: leafRemotes.map((remote) => ({
      urls: [remote.url],
      account: requirePublicKey(remote.localAccountPublicKey, 'account'),
      credentials: remote.credentialsFile,
      compression: 'off',
      tls: remote.tls && { ca_file: remote.tls.caFile, cert_file: remote.tls.certFile, key_file: remote.tls.keyFile },
    })),
  };
}

function listenerTls(tls: ListenerTls | undefined): Value | undefined {
  if (!tls) return undefined;
  if (tls.verifyClients && !tls.caFile) {
    throw new MessagingError('INVALID_CONFIG', 'tls.caFile: needed when verifyClients is true');
  }
  return { cert_file: tls.certFile, key_file: tls.keyFile, ca_file: tls.caFile, verify: tls.verifyClients };
}

function render(config: Readonly<Record<string, Value | undefined>>): string {
  return `${Object.entries(config)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${renderValue(value, '', key)}`]))
    .join('\n')}\n`;
}

function renderValue(value: Value, indent: string, field: string): string {
  if (typeof value === 'string') return quote(value, field);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const inner = `${indent}  `;
  if (isList(value))
    return `[${value.map((item) => `\n${inner}${renderValue(item, inner, field)}`).join('')}${value.length > 0 ? `\n${indent}` : ''}]`;
  const lines = Object.entries(value).flatMap(([key, item]) =>
    item === undefined ? [] : [`${inner}${key}: ${renderValue(item, inner, `${field}.${key}`)}`],
  );
  return `{\n${lines.join('\n')}\n${indent}}`;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function quote(value: string, field: string): string {
  // Only printable ASCII without the two characters the configuration language gives a meaning inside quotes.
  if (!/^[\x20-\x7e]*$/.test(value) || /["\\]/.test(value)) {
    throw new MessagingError('INVALID_CONFIG', `${field}: must be printable ASCII without quotes and backslashes`);
  }
  return `"${value}"`;
}
