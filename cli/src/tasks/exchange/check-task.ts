import { computeTaskSpecSchema, type ComputeTaskSpec } from '@collabnet/crds';
import { FlowError, flowSpecFromTask, OPERATOR_CATALOGUE, OPERATORS, parseDuration, type FlowSpec } from '@collabnet/flow';
import { distinct, parsePath, type Finding, type Path } from './finding.ts';
import { fillDefaults, nodeAt, taskSpecSchema, unknownMembers } from './task-schema.ts';

/** A task that can be applied, or everything that keeps it from being one; paths are those of the spec. */
export type CheckedTask =
  | { readonly ok: true; readonly spec: ComputeTaskSpec; readonly flow: FlowSpec }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/**
 * Checks the spec of a ComputeTask as the API server and the operator will: members nobody knows, shape and rules of the
 * kind (computeTaskSpecSchema), parameters, and the task as a whole (flowSpecFromTask) as soon as its shape allows. All findings at once.
 *
 * @param whole - false while steps are missing that could not be read: then nothing is said about how the steps go together
 */
export function checkTask(value: unknown, whole = true): CheckedTask {
  const parsed = computeTaskSpecSchema.safeParse(value);
  const shape = parsed.success ? [] : parsed.error.issues.map(findingOf(value));
  const members = [...unknownMembers(value), ...unknownParameters(value)];
  const exact = shape.filter(({ coarse }) => coarse !== true);
  // Relations between members can be judged only once each of them has its shape.
  if (exact.length > 0) return { ok: false, findings: distinct([...exact, ...members]) };
  if (!whole) return { ok: false, findings: distinct([...members, ...shape]) };
  const spec = parsed.success ? parsed.data : (fillDefaults(value) as ComputeTaskSpec);
  const times = durations(spec);
  const together = checkWhole(times.length === 0 ? spec : { ...spec, approvalTimeout: '1h', timeout: '1h' });
  const findings = distinct([...members, ...times, ...(together.ok ? [] : together.findings), ...shape]);
  return findings.length === 0 && together.ok ? { ok: true, spec, flow: together.flow } : { ok: false, findings };
}

function checkWhole(spec: ComputeTaskSpec): { readonly ok: true; readonly flow: FlowSpec } | { readonly ok: false; readonly findings: readonly Finding[] } {
  try {
    return { ok: true, flow: flowSpecFromTask(spec) };
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    return { ok: false, findings: error.issues.map(({ field, message }) => ({ path: parsePath(field), message })) };
  }
}

function durations(spec: ComputeTaskSpec): Finding[] {
  return (['approvalTimeout', 'timeout'] as const).flatMap((field): Finding[] => {
    try {
      parseDuration(spec[field], field);
      return [];
    } catch (error) {
      return [{ path: [field], message: error instanceof FlowError ? (error.issues[0]?.message ?? error.message) : String(error) }];
    }
  });
}

/** Names of parameters that the step's operator does not have; the kind knows those of all operators together. */
function unknownParameters(value: unknown): Finding[] {
  const steps = (value as { steps?: unknown } | null | undefined)?.steps;
  if (!Array.isArray(steps)) return [];
  return steps.flatMap((step: { operator?: unknown; parameters?: unknown } | null, s): Finding[] => {
    const operator = OPERATORS.find((name) => name === step?.operator);
    if (operator === undefined || typeof step?.parameters !== 'object' || step.parameters === null) return [];
    const known = Object.keys(OPERATOR_CATALOGUE[operator].parameters.shape);
    return Object.keys(step.parameters)
      .filter((name) => !known.includes(name))
      .map((name) => ({ path: ['steps', s, 'parameters', name], message: `${operator} has no such parameter; it has ${known.join(', ') || 'none'}` }));
  });
}

interface ZodIssue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly expected?: string;
  readonly values?: readonly unknown[];
}

/** An issue of the schema in words: what is missing, or what is wrong and what the member is for. */
function findingOf(value: unknown): (issue: ZodIssue) => Finding {
  return ({ code, path: raw, message, expected, values }) => {
    const path: Path = raw.map((part) => (typeof part === 'number' ? part : String(part)));
    if (code === 'custom') return { path, message, coarse: true };
    const found = path.reduce<unknown>((at, part) => (at as Record<string | number, unknown> | undefined)?.[part], value);
    const meaning = nodeAt(taskSpecSchema(), path)?.description?.split(/\.(?: (?=[A-Z])|$)/)[0];
    const means = meaning === undefined ? '' : ` (${meaning})`;
    if (found === undefined) return { path, message: `is missing; add it${means}` };
    if (code === 'invalid_type') return { path, message: `must be ${article(expected ?? 'something else')}${means}` };
    if (values !== undefined) return { path, message: `must be one of ${values.join(', ')}` };
    return { path, message: `${message.replace(/^Invalid string: /, '')}${means}` };
  };
}

function article(word: string): string {
  const known: Readonly<Record<string, string>> = { array: 'list', object: 'map', int: 'whole number', boolean: 'true or false', string: 'text' };
  const text = known[word] ?? word;
  return text === 'true or false' ? text : `a ${text}`;
}

