import type { FlowRecord } from '@collabnet/contracts';
import { flowId } from '@collabnet/flow';
import { StalledError } from '../../../runtime/index.ts';
import { ANNOTATION_FLOW, mirrorName } from '../build/names.ts';
import { isMirror, proposedAs, specOf } from '../own-flow.ts';
import { required, type TaskRun } from '../task-run.ts';

/**
 * Finds out which flow the object stands for: an own task by its spec, a mirror by its annotation. The annotation is
 * only a hint: the ledger must have a flow of that id which is shown under exactly this name.
 */
export async function identifyFlow(run: TaskRun): Promise<void> {
  const { session } = required(run.view, 'view');
  if (isMirror(run.task)) {
    run.flowId = await mirroredFlow(run);
    return;
  }
  run.spec = specOf(run.task);
  run.flowId = flowId(session.networkId, session.did, proposedAs(run.task), run.spec);
  run.ctx.status.flowID = run.flowId;
  run.ctx.status.phase ??= 'Initialized';
}

async function mirroredFlow(run: TaskRun): Promise<string> {
  const view = required(run.view, 'view');
  const { name, annotations } = run.task.metadata;
  const id = annotations?.[ANNOTATION_FLOW] ?? '';
  const flow = /^[0-9a-f]{64}$/.test(id) ? await view.find<FlowRecord>('flows', 'get', { flowId: id }) : undefined;
  if (flow === undefined || flow.proposer === view.session.did) throw notAMirror(name);
  const sealed = await run.environment.specs.open(view, flow);
  if (mirrorName(flow.proposer, sealed.name, flow.flowId) !== name) throw notAMirror(name);
  return id;
}

function notAMirror(name: string): StalledError {
  return new StalledError('UnknownFlow', `ComputeTask ${name} is marked as a view of another institution's flow, but the ledger has no such flow; delete it, or remove the mirror label, annotations and owner to propose it yourself`);
}
