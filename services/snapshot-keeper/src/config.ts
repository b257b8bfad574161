import { z } from 'zod';

const environmentSchema = z.object({
  SNAPSHOTS_DIR: z.string().min(1, 'set SNAPSHOTS_DIR to the snapshot folder of the peer (ledger.snapshots.rootDir)'),
  KEEP: z.coerce.number('set KEEP to the number of snapshots that are kept').int().min(1).max(100),
  /** Time between two looks at the folder, ms. */
  LOOK_MS: z.coerce.number().int().min(100).default(10_000),
  HEALTH_PORT: z.coerce.number().int().default(8083),
});

/** What the process needs. */
export interface KeeperConfig {
  readonly folder: string;
  /** Number of complete snapshots of each channel that stay. */
  readonly keep: number;
  readonly lookMs: number;
  readonly healthPort: number;
}

/** Reads the environment. @throws Error naming the variable and what to do */
export function loadConfig(environment: NodeJS.ProcessEnv): KeeperConfig {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Error(`${issue?.path.join('.') ?? 'environment'}: ${issue?.message ?? 'invalid'}`);
  }
  const { SNAPSHOTS_DIR: folder, KEEP: keep, LOOK_MS: lookMs, HEALTH_PORT: healthPort } = parsed.data;
  return { folder, keep, lookMs, healthPort };
}
