import { LABEL_TASK, type ComputeTask } from '@collabnet/crds';
import { CORE, type KubeObject, type Manager } from '../../runtime/index.ts';
import { COMPUTE_TASK } from '../kinds.ts';
import { hasEnded, restingPart } from './at-rest.ts';
import { COMPUTE_COMPONENT } from './build/names.ts';
import type { ComputePod } from './build/pod-fault.ts';
import type { TaskInformers } from './task-run.ts';

/** Index of tasks by the id of their flow, as their status has it. */
export const FLOW_INDEX = 'flow';
/** Index of the tasks of a network that have not ended. */
export const UNFINISHED_INDEX = 'unfinished';

const SELECTOR = `app.kubernetes.io/component=${COMPUTE_COMPONENT}`;

/** Caches of this controller's own kinds; Secrets without their content. */
export function computeTaskInformers(manager: Manager, namespace: string): Pick<TaskInformers, 'tasks' | 'pods' | 'secrets'> {
  return {
    tasks: manager.informer<ComputeTask>(COMPUTE_TASK, {
      namespace,
      atRest: restingPart,
      indexes: {
        [FLOW_INDEX]: ({ status }) => (status?.flowID === undefined ? [] : [status.flowID]),
        [UNFINISHED_INDEX]: (task) => (hasEnded(task) ? [] : [task.spec.networkRef.name]),
      },
    }),
    pods: manager.informer<ComputePod>(CORE.pod, { namespace, labelSelector: SELECTOR, indexLabels: [LABEL_TASK] }),
    secrets: manager.informer<KubeObject>(CORE.secret, { namespace, labelSelector: SELECTOR, metadataOnly: true, indexLabels: [LABEL_TASK] }),
  };
}
