import { API_VERSION, type ComputeTaskSpec } from '@collabnet/crds';
import { formatPath } from '@collabnet/flow';
import { CliError } from '../../base/errors.ts';
import { checkTask } from './check-task.ts';
import { parseDslDuration } from './dsl-duration.ts';
import { distinct, formatFindings, parsePath, type Finding, type Path } from './finding.ts';
import { readCall } from './read-call.ts';
import { readDocument, TERMS_AT } from './read-document.ts';
import { expressions, isMap } from './read-map.ts';
import { reasonIn, REFUSED_OF_WORKFLOW } from './refusals.ts';
import { readYaml } from './yaml-text.ts';

/** A manifest for `kubectl apply`, and what of the workflow it does not hold. */
export interface ImportedTask {
  readonly manifest: { readonly apiVersion: string; readonly kind: 'ComputeTask'; readonly metadata: { readonly name: string }; readonly spec: ComputeTaskSpec };
  readonly leftOut: readonly string[];
}

/**
 * A file in the subset of the Serverless Workflow DSL (see Workflow) as a ComputeTask, every default written out.
 *
 * @param file - its name, for messages
 * @throws CliError FILE_FAILED when it is malformed or no valid task, with all findings, each with its line and its path in the file
 */
export function fromWorkflow(text: string, file: string): ImportedTask {
  const [only, ...others] = readYaml(text, file);
  if (only === undefined || others.length > 0) throw new CliError('FILE_FAILED', `${file}: must hold one workflow, not ${others.length === 0 ? 'none' : others.length + 1}`);
  const read = readWorkflow(only.value);
  if ('findings' in read) throw new CliError('FILE_FAILED', `${file}: is no workflow that can become a ComputeTask; correct\n${formatFindings(read.findings, only.lineOf)}`);
  return read;
}

function readWorkflow(value: unknown): ImportedTask | { readonly findings: readonly Finding[] } {
  if (!isMap(value)) return { findings: [{ path: [], message: 'must be a map with document, timeout and do' }] };
  const document = readDocument(value['document']);
  const list: readonly unknown[] = Array.isArray(value['do']) ? (value['do'] as unknown[]) : [];
  const calls = list.map(readCall);
  const timeout = timeoutOf(value['timeout']);
  const steps = calls.flatMap(({ step, place }) => (step === undefined ? [] : [{ step, place }]));
  const whole = list.length > 0 && steps.length === list.length;
  const spec = { ...document.spec, ...timeout.spec, steps: steps.map(({ step }) => step) };
  const checked = checkTask(spec, whole);
  const places = steps.map(({ place }) => place);
  const refused = [...ofWorkflow(value), ...document.findings, ...timeout.findings, ...calls.flatMap((call) => call.findings)];
  const unfit = [...refused, ...expressions(spec, []).map((finding) => inFile(finding, places))];
  const said = new Set(unfit.map(({ path }) => formatPath(path)));
  // Where steps are missing that could not be read, nothing can be said of the list.
  if (!whole) said.add('do');
  const faulty = checked.ok ? [] : checked.findings.map((finding) => inFile(finding, places)).filter(({ path }) => !said.has(formatPath(path)));
  const findings = distinct([...unfit, ...faulty]);
  if (findings.length > 0 || !checked.ok) return { findings };
  const manifest = { apiVersion: API_VERSION, kind: 'ComputeTask' as const, metadata: { name: document.name }, spec: checked.spec };
  return { manifest, leftOut: [...document.leftOut, ...calls.flatMap((call) => call.leftOut)] };
}

function ofWorkflow(value: Readonly<Record<string, unknown>>): Finding[] {
  const findings = Object.keys(value).flatMap((name): Finding[] => {
    if (name === 'document' || name === 'timeout' || name === 'do') return [];
    return [{ path: [name], message: reasonIn(REFUSED_OF_WORKFLOW, name) ?? 'there is no such member; there are document, timeout, do' }];
  });
  if (Array.isArray(value['do']) && value['do'].length > 0) return findings;
  const wrong = value['do'] === undefined ? 'is missing; write' : 'must be';
  return [...findings, { path: ['do'], message: `${wrong} a list of steps, each a map of its name and its call` }];
}

function timeoutOf(value: unknown): { readonly spec: { readonly timeout?: string }; readonly findings: readonly Finding[] } {
  if (value === undefined) return { spec: {}, findings: [] };
  const after = isMap(value) ? value['after'] : undefined;
  const timeout = parseDslDuration(after);
  if (timeout !== undefined && isMap(value) && Object.keys(value).length === 1) return { spec: { timeout }, findings: [] };
  const message = 'must be a length of time such as { hours: 2 } or PT2H, in days or smaller units, and nothing else';
  return { spec: {}, findings: [{ path: isMap(value) ? ['timeout', 'after'] : ['timeout'], message: isMap(value) ? message : `must be a map with after, which ${message}` }] };
}

/** A finding about the spec of a ComputeTask as one about the file it was read from. @param places where each step is written */
function inFile({ path, message, coarse }: Finding, places: readonly Path[]): Finding {
  const told = message.replaceAll('spec.parties', formatPath([...TERMS_AT, 'parties'])).replaceAll(/\bsteps\[\d+\][\w.[\]-]*/g, (text) => formatPath(pathInFile(parsePath(text), places)));
  return { path: pathInFile(path, places), message: told, ...(coarse === true ? { coarse } : {}) };
}

function pathInFile(path: Path, places: readonly Path[]): Path {
  const [first, second, third, ...rest] = path;
  if (first === undefined) return [];
  if (first === 'networkRef') return [...TERMS_AT, 'network'];
  if (first === 'timeout' || first === 'timeoutMs') return ['timeout', 'after'];
  if (first === 'approvalTimeoutMs') return [...TERMS_AT, 'approvalTimeout'];
  if (first === 'runId') return [...TERMS_AT, 'runID'];
  if (first !== 'steps') return [...TERMS_AT, ...path];
  const place = typeof second === 'number' ? places[second] : undefined;
  if (place === undefined) return ['do'];
  if (third === undefined || third === 'name') return place;
  return third === 'operator' ? [...place, 'call'] : [...place, 'with', third, ...rest];
}
