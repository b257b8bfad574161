import { readFile } from 'node:fs/promises';
import { poolNetworkSchema } from '@collabnet/ledger';
import { z } from 'zod';
import { StoreError } from './errors.ts';

const file = z.string().min(1);
const port = z.int().min(0).max(65_535);

/** Contents of `/etc/result-store/config.json`, written by the operator. Files are paths in the container. */
export const storeConfig = z.strictObject({
  schema: z.literal('collabnet.dev/result-store-config/v1').default('collabnet.dev/result-store-config/v1'),
  /** The store's volume: results and access records. */
  root: file.default('/var/lib/result-store'),
  listen: z.strictObject({ port: port.default(8443), host: z.string().optional() }).prefault({}),
  health: z.strictObject({ port: port.default(8081), host: z.string().optional() }).prefault({}),
  tls: z.strictObject({ cert: file.default('/etc/result-store/tls.crt'), key: file.default('/etc/result-store/tls.key'), ca: file.default('/etc/result-store/ca.crt') }).prefault({}),
  /** Files of 64 hex digits; the first seals, all open. */
  storeKeys: z.array(file).min(1).default(['/etc/result-store/store.key']),
  /** Institution keys whose capabilities may deliver here. */
  issuers: z.array(z.strictObject({ did: z.string().min(1), keyId: z.string().min(1), publicKey: z.string().regex(/^04[0-9a-f]{128}$/, 'an uncompressed SM2 key, hex') })),
  networks: z.array(poolNetworkSchema),
  /** All sealed results together; absent: the volume. */
  quotaBytes: z.int().positive().optional(),
  /** Results older than this are removed. */
  resultRetentionDays: z.int().min(1).default(90),
  accessRetentionDays: z.int().min(1).default(3 * 365),
  /** Age of the ledger view beyond which no person is let in. */
  maxStalenessMs: z.int().min(1000).default(15_000),
});

export type StoreConfig = z.infer<typeof storeConfig>;

/** @throws StoreError STORE_CONFIG naming the field */
export function parseConfig(text: string, name: string): StoreConfig {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new StoreError('STORE_CONFIG', `${name}: not JSON.`, { cause });
  }
  const parsed = storeConfig.safeParse(value);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new StoreError('STORE_CONFIG', `${name}: ${field}: ${parsed.error.issues[0]?.message ?? 'malformed'}.`, { field });
}

/** Configuration that is read again when its file changes. Issuers, networks and
 * retention follow it; the rest is fixed at the start. */
export interface LiveConfig {
  readonly current: StoreConfig;
  /** True when the file had changed. @throws StoreError STORE_CONFIG, and keeps what it had */
  reload(): Promise<boolean>;
  close(): void;
}

/** @param intervalMs how often to look; 0: only by {@link LiveConfig.reload} */
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
    reload,
    close: () => clearInterval(timer),
  };
}
