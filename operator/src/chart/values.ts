import { ISOLATION_LEVELS } from '@collabnet/wire';
import { z } from 'zod';
import { OCTETS_PATTERN } from '../institution/octets.ts';

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

const className = z.string().max(253).regex(/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$/).default('');
const priorityClass = className.describe('PriorityClass.');

/** Part of the values that the operator gets as it is. */
export const computeValues = z
  .strictObject({
    engine: resources,
    courier: resources,
    scratch: z
      .strictObject({ size: quantity.describe('Size of the scratch volume of a compute pod.'), memory: z.boolean().default(false).describe("True keeps it in memory; then raise the engine's memory limit by its size.") })
      .describe('Scratch volume.'),
    maximumAttempts: z.int().min(1).max(128).default(16).describe('Most attempts that have a pod at once; others wait their turn. They share the 32 MiB that this institution may have on the way: up to 16 with one peer each get the full 2 MiB.'),
    priorityClassNames: z
      .strictObject({ High: priorityClass, Normal: priorityClass, Low: priorityClass })
      .prefault({})
      .describe('PriorityClass of the pods of tasks, by spec.priority of the ComputeTask: who is scheduled first, and who is evicted for whom, where the nodes are full. The classes must be there; empty: the default of the cluster.'),
    byteCeiling: z.string().regex(OCTETS_PATTERN, 'such as 16Gi').default('16Gi').describe('Most octets to one peer, and from it, in one attempt; beyond it the attempt ends with WireByteCeiling.'),
    trustedExecution: z
      .strictObject({
        runtimeClassName: className.describe('RuntimeClass of the pods of steps that this institution hosts under TrustedExecution, such as kata-qemu-tdx; empty: it has no such environment.'),
        attester: z.url({ protocol: /^http$/, hostname: /^(127\.0\.0\.1|localhost)$/ }).default('http://127.0.0.1:8006').describe('Address, inside the environment, at which GET /v1/attestation-result?nonce=<nonce> gives an EAT attestation result as a JWT.'),
      })
      .prefault({})
      .describe('Trusted execution environment of this institution.'),
    minimumIsolation: z
      .enum(ISOLATION_LEVELS)
      .default('Network')
      .describe('Weakest confinement of the engine by the kernel of a node with which an attempt goes on. SystemCalls: no new privileges and a seccomp filter. Files: also Landlock (Linux 5.13). Network: also its TCP rules (Linux 6.7).'),
  })
  .describe('Compute pods.');

export const dataProxyValues = z.strictObject({ resources, auditStorage: storage }).describe('Data proxies; the operator makes one per source.');

/** Nodes of networks with spec.ledger.driver fabric; the operator makes them. */
export const fabricValues = z
  .strictObject({
    orderer: z.strictObject({ resources, storage }).describe('Each orderer.'),
    peer: z.strictObject({ resources, storage }).describe('The peer.'),
    chaincode: z.strictObject({ replicas: z.int().min(1).max(9).default(1).describe('Pods that run the contracts.'), resources }).describe('Contracts beside the peer.'),
    certManager: z.boolean().default(false).describe('Lets the operator ask cert-manager for certificates of nodes, for a CollabNetwork with spec.ledger.fabric.issuers.'),
  })
  .describe('Hyperledger Fabric nodes; the operator makes them for a CollabNetwork with spec.ledger.driver fabric.');

export const networkPolicyValues = z
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
    fabric: z
      .strictObject({
        namespaces: z.array(name).describe('Namespaces of institutions in this cluster.'),
        cidrs: z.array(cidr).describe('Addresses of nodes elsewhere.'),
        ports: z.array(port).min(1).describe('Ports of their orderers and peers. The operator connects to no other port that a candidate names for its peer.'),
      })
      .describe('Fabric nodes of other institutions, which peers and operator reach.'),
    keyTokens: z.strictObject({ cidrs: z.array(cidr).describe('Addresses of an HSM that the operator reaches over the network.'), ports: z.array(port).describe('Its ports.') }).describe('Network HSM.'),
    monitoringNamespaces: z.array(name).describe('Namespaces that may scrape /metrics.'),
    dns: z.strictObject({ namespace: z.union([name, z.literal('')]).describe('Namespace of the cluster DNS.'), cidr: cidr.describe('Its addresses, where it is no pod.'), port: port.describe('Its port.') }).describe('Cluster DNS.'),
  })
  .describe('NetworkPolicies.');

