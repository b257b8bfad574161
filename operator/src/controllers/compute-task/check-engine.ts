import type { AlgorithmContent, AlgorithmRecord } from '@collabnet/contracts';
import type { ProposedStep } from '@collabnet/flow';
import { StalledError } from '../../runtime/index.ts';
import { engineImage, engineImageFault } from './build/engine-image.ts';
import { required, type TaskRun } from './task-run.ts';

/**
 * The registered algorithm of a step, if the engine this institution is configured with is the registered one.
 *
 * @throws StalledError ImageMismatch
 */
export async function checkEngines(run: TaskRun, step: ProposedStep): Promise<AlgorithmContent> {
  const { name, version } = step.algorithm;
  const { content } = await required(run.view, 'view').read<AlgorithmRecord>('algorithms', 'get', { name, version });
  const fault = engineImageFault(engineImage(run.environment.services.config, content.engine), content);
  if (fault !== undefined) throw new StalledError('ImageMismatch', `step ${step.name}: ${fault}`);
  return content;
}
