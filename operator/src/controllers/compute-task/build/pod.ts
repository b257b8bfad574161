import type { TaskPriority } from '@collabnet/crds';
import type { TrustedHost } from '@collabnet/flow';
import type { KubeObject } from '../../../runtime/index.ts';
import type { OperatorConfig } from '../../../institution/config.ts';
import { containerSecurity, imagePullSecrets, podSecurity } from '../../../institution/pod-security.ts';
import { SIMULATOR_PORT } from './attester.ts';
import { ANNOTATION_FLOW, ANNOTATION_NATS_USER, ANNOTATION_PROPOSER, attemptLabels, attemptName, type AttemptId } from './names.ts';

/** A service that the courier reaches by name although the pod asks no name server. */
export interface HostAlias {
  ip: string;
  hostnames: string[];
}

export interface ComputePodOptions {
  readonly id: AttemptId;
  /** Name of the CollabNetwork. */
  readonly network: string;
  readonly config: OperatorConfig;
  readonly engineImage: string;
  /** For the host of a step in a trusted execution environment. */
  readonly trustedHost?: Pick<TrustedHost, 'simulated'> | undefined;
  /** DID of the institution that proposed the flow. */
  readonly proposer: string;
  readonly priority: TaskPriority;
  readonly hostAliases: readonly HostAlias[];
  /** Seconds after which Kubernetes ends the pod whatever happens. */
  readonly activeDeadlineSeconds: number;
  /** Public key of the courier's NATS user. */
  readonly natsUser: string;
}

/** Port of the courier's readiness probe: ready from `Reserved` on. */
const HEALTH_PORT = 8081;
/** Time for the courier to wipe the scratch volume. */
const GRACE_SECONDS = 30;

/**
 * The bare pod of one attempt (design §7): the engine, which has credentials for nothing, and the courier as a native
 * sidecar, the only one with keys. No service-account token, no name server, nothing written but the scratch volume.
 */
export function computePod(options: ComputePodOptions): KubeObject {
  const { id, config, hostAliases, activeDeadlineSeconds } = options;
  const { scratch } = config.compute;
  const name = attemptName(id);
  const object = {
    metadata: {
      name,
      labels: attemptLabels(id, options.network),
      annotations: { [ANNOTATION_FLOW]: id.flowId, [ANNOTATION_NATS_USER]: options.natsUser, [ANNOTATION_PROPOSER]: options.proposer },
    },
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds,
      terminationGracePeriodSeconds: GRACE_SECONDS,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      dnsPolicy: 'None',
      // Nobody answers there: a lookup fails at once instead of leaving the pod.
      dnsConfig: { nameservers: ['127.0.0.1'], options: [{ name: 'timeout', value: '1' }, { name: 'attempts', value: '1' }] },
      hostAliases: [...hostAliases],
      ...imagePullSecrets(config),
      ...priorityClass(options),
      ...runtimeClass(options),
      securityContext: podSecurity(),
      initContainers: [...(options.trustedHost?.simulated === true ? [attestationSimulator(config)] : []), courier(config)],
      containers: [engine(options)],
      volumes: [
        { name: 'work', emptyDir: { sizeLimit: scratch.size, ...(scratch.memory ? { medium: 'Memory' } : {}) } },
        { name: 'tmp', emptyDir: { sizeLimit: '16Mi' } },
        { name: 'job', secret: { secretName: name, defaultMode: 0o440 } },
      ],
    },
  };
  return object;
}

/** Who is scheduled first where the nodes are full; without a class of the administrator's, whatever the cluster does. */
function priorityClass({ config, priority }: ComputePodOptions): { priorityClassName?: string } {
  const priorityClassName = config.compute.priorityClassNames[priority];
  return priorityClassName === '' ? {} : { priorityClassName };
}

/** All containers of the host's pod run in the environment. */
function runtimeClass({ config, trustedHost }: ComputePodOptions): { runtimeClassName?: string } {
  return trustedHost?.simulated === false ? { runtimeClassName: config.compute.trustedExecution.runtimeClassName } : {};
}

/** Stands in the pod for what an environment has outside of it. */
function attestationSimulator({ images }: OperatorConfig): object {
  return {
    name: 'attestation-simulator',
    image: images.node,
    imagePullPolicy: images.pullPolicy,
    args: ['--max-semi-space-size=2', '--max-old-space-size=32', '/app/compute-images/attestation-simulator/dist/main.js'],
    restartPolicy: 'Always',
    env: [{ name: 'PORT', value: String(SIMULATOR_PORT) }],
    resources: { requests: { cpu: '10m', memory: '48Mi' }, limits: { memory: '128Mi' } },
    securityContext: containerSecurity(),
  };
}

function courier(config: OperatorConfig): object {
  return {
    name: 'courier',
    image: config.images.node,
    imagePullPolicy: config.images.pullPolicy,
    // The heap stays small whatever the input: rows are streamed. Without these flags it grows until the limit ends it.
    args: ['--max-semi-space-size=4', '--max-old-space-size=96', '/app/compute-images/courier/dist/main.js'],
    // A native sidecar: starts before the engine and ends after it. Its restart voids the attempt all the same.
    restartPolicy: 'Always',
    env: [{ name: 'TERMINATION_LOG', value: '/dev/termination-log' }],
    ports: [{ name: 'health', containerPort: HEALTH_PORT }],
    // Not from the start: the first seconds would leave a warning about every pod.
    readinessProbe: { httpGet: { path: '/readyz', port: 'health' }, initialDelaySeconds: 3, periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 2 },
    volumeMounts: [
      { name: 'job', mountPath: '/etc/courier', readOnly: true },
      { name: 'work', mountPath: '/work' },
      { name: 'tmp', mountPath: '/tmp' },
    ],
    resources: config.compute.courier,
    securityContext: containerSecurity(),
  };
}

function engine({ config, engineImage }: ComputePodOptions): object {
  return {
    name: 'engine',
    image: engineImage,
    imagePullPolicy: config.images.pullPolicy,
    volumeMounts: [{ name: 'work', mountPath: '/work' }],
    resources: config.compute.engine,
    securityContext: containerSecurity(),
  };
}
