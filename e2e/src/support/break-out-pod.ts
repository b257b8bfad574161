import { randomBytes } from 'node:crypto';
import { kubectl } from '@collabnet/hack';
import { eventually, remove } from './objects.ts';

/** The program that tries to break out, in the place of one of the containers of a compute pod. */
export interface BreakOut {
  readonly container: 'courier' | 'engine';
  readonly image: string;
  readonly command: readonly string[];
  /** Beyond what the operator gives every compute pod. */
  readonly podSpec?: object;
}

/** A pod as the operator makes for an attempt, so that the same policies choose it. */
function computePod(name: string, { container, image, command, podSpec }: BreakOut): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { 'app.kubernetes.io/part-of': 'collabnet', 'app.kubernetes.io/component': 'compute' } },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532, fsGroup: 65532, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: container,
          image,
          imagePullPolicy: 'IfNotPresent',
          command,
          volumeMounts: [{ name: 'work', mountPath: '/work' }],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true },
        },
      ],
      volumes: [{ name: 'work', emptyDir: { sizeLimit: '16Mi' } }],
      ...podSpec,
    },
  };
}

interface Seen {
  metadata: { name: string };
  status?: { phase?: string; containerStatuses?: { state?: { terminated?: { message?: string } } }[] };
}

/** Runs the program in a namespace and returns what it wrote as its termination message: what became of each attempt. */
export async function breakOutOf(namespace: string, breakOut: BreakOut): Promise<Readonly<Record<string, string>>> {
  const name = `${breakOut.container}-probe-${randomBytes(3).toString('hex')}`;
  await kubectl(namespace, ['create', '-f', '-'], { input: JSON.stringify(computePod(name, breakOut)) });
  try {
    const message = await eventually<Seen, string>({ namespace, kind: 'pod', name }, 'was to answer', ({ status }) => status?.containerStatuses?.[0]?.state?.terminated?.message ?? (status?.phase === 'Failed' ? '' : undefined));
    if (message === '') throw new Error((await kubectl(namespace, ['logs', name])).stdout);
    return JSON.parse(message) as Readonly<Record<string, string>>;
  } finally {
    await remove(namespace, 'pod', name);
  }
}