export const imagesPullPolicy = z.enum(['Always', 'IfNotPresent', 'Never']).default('IfNotPresent').describe('imagePullPolicy of all containers.');
export const workersValue = z.int().min(1).max(100).default(10).describe('Tasks reconciled at the same time.');
export const ledgerCacheValue = quantity.describe('Most disk of the node for each verified copy of the ledgers: one each in operator, result store and data proxies.');
export const sharedClusterValue = z.boolean().default(false).describe('Several institutions share this cluster: its administrator can read all of them, and results say so.');

export const telemetryValues = z
  .strictObject({
    otlp: z
      .strictObject({
        endpoint: z
          .string()
          .regex(/^(https?:\/\/[^\s/]+(\/\S*)?)?$/, 'an http or https URL, or empty')
          .default('')
          .describe('Base URL of an OTLP/HTTP receiver, such as http://collector.monitoring.svc:4318. Empty: nothing is traced.'),
        namespace: z.union([name, z.literal('')]).default('').describe('Namespace of a receiver in this cluster, for the NetworkPolicies.'),
        cidr: cidr.default('').describe('Addresses of a receiver elsewhere, for the NetworkPolicies.'),
      })
      .describe('Traces, one per task.'),
  })
  .describe('Telemetry that this installation sends.');

const source = z.record(z.string(), z.unknown()).optional();
/** Volume sources that Pod Security `restricted` admits; a host path is none of them. */
const volumeSource = z.strictObject({ secret: source, configMap: source, projected: source, csi: source, persistentVolumeClaim: source, ephemeral: source, emptyDir: source, image: source });
const mountedVolume = z.strictObject({
  name: name.describe('Name of the volume.'),
  mountPath: z.string().regex(/^\/[A-Za-z0-9._/+-]+$/).describe('Where it is mounted.'),
  readOnly: z.boolean().default(true).describe('False for a token that keeps its state in files.'),
  source: volumeSource.describe('Volume source as in a pod.'),
});
export const pkcs11ModulesValue = z.array(z.string().regex(/^\/[A-Za-z0-9._/+-]+$/)).default([]).describe('Paths of the PKCS#11 libraries that a ParticipantDID may name. They run inside the operator.');

/** The values of the Helm chart `institution`; `values.schema.json` and the table in its README are generated from here. */
export const chartValues = z.strictObject({
  global: z.record(z.string(), z.unknown()).optional().describe('Unused; Helm allows it.'),
  images: z
    .strictObject({
      pullPolicy: imagesPullPolicy,
      pullSecrets: z.array(z.string().min(1)).default([]).describe('Names of Secrets with registry credentials.'),
      node: image,
      engineSpu: image,
      engineSets: image,
      nats: image,
      fabric: image,
    })
    .describe('Images.'),
  operator: z
    .strictObject({
      replicas: z.int().min(1).max(9).describe('Two or more elect a leader; one is active.'),
      logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error']).describe('Least level that is logged.'),
      workers: workersValue,
      pkcs11Modules: pkcs11ModulesValue,
      volumes: z.array(mountedVolume).default([]).describe('Volumes with key files, or with a PKCS#11 library and what it needs: name, mountPath, readOnly (true) and source, a volume source.'),
      environment: z.record(z.string().regex(/^[A-Z_][A-Z0-9_]*$/), z.string()).default({}).describe('Environment of a PKCS#11 library, such as SOFTHSM2_CONF or LD_LIBRARY_PATH. No secrets.'),
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
  ledgerCache: ledgerCacheValue,
  compute: computeValues,
  dataProxy: dataProxyValues,
  fabric: fabricValues,
  networkPolicy: networkPolicyValues,
  sharedCluster: sharedClusterValue,
  telemetry: telemetryValues,
  monitoring: z
    .strictObject({
      podMonitor: z
        .strictObject({
          enabled: z.boolean().describe('Makes a PodMonitor for all pods with metrics; its CRD must be there. Name the namespace of Prometheus in networkPolicy.monitoringNamespaces.'),
          labels: z.record(z.string(), z.string()).describe('Labels by which Prometheus selects it.'),
          interval: z.string().regex(/^\d+(s|m)$/).describe('Time between two scrapes.'),
        })
        .describe('PodMonitor.'),
      prometheusRule: z
        .strictObject({
          enabled: z.boolean().describe('Makes a PrometheusRule with the alerts; its CRD must be there.'),
          labels: z.record(z.string(), z.string()).describe('Labels by which Prometheus selects it.'),
        })
        .describe('PrometheusRule.'),
    })
    .describe('Objects for the Prometheus operator.'),
  dashboards: z
    .strictObject({
      enabled: z.boolean().describe('Makes a ConfigMap with a dashboard for Grafana.'),
      labels: z.record(z.string(), z.string()).describe('Labels by which Grafana finds it.'),
    })
    .describe('Dashboards.'),
});
