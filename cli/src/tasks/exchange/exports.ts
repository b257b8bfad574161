import { toYaml } from '../../base/format.ts';
import { domainsOf } from './kuscia-names.ts';
import { kusciaJob, type KusciaOptions } from './kuscia-job.ts';
import { leftOut } from './kuscia-left-out.ts';
import type { SourceTask } from './source-task.ts';
import { leftOutOfWorkflow, toWorkflow } from './to-workflow.ts';

/** Languages of others in which a task can be written. */
export const EXPORT_FORMATS = ['kuscia-job', 'serverless-workflow'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/**
 * A task as a file in another language: YAML, at its top a comment for everything that the language cannot express.
 *
 * @throws CliError USAGE when a name of the task is none in that language
 */
export function exportTask(task: SourceTask, format: ExportFormat, options: KusciaOptions): string {
  if (format === 'serverless-workflow') return withComments(leftOutOfWorkflow(task), toYaml(toWorkflow(task)));
  const title = `KusciaJob of the ComputeTask ${task.name}. Of the task, a KusciaJob does not hold or does not enforce:`;
  return withComments([title, ...leftOut(task, domainsOf(task.flow, options.domains), options.initiator).map((line) => `- ${line}`)], toYaml(kusciaJob(task, options)));
}

/** YAML with a comment line above it for each line given. */
export function withComments(lines: readonly string[], yaml: string): string {
  return [...lines.map((line) => `# ${line.replaceAll(/[\s\p{Cc}]+/gu, ' ')}`), yaml].join('\n');
}
