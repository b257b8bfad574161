import { OPERATORS } from '@collabnet/flow';
import type { Finding, Path } from './finding.ts';
import { isMap } from './read-map.ts';
import { reasonIn, REFUSED_KINDS, REFUSED_OF_CALL } from './refusals.ts';
import { ARGUMENT_NAMES, CALL_PREFIX } from './workflow.ts';

/** An entry of `do` as a step of a ComputeTask, still unchecked; no step where it is none. */
export interface ReadCall {
  /** Where the step is written: `do[<i>].<name>`. */
  readonly place: Path;
  readonly step?: Readonly<Record<string, unknown>>;
  readonly findings: readonly Finding[];
  /** What of it has no place in a ComputeTask. */
  readonly leftOut: readonly string[];
}

/** Reads the `i`-th entry of `do`. */
export function readCall(entry: unknown, i: number): ReadCall {
  const at: Path = ['do', i];
  const names = isMap(entry) ? Object.keys(entry) : [];
  const [name, ...others] = names;
  if (!isMap(entry) || name === undefined || others.length > 0) {
    return refuse(at, [{ path: at, message: `must be a map with one member, the name of a step${names.length > 1 ? `; write each of ${names.join(', ')} as an entry of its own` : ''}` }]);
  }
  const place: Path = [...at, name];
  const task = entry[name];
  if (!isMap(task)) return refuse(place, [{ path: place, message: `must be a map with call and with` }]);
  const refused = Object.keys(task).flatMap((member): Finding[] => {
    const ofLoop = 'for' in task && (member === 'do' || member === 'while');
    if (ofLoop || member === 'call' || member === 'with' || member === 'metadata') return [];
    const why = reasonIn(REFUSED_KINDS, member) ?? reasonIn(REFUSED_OF_CALL, member);
    return [{ path: [...place, member], message: why ?? 'a call has no such member; there are call and with' }];
  });
  if (task['call'] === undefined) {
    return refuse(place, refused.length > 0 ? refused : [{ path: place, message: `has no call; write call: ${CALL_PREFIX}<Operator>` }]);
  }
  const operator = operatorOf(task['call']);
  const unknown = operator === undefined ? [{ path: [...place, 'call'], message: callMessage(task['call']) }] : [];
  const given = argumentsOf(task['with'], [...place, 'with']);
  const findings = [...refused, ...unknown, ...given.findings];
  const leftOut = task['metadata'] === undefined ? [] : [`metadata of step ${name}`];
  // A step whose operator nobody knows is checked no further.
  return operator === undefined || given.values === undefined ? refuse(place, findings) : { place, step: { name, operator, ...given.values }, findings, leftOut };
}

function refuse(place: Path, findings: readonly Finding[]): ReadCall {
  return { place, findings, leftOut: [] };
}

function operatorOf(call: unknown): string | undefined {
  return OPERATORS.find((name) => call === `${CALL_PREFIX}${name}`);
}

function callMessage(call: unknown): string {
  const choice = `one of ${OPERATORS.join(', ')}`;
  if (typeof call !== 'string') return `must be a text: ${CALL_PREFIX}<Operator>, ${choice}`;
  if (!call.startsWith(CALL_PREFIX)) return `${call} is no call that a step can make; write ${CALL_PREFIX}<Operator>, ${choice}`;
  return `there is no operator ${call.slice(CALL_PREFIX.length)}; write ${CALL_PREFIX} and ${choice}`;
}

function argumentsOf(value: unknown, at: Path): { readonly values?: Record<string, unknown>; readonly findings: readonly Finding[] } {
  if (!isMap(value)) return { findings: [{ path: at, message: value === undefined ? `is missing; write a map with ${ARGUMENT_NAMES.join(', ')}` : `must be a map with ${ARGUMENT_NAMES.join(', ')}` }] };
  const values: Record<string, unknown> = {};
  const findings: Finding[] = [];
  for (const [name, each] of Object.entries(value)) {
    if (ARGUMENT_NAMES.some((known) => known === name)) values[name] = each;
    else findings.push({ path: [...at, name], message: `there is no such member; there are ${ARGUMENT_NAMES.join(', ')}` });
  }
  return { values, findings };
}
