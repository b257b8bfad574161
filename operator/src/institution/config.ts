import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { computeValues, dataProxyValues, fabricValues, imagesPullPolicy, ledgerCacheValue, networkPolicyValues, pkcs11ModulesValue, sharedClusterValue, telemetryValues, workersValue } from '../chart/values.ts';

/** The settings the Helm chart hands to the operator; the chart's values say what each means. */
export const operatorConfigSchema = z.object({
  workers: workersValue,
  pkcs11Modules: pkcs11ModulesValue,
  images: z.object({
    pullPolicy: imagesPullPolicy,
    pullSecrets: z.array(z.string()).default([]),
    node: z.string().min(1),
    engineSpu: z.string().min(1),
    engineSets: z.string().min(1),
    nats: z.string().min(1),
    fabric: z.string().min(1),
  }),
  hub: z.object({ enabled: z.boolean(), hostnames: z.array(z.string()).default([]) }),
  compute: computeValues,
  dataProxy: dataProxyValues,
  fabric: fabricValues,
  ledgerCache: ledgerCacheValue,
  networkPolicy: z
    .object({ apiServer: networkPolicyValues.shape.apiServer, fabric: networkPolicyValues.shape.fabric })
    .prefault({ apiServer: { cidrs: ['0.0.0.0/0'], port: 443 }, fabric: { namespaces: [], cidrs: [], ports: [7050, 7051] } }),
  sharedCluster: sharedClusterValue,
  telemetry: telemetryValues.prefault({ otlp: {} }),
});

export type OperatorConfig = z.infer<typeof operatorConfigSchema>;
/** As the chart writes it: what has a default may be missing. */
export type OperatorConfigInput = z.input<typeof operatorConfigSchema>;

/** Reads the mounted configuration. Throws an Error naming the file and the field. */
export async function loadOperatorConfig(path: string): Promise<OperatorConfig> {
  const parsed = operatorConfigSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`${path}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}; correct the values of the chart`);
}
