import { API_VERSION, type ComputeTask, type ComputeTaskSpec } from '@collabnet/crds';
import type { FlowSpec } from '@collabnet/flow';
import { CliError } from '../../base/errors.ts';
import { checkTask } from './check-task.ts';
import { formatFindings, type Path } from './finding.ts';
import { readYaml, type YamlDocument } from './yaml-text.ts';

/** A ComputeTask that is about to be exported. */
export interface SourceTask {
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** With every default filled in. */
  readonly spec: ComputeTaskSpec;
  /** Its canonical specification: parameters with the operators' defaults, whole ids of assets. */
  readonly flow: FlowSpec;
  /** DID of the institution that proposed it; known only of a task in a cluster. */
  readonly proposer?: string | undefined;
}

/**
 * The only ComputeTask of a manifest file, which may hold other objects too.
 *
 * @param file - its name, for messages
 * @throws CliError FILE_FAILED (malformed, not a valid task: all findings with their lines), NOT_FOUND, AMBIGUOUS
 */
export function taskFromManifest(text: string, file: string): SourceTask {
  const tasks = readYaml(text, file).filter(({ value }) => (value as { kind?: unknown } | null)?.kind === 'ComputeTask');
  const [only, ...others] = tasks;
  if (only === undefined) throw new CliError('NOT_FOUND', `${file}: holds no object of kind ComputeTask; name the manifest of a task`);
  if (others.length > 0) throw new CliError('AMBIGUOUS', `${file}: holds ${tasks.length} ComputeTasks; keep one of them in a file of its own`);
  return sourceTask(only.value, file, only.lineOf);
}

/**
 * A ComputeTask as it is stored in a cluster or written in a manifest.
 *
 * @param from - where it comes from, for messages
 * @throws CliError FILE_FAILED when it is not valid, with all findings
 */
export function sourceTask(object: unknown, from: string, lineOf?: YamlDocument['lineOf']): SourceTask {
  const { apiVersion, metadata, spec, status } = object as Partial<ComputeTask>;
  const checked = checkTask(spec);
  const findings = [
    ...(apiVersion === API_VERSION ? [] : [{ path: ['apiVersion'] as Path, message: `must be ${API_VERSION}` }]),
    ...(typeof metadata?.name === 'string' && metadata.name !== '' ? [] : [{ path: ['metadata', 'name'] as Path, message: 'is missing; add it' }]),
    ...(checked.ok ? [] : checked.findings.map((finding) => ({ ...finding, path: ['spec', ...finding.path] }))),
  ];
  if (!checked.ok || findings.length > 0 || metadata === undefined) throw new CliError('FILE_FAILED', `${from}: is no valid ComputeTask; correct\n${formatFindings(findings, lineOf)}`);
  return { name: metadata.name, namespace: metadata.namespace, labels: metadata.labels ?? {}, spec: checked.spec, flow: checked.flow, proposer: status?.proposer };
}
