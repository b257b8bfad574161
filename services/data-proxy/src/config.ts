import { readFile } from 'node:fs/promises';
import { poolNetworkSchema } from '@collabnet/ledger';
import { z } from 'zod';
import { ProxyError } from './errors.ts';
import { assetDefinition } from './source/asset-definition.ts';
import type { AssetDefinition } from './source/asset-definition.ts';

const file = z.string().min(1);
const port = z.int().min(0).max(65_535);

/** Contents of `/etc/data-proxy/config.json`, written by the operator. Files are paths in the container. */
export const proxyConfig = z.strictObject({
  schema: z.literal('collabnet.dev/data-proxy-config/v1').default('collabnet.dev/data-proxy-config/v1'),
  /** Chosen by the operator. Every answer repeats it, so that it knows which configuration it got. */
  revision: z.string().max(128).optional(),
  /** Where the claim is mounted. */
  root: file.default('/data'),
  /** The proxy's own volume: used capabilities and read records. */
  stateDirectory: file.default('/var/lib/data-proxy'),
  listen: z.strictObject({ port: port.default(8443), host: z.string().optional() }).prefault({}),
  health: z.strictObject({ port: port.default(8081), host: z.string().optional() }).prefault({}),
  tls: z.strictObject({ cert: file.default('/etc/data-proxy/tls.crt'), key: file.default('/etc/data-proxy/tls.key'), ca: file.default('/etc/data-proxy/ca.crt') }).prefault({}),
  /** Institution keys whose capabilities open this proxy. */
  issuers: z.array(z.strictObject({ did: z.string().min(1), keyId: z.string().min(1), publicKey: z.string().regex(/^04[0-9a-f]{128}$/, 'an uncompressed SM2 key, hex') })),
  networks: z.array(poolNetworkSchema),
  assets: z.array(assetDefinition).refine((assets) => new Set(assets.map((asset) => `${asset.networkId} ${asset.assetId}`)).size === assets.length, 'an asset stands twice'),
  maxConcurrentReads: z.int().min(1).default(8),
  /** Age of the ledger view beyond which nothing is read. */
  maxStalenessMs: z.int().min(1000).default(5000),
  recheckMs: z.int().min(50).default(1000),
  retentionDays: z.int().min(1).default(3 * 365),
});

export type ProxyConfig = z.infer<typeof proxyConfig>;

/** @throws ProxyError PROXY_CONFIG naming the field */
export function parseConfig(text: string, name: string): ProxyConfig {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ProxyError('PROXY_CONFIG', `${name}: not JSON.`, { cause });
  }
  const parsed = proxyConfig.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ProxyError('PROXY_CONFIG', `${name}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'malformed'}.`, { field: issue?.path.join('.') ?? '' });
}

/** Configuration that is read again when its file changes: assets, issuer keys, networks and limits follow it. */
export interface LiveConfig {
  readonly current: ProxyConfig;
  asset(networkId: string, assetId: string): AssetDefinition | undefined;
  /** Reads the file again; true when it had changed. @throws ProxyError PROXY_CONFIG, and keeps what it had */
  reload(): Promise<boolean>;
  close(): void;
}

/**
 * Loads a configuration file and looks for a new version of it from time to time. Listeners and
 * directories are fixed at the start.
 *
 * @param intervalMs 0: only by {@link LiveConfig.reload}
 */
export async function watchConfig(path: string, intervalMs: number, onError: (error: unknown) => void): Promise<LiveConfig> {
  let text = await readFile(path, 'utf8');
  let current = parseConfig(text, path);
  const reload = async (): Promise<boolean> => {
    const next = await readFile(path, 'utf8');
    if (next === text) return false;
    current = parseConfig(next, path);
    text = next;
    return true;
  };
  const timer = intervalMs > 0 ? setInterval(() => void reload().catch(onError), intervalMs) : undefined;
  timer?.unref();
  return {
    get current() {
      return current;
    },
    asset: (networkId, assetId) => current.assets.find((asset) => asset.networkId === networkId && asset.assetId === assetId),
    reload,
    close: () => clearInterval(timer),
  };
}
