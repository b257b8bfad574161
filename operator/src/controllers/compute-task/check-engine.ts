import type { AlgorithmContent, AlgorithmRecord } from '@collabnet/contracts';
import type { ProposedStep } from '@collabnet/flow';
import { StalledError } from '../../runtime/index.ts';
import { engineImage, engineImageFault } from './build/engine-image.ts';
import { ownHost } from './own-host.ts';
import { required, type TaskRun } from './task-run.ts';

/**
 * The registered algorithm of a step, if the engine this institution is configured with is the registered one.
 *
 * @throws StalledError ImageMismatch, TrustedExecutionUnavailable
 */
export async function checkEngines(run: TaskRun, step: ProposedStep): Promise<AlgorithmContent> {
  const { name, version } = step.algorithm;
  const { content } = await required(run.view, 'view').read<AlgorithmRecord>('algorithms', 'get', { name, version });
  const fault = engineImageFault(engineImage(run.environment.services.config, content.engine), content);
  if (fault !== undefined) throw new StalledError('ImageMismatch', `step ${step.name}: ${fault}`);
  assertEnvironment(run, step);
  return content;
}

/** A step that this institution would host needs an environment to be hosted in. */
function assertEnvironment(run: TaskRun, { name }: ProposedStep): void {
  const { did } = required(run.view, 'view').session;
  const { runtimeClassName } = run.environment.services.config.compute.trustedExecution;
  const host = ownHost(required(run.flow, 'flow').sealed.spec, name, did);
  if (host?.simulated !== false || runtimeClassName !== '') return;
  throw new StalledError('TrustedExecutionUnavailable', `step ${name}: this institution would host it and has no trusted execution environment; set the Helm value compute.trustedExecution.runtimeClassName, or name another host`);
}
