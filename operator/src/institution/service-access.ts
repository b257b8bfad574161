import { z } from 'zod';
import type { LocalNats } from './local-nats.ts';
import type { NetworkSession } from './network-session.ts';
import type { SecretValues } from './secret-store.ts';
import type { SessionRegistry } from './session-registry.ts';

/** Ledger credentials are renewed after this long, ms: well before their end, so that a stopped operator breaks nothing. */
const RENEW_CREDENTIALS_MS = 30 * 24 * 3600 * 1000;
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
  readonly networks: readonly { networkId: string; did: string; nats: { url: string; credentials: string } }[];
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
    const binding = session === undefined ? known : bindingOf(session, known);
    if (binding === undefined) continue;
    const file = `${binding.net}.creds`;
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
    issuers: all.map(({ did, keyId, publicKey }) => ({ did, keyId, publicKey })),
    networks: all.map(({ networkId, did, net }) => ({ networkId, did, nats: { url: nats.url, credentials: `${mount}/${net}.creds` } })),
  };
}

function bindingOf(session: NetworkSession, known: NetworkBinding | undefined): NetworkBinding {
  // Credentials are bound to network and member: those of another founding under the same name are worth nothing.
  const same = known?.networkId === session.networkId && known.did === session.did;
  return {
    networkId: session.networkId,
    did: session.did,
    net: session.token,
    keyId: session.signKeyId,
    publicKey: session.keys.signPublicKey,
    credentialsFrom: same ? known.credentialsFrom : 0,
  };
}

function readBindings(current: SecretValues | undefined): Record<string, NetworkBinding> {
  try {
    return z.record(z.string(), bindingSchema).parse(JSON.parse(current?.[BINDINGS] ?? '{}'));
  } catch {
    // Somebody edited the Secret: everything in it can be made again.
    return {};
  }
}
