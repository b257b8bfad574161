import { ISOLATION_LEVELS } from '@collabnet/wire';
import { z } from 'zod';

const quantity = z.union([z.string().regex(/^\d+(\.\d+)?(m|[kKMGTPE]i?)?$/), z.number()]);
const amounts = (what: string): z.ZodOptional<z.ZodRecord<z.ZodString, typeof quantity>> => z.record(z.string(), quantity).optional().describe(what);
const resources = z.strictObject({ requests: amounts('Requests of the container.'), limits: amounts('Limits of the container.') }).describe('Requests and limits of the container.');
const storage = z
  .strictObject({
    size: quantity.describe('Size of the PersistentVolumeClaim.'),
    storageClassName: z.string().default('').describe("StorageClass; the cluster's default if empty."),
  })
  .describe('Claim for the data.');
const image = z
  .strictObject({
    repository: z.string().min(1).describe('Name with registry.'),
    tag: z.string().min(1).describe('Tag.'),
    digest: z.string().regex(/^(sha256:[0-9a-f]{64})?$/).describe('Pins the image and wins over the tag.'),
  })
  .describe('Image.');
const port = z.int().min(1).max(65_535);
const cidr = z.string().regex(/^([0-9a-fA-F.:]+\/\d{1,3})?$/);
const name = z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);

/** Part of the values that the operator gets as it is. */
export const computeValues = z
  .strictObject({
    engine: resources,
    courier: resources,
    scratch: z
      .strictObject({ size: quantity.describe('Size of the scratch volume of a compute pod.'), memory: z.boolean().default(false).describe("True keeps it in memory; then raise the engine's memory limit by its size.") })
      .describe('Scratch volume.'),
    minimumIsolation: z
      .enum(ISOLATION_LEVELS)
      .default('Network')
      .describe('Weakest confinement of the engine by the kernel of a node with which an attempt goes on. SystemCalls: no new privileges and a seccomp filter. Files: also Landlock (Linux 5.13). Network: also its TCP rules (Linux 6.7).'),
  })
  .describe('Compute pods.');

export const dataProxyValues = z.strictObject({ resources, auditStorage: storage }).describe('Data proxies; the operator makes one per source.');

export const imagesPullPolicy = z.enum(['Always', 'IfNotPresent', 'Never']).default('IfNotPresent').describe('imagePullPolicy of all containers.');
export const workersValue = z.int().min(1).max(100).default(10).describe('Tasks reconciled at the same time.');
export const sharedClusterValue = z.boolean().default(false).describe('Several institutions share this cluster: its administrator can read all of them, and results say so.');

/** The values of the Helm chart `institution`; `values.schema.json` and the table in its README are generated from here. */
export const chartValues = z.strictObject({
  global: z.record(z.string(), z.unknown()).optional().describe('Unused; Helm allows it.'),
  images: z
    .strictObject({
      pullPolicy: imagesPullPolicy,
      pullSecrets: z.array(z.string().min(1)).default([]).describe('Names of Secrets with registry credentials.'),
      node: image,
      engineSpu: image,
      nats: image,
    })
    .describe('Images.'),
  operator: z
    .strictObject({
      replicas: z.int().min(1).max(9).describe('Two or more elect a leader; one is active.'),
      logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error']).describe('Least level that is logged.'),
      workers: workersValue,
      ledgerCache: quantity.describe("Most disk of the node for the operator's own verified copy of the ledgers."),
      resources,
    })
    .describe('Operator.'),
  nats: z.strictObject({ resources, storage }).describe('NATS server of the institution.'),
  hub: z
    .strictObject({
      enabled: z.boolean().describe("Runs the hub that joins the institutions' NATS servers. One institution of a network hosts it."),
      hostnames: z.array(z.string().min(1)).describe('Names under which other institutions reach the hub; they enter its certificate.'),
      service: z
        .strictObject({
          type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer']).describe('Type of its Service.'),
          annotations: z.record(z.string(), z.string()).describe('Annotations of its Service.'),
        })
        .describe('Service of the hub.'),
      storage,
      resources,
    })
    .describe('Hub.'),
  resultStore: z.strictObject({ storage, resources }).describe('Result store.'),
  compute: computeValues,
  dataProxy: dataProxyValues,
  networkPolicy: z
    .strictObject({
      enabled: z.boolean().describe('Makes the NetworkPolicies. The cluster must enforce them.'),
      apiServer: z.strictObject({ cidrs: z.array(cidr).min(1).describe('Addresses of the API server, as pods see it after address translation.'), port: port.describe('Its port.') }).describe('API server; only the operator needs it.'),
      hub: z
        .strictObject({
          namespace: z.union([name, z.literal('')]).describe('Namespace of a hub in this cluster.'),
          cidr: cidr.describe('Addresses of a hub elsewhere.'),
          ports: z.array(port).min(1).describe('Its ports.'),
        })
        .describe('Hub this institution connects to.'),
      monitoringNamespaces: z.array(name).describe('Namespaces that may scrape /metrics.'),
      dns: z.strictObject({ namespace: z.union([name, z.literal('')]).describe('Namespace of the cluster DNS.'), cidr: cidr.describe('Its addresses, where it is no pod.'), port: port.describe('Its port.') }).describe('Cluster DNS.'),
    })
    .describe('NetworkPolicies.'),
  sharedCluster: sharedClusterValue,
});
