import { kubectl } from '../demo/cluster.ts';
import { apply } from '../demo/objects.ts';
import { BANK_A } from '../demo/institutions.ts';
import { HackError } from '../lib/hack-error.ts';
import { engineImage } from './bare-engine.ts';
import { percentile } from './figures.ts';
import type { JobFigures } from './performance-figures.ts';

const NAMESPACE = BANK_A.namespace;
const PRINT_TIME = 'import time; print(time.time(), flush=True)';

/**
 * Runs Jobs from the image that tasks run, one after another. The clock starts when the API server has answered the
 * creation, so kubectl is not in it, and stops by the process's own word, since the cluster notes whole seconds.
 *
 * @throws HackError NOT_READY when a Job does not end
 */
export async function runJobs(names: readonly string[]): Promise<number[]> {
  const image = await engineImage();
  const seconds: number[] = [];
  for (const name of names) {
    await apply(NAMESPACE, [job(name, image)]);
    const created = Date.now();
    await kubectl(NAMESPACE, ['wait', 'job', name, '--for=condition=Complete', '--timeout=120s']);
    const { stdout } = await kubectl(NAMESPACE, ['logs', `job/${name}`]);
    const started = Number(stdout.trim()) * 1_000;
    if (!(started > 0)) throw new HackError('NOT_READY', `job ${name} did not print its time: ${stdout.trim()}`);
    seconds.push(Math.max(0, started - created) / 1_000);
  }
  return seconds;
}

export function jobFigures(seconds: readonly number[]): JobFigures {
  return { jobs: seconds.length, p50: percentile(seconds, 50), p95: percentile(seconds, 95) };
}

export async function removeJobs(names: readonly string[]): Promise<void> {
  if (names.length > 0) await kubectl(NAMESPACE, ['delete', 'job', ...names, '--ignore-not-found', '--timeout=90s']);
}

function job(name: string, image: string): object {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: 120,
      template: {
        spec: {
          restartPolicy: 'Never',
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: { runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              name: 'engine',
              image,
              imagePullPolicy: 'IfNotPresent',
              command: ['python3.11', '-S', '-c', PRINT_TIME],
              resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1Gi' } },
              securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
            },
          ],
        },
      },
    },
  };
}
