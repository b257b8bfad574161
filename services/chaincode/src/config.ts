import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { z } from 'zod';

const environmentSchema = z.object({
  CHAINCODE_ID: z.string().min(1, 'set CHAINCODE_ID to the id of the package that the peer has installed'),
  CHAINCODE_SERVER_ADDRESS: z.string().default('0.0.0.0:7052'),
  /** PEM files; without a key the peer is served in the clear, within one pod or for tests. */
  CHAINCODE_TLS_KEY: z.string().optional(),
  CHAINCODE_TLS_CERT: z.string().optional(),
  /** Demands a client certificate of this authority: the peer's. */
  CHAINCODE_CLIENT_CA: z.string().optional(),
  NETWORK_ID: z.string().regex(/^[0-9a-f]{64}$/, 'give the 64 hex digits of the network').optional(),
  /** `off` is for tests. */
  CLOCK_WINDOW_MS: z.union([z.literal('off'), z.coerce.number().int().min(1000).max(900_000)]).default(60_000),
  /** Proposals that are run at once; see WorkerPool. */
  WORKERS: z.coerce.number().int().min(1).max(64).default(Math.min(16, 2 * availableParallelism())),
  HEALTH_PORT: z.coerce.number().int().default(8081),
});

/** What the process needs to serve one peer. */
export interface ChaincodeConfig {
  readonly packageId: string;
  readonly address: string;
  readonly tls: { readonly key: Buffer; readonly cert: Buffer; readonly clientCACerts?: Buffer } | undefined;
  readonly networkId: string | undefined;
  readonly clockWindowMs: number | undefined;
  readonly workers: number;
  readonly healthPort: number;
}

/** Reads the environment and the files that it names. @throws Error naming the variable and what to do */
export function loadConfig(environment: NodeJS.ProcessEnv): ChaincodeConfig {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Error(`${issue?.path.join('.') ?? 'environment'}: ${issue?.message ?? 'invalid'}`);
  }
  const { data } = parsed;
  return {
    packageId: data.CHAINCODE_ID,
    address: data.CHAINCODE_SERVER_ADDRESS,
    tls: tlsOf(data),
    networkId: data.NETWORK_ID,
    clockWindowMs: data.CLOCK_WINDOW_MS === 'off' ? undefined : data.CLOCK_WINDOW_MS,
    workers: data.WORKERS,
    healthPort: data.HEALTH_PORT,
  };
}

function tlsOf(data: z.infer<typeof environmentSchema>): ChaincodeConfig['tls'] {
  const { CHAINCODE_TLS_KEY: key, CHAINCODE_TLS_CERT: cert, CHAINCODE_CLIENT_CA: ca } = data;
  if (key === undefined && cert === undefined && ca === undefined) return undefined;
  if (key === undefined || cert === undefined) throw new Error('CHAINCODE_TLS_KEY, CHAINCODE_TLS_CERT: set both, or neither');
  return { key: readFileSync(key), cert: readFileSync(cert), ...(ca !== undefined && { clientCACerts: readFileSync(ca) }) };
}
