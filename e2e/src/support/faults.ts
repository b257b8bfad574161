import { LABEL_STEP } from '@collabnet/crds';
import { kubectl, list, type DemoInstitution } from '@collabnet/hack';
import { until } from './until.ts';

interface Pod {
  metadata: { name: string; uid: string };
}

const OPERATOR = 'app.kubernetes.io/component=operator';

/** Ends an institution's operator at once, as a lost node would: no time to say goodbye, and its lease has to run out. */
export async function killOperator({ namespace }: DemoInstitution): Promise<void> {
  await kubectl(namespace, ['delete', 'pod', '-l', OPERATOR, '--grace-period=0', '--force', '--wait=false']);
}

/** Takes an institution's operator away, or brings it back. */
export async function scaleOperator({ namespace }: DemoInstitution, replicas: 0 | 1): Promise<void> {
  await kubectl(namespace, ['scale', 'deployment/operator', `--replicas=${replicas}`]);
  await until(
    async () => (await list<Pod>(namespace, 'pods', OPERATOR)).length === replicas,
    60_000,
    () => `operators of ${namespace} were to be ${replicas}`,
  );
}

/** Selects the pods of a flow, or of one of its steps. */
export function taskPods(flowId: string, step?: string): string {
  return `collabnet.dev/task=${flowId.slice(0, 32)}${step === undefined ? '' : `,${LABEL_STEP}=${step}`}`;
}

/** The pod of an attempt, once it is there. */
export function attemptPod({ namespace }: DemoInstitution, flowId: string, step?: string): Promise<Pod> {
  return until(
    async () => (await list<Pod>(namespace, 'pods', taskPods(flowId, step))).at(0),
    120_000,
    () => `${namespace} was to have a pod of flow ${flowId}`,
  );
}

/** Waits until a courier has written that it reached a state. */
export function courierSaid({ namespace }: DemoInstitution, pod: string, state: string, timeoutMs = 90_000): Promise<true> {
  let last = '';
  return until(
    async () => {
      last = (await kubectl(namespace, ['logs', pod, '-c', 'courier'], { allowFailure: true })).stdout;
      return last.includes(`"state":"${state}"`) || undefined;
    },
    timeoutMs,
    () => `courier ${pod} was to reach ${state}; it last said ${last.trim().split('\n').at(-1) ?? ''}`,
  );
}
