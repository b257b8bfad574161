import { z } from 'zod';
import type { LocalNats } from './local-nats.ts';
import type { FabricReading, NetworkSession } from './network-session.ts';
import type { SecretValues } from './secret-store.ts';
import type { SessionRegistry } from './session-registry.ts';

/** Ledger credentials are renewed after this long, ms: well before their end, so that a stopped operator breaks nothing. */
const RENEW_CREDENTIALS_MS = 30 * 24 * 3600 * 1000;
/** Capabilities signed before a rotation are honoured this long, ms: what runs then may deliver its result. */
const FORMER_ISSUER_MS = 24 * 3600 * 1000;
/** Entry of a service's Secret with what the operator needs to keep the rest as it is. */
const BINDINGS = 'networks.json';

const bindingSchema = z.object({
  networkId: z.string(),
  did: z.string(),
  /** Subject tokens of the network and of the institution. */
  net: z.string(),
  keyId: z.string(),
  publicKey: z.string(),
  /** Epoch ms. */
  credentialsFrom: z.number(),
  /** The way to the own peer, for a network on Fabric. */
  fabric: z.object({ mspId: z.string(), channel: z.string(), chaincode: z.string(), peers: z.array(z.string()) }).optional(),
  /** The key that a rotation is about to bring in. */
  next: z.object({ keyId: z.string(), publicKey: z.string() }).optional(),
  /** Keys of before a rotation, whose capabilities are honoured until then, epoch ms. */
  former: z.array(z.object({ keyId: z.string(), publicKey: z.string(), until: z.number() })).optional(),
});

/** A service's place in one network. */
export type NetworkBinding = z.infer<typeof bindingSchema>;

/** What a service of the institution needs to follow its ledgers and to verify the institution's capabilities. */
export interface ServiceAccess {
  /** By name of the CollabNetwork. */
  readonly bindings: Readonly<Record<string, NetworkBinding>>;
  /** Entries of its Secret: one `<network token>.creds` for each network, and the bindings. */
  readonly files: SecretValues;
  /** As the configuration of a service has them. */
  readonly issuers: readonly { did: string; keyId: string; publicKey: string }[];
  readonly networks: readonly ServiceNetwork[];
}

/** A network in the configuration of a service. Files are paths. */
export interface ServiceNetwork {
  readonly networkId: string;
  readonly did: string;
  readonly nats: { readonly url: string; readonly credentials: string };
  readonly fabric?: Omit<FabricReading, 'files'> & { readonly certificate: string; readonly privateKey: string; readonly tlsAuthorities: string };
}

export interface ServiceAccessOptions {
  /** The Secret as it stands. */
  readonly current: SecretValues | undefined;
  /** Names of the CollabNetworks it serves. */
  readonly networks: readonly string[];
  readonly sessions: Pick<SessionRegistry, 'get'>;
  readonly nats: Pick<LocalNats, 'url' | 'ledgerClientCreds'>;
  /** Name of the service in the permissions of its NATS user. */
  readonly client: string;
  /** Where the Secret is mounted. */
  readonly mount: string;
  /** Epoch ms. */
  readonly now: number;
}

/**
 * Access of a service to the networks named. A network whose session is not open (yet, after a restart of the operator)
 * keeps what the Secret already has, so that a restart takes nothing from a running service.
 */
export async function serviceAccess(options: ServiceAccessOptions): Promise<ServiceAccess> {
  const { current, sessions, nats, client, mount, now } = options;
  const before = readBindings(current);
  const bindings: Record<string, NetworkBinding> = {};
  const files: SecretValues = {};
  for (const name of [...new Set(options.networks)].sort()) {
    const session = sessions.get(name);
    const known = before[name];
    const binding = session === undefined ? known : await bindingOf(session, known, now);
    if (binding === undefined) continue;
    const file = `${binding.net}.creds`;
    for (const [name, text] of fabricFiles(binding.net, session, current)) files[name] = text;
    const held = current?.[file];
    const fresh = held !== undefined && now - binding.credentialsFrom < RENEW_CREDENTIALS_MS;
    if (fresh || session === undefined) {
      bindings[name] = binding;
      files[file] = held ?? '';
    } else {
      bindings[name] = { ...binding, credentialsFrom: now };
      files[file] = await nats.ledgerClientCreds(session.token, session.member, client);
    }
  }
  const all = Object.values(bindings);
  return {
    bindings,
    files: { ...files, [BINDINGS]: JSON.stringify(bindings) },
    issuers: all.flatMap(({ did, keyId, publicKey, next, former }) => [{ keyId, publicKey }, ...(next ? [next] : []), ...(former ?? [])].map((key) => ({ did, keyId: key.keyId, publicKey: key.publicKey }))),
    networks: all.map(({ networkId, did, net, fabric }) => ({
      networkId,
      did,
      nats: { url: nats.url, credentials: `${mount}/${net}.creds` },
      ...(fabric && { fabric: { ...fabric, certificate: `${mount}/${net}.fabric.crt`, privateKey: `${mount}/${net}.fabric.key`, tlsAuthorities: `${mount}/${net}.fabric.ca` } }),
    })),
  };
}

/** Entries of the Secret with the way to the own peer: from the session, or as they are while it is not open. */
function fabricFiles(net: string, session: NetworkSession | undefined, current: SecretValues | undefined): [string, string][] {
  const entries = session === undefined ? ['crt', 'key', 'ca'].map((part) => [part, current?.[`${net}.fabric.${part}`]] as const) : Object.entries(session.fabric?.files ?? {});
  return entries.flatMap(([part, text]) => (text === undefined ? [] : [[`${net}.fabric.${part}`, text]]));
}

async function bindingOf(session: NetworkSession, known: NetworkBinding | undefined, now: number): Promise<NetworkBinding> {
  // Credentials are bound to network and member: those of another founding under the same name are worth nothing.
  const same = known?.networkId === session.networkId && known.did === session.did;
  const { keyId, publicKey } = await session.signingKey();
  const next = await session.nextSigningKey();
  return {
    networkId: session.networkId,
    did: session.did,
    net: session.token,
    keyId,
    publicKey,
    credentialsFrom: same ? known.credentialsFrom : 0,
    ...(session.fabric && { fabric: wayOf(session.fabric) }),
    ...(next && next.publicKey !== publicKey && { next: { keyId: next.keyId, publicKey: next.publicKey } }),
    ...(same && formerOf(known, keyId, now)),
  };
}

function wayOf({ mspId, channel, chaincode, peers }: FabricReading): NonNullable<NetworkBinding['fabric']> {
  return { mspId, channel, chaincode, peers: [...peers] };
}

/** A capability of a running attempt must still open its door after a rotation; it fits one client certificate only. */
function formerOf(known: NetworkBinding, keyId: string, now: number): Pick<NetworkBinding, 'former'> {
  const ended = known.keyId === keyId ? [] : [{ keyId: known.keyId, publicKey: known.publicKey, until: now + FORMER_ISSUER_MS }];
  const former = [...(known.former ?? []), ...ended].filter((each) => each.until > now && each.keyId !== keyId);
  return former.length === 0 ? {} : { former };
}

function readBindings(current: SecretValues | undefined): Record<string, NetworkBinding> {
  try {
    return z.record(z.string(), bindingSchema).parse(JSON.parse(current?.[BINDINGS] ?? '{}'));
  } catch {
    // Somebody edited the Secret: everything in it can be made again.
    return {};
  }
}
