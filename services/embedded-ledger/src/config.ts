import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { SignedGenesis } from '@collabnet/ledger';

const environmentSchema = z.object({
  /** Directory with `genesis.json`, `signing.key` (SM2, hex) and `nats.creds`, mounted from a Secret. */
  LEDGER_CONFIG: z.string().default('/etc/ledger'),
  LEDGER_DATA: z.string().default('/var/lib/ledger'),
  NATS_URL: z.string().min(1, 'set NATS_URL to the client address of the hub, such as nats://nats-hub:4222'),
  NATS_CA_FILE: z.string().optional(),
  HEALTH_PORT: z.coerce.number().int().default(8081),
  EXPORT_PORT: z.coerce.number().int().default(8080),
});

/** What the process needs to run one embedded ledger. */
export interface EmbeddedLedgerConfig {
  genesis: SignedGenesis;
  signingKey: string;
  credentials: string;
  databasePath: string;
  natsUrl: string;
  natsCaFile?: string;
  healthPort: number;
  exportPort: number;
}

/**
 * Reads the configuration from the environment and the mounted files.
 *
 * @throws Error naming the variable or file and what to do.
 */
export async function loadConfig(environment: NodeJS.ProcessEnv): Promise<EmbeddedLedgerConfig> {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Error(`${issue?.path.join('.') ?? 'environment'}: ${issue?.message ?? 'invalid'}`);
  }
  const { LEDGER_CONFIG: directory, LEDGER_DATA: data } = parsed.data;
  const [genesis, signingKey, credentials] = await Promise.all(
    ['genesis.json', 'signing.key', 'nats.creds'].map((name) => readMounted(`${directory}/${name}`)),
  );
  return {
    genesis: JSON.parse(genesis ?? '') as SignedGenesis,
    signingKey: (signingKey ?? '').trim(),
    credentials: credentials ?? '',
    databasePath: `${data}/ledger.db`,
    natsUrl: parsed.data.NATS_URL,
    ...(parsed.data.NATS_CA_FILE === undefined ? {} : { natsCaFile: parsed.data.NATS_CA_FILE }),
    healthPort: parsed.data.HEALTH_PORT,
    exportPort: parsed.data.EXPORT_PORT,
  };
}

async function readMounted(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new Error(`${path} cannot be read; mount the Secret that the operator made for this ledger`, { cause });
  }
}
