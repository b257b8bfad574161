import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const quantity = z.string().min(1);
const resources = z.object({
  requests: z.record(z.string(), z.string()).optional(),
  limits: z.record(z.string(), z.string()).optional(),
});
const storage = z.object({ size: quantity, storageClassName: z.string().default('') });

/** The settings the Helm chart hands to the operator; the chart's values say what each means. */
export const operatorConfigSchema = z.object({
  workers: z.int().min(1).max(100).default(10),
  images: z.object({
    pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).default('IfNotPresent'),
    pullSecrets: z.array(z.string()).default([]),
    node: z.string().min(1),
    engineSpu: z.string().min(1),
    nats: z.string().min(1),
  }),
  hub: z.object({ enabled: z.boolean(), hostnames: z.array(z.string()).default([]) }),
  compute: z.object({
    engine: resources,
    courier: resources,
    scratch: z.object({ size: quantity, memory: z.boolean().default(false) }),
  }),
  dataProxy: z.object({ resources, auditStorage: storage }),
  sharedCluster: z.boolean().default(false),
});

export type OperatorConfig = z.infer<typeof operatorConfigSchema>;

/** Reads the mounted configuration. Throws an Error naming the file and the field. */
export async function loadOperatorConfig(path: string): Promise<OperatorConfig> {
  const parsed = operatorConfigSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`${path}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}; correct the values of the chart`);
}
