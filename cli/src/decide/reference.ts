import { CliError } from '../base/errors.ts';

/** What `KIND/NAME` names. */
export type Reference =
  | { readonly kind: 'Flow'; readonly task: string }
  | { readonly kind: 'Membership'; readonly id: string }
  | { readonly kind: 'Algorithm'; readonly name: string; readonly version: string }
  | { readonly kind: 'Person'; readonly participant: string };

const KINDS: Record<string, Reference['kind'] | 'Grant'> = {
  task: 'Flow',
  ctask: 'Flow',
  computetask: 'Flow',
  computetasks: 'Flow',
  flow: 'Flow',
  join: 'Membership',
  membership: 'Membership',
  algorithm: 'Algorithm',
  person: 'Person',
  participantdid: 'Person',
  pdid: 'Person',
  grant: 'Grant',
};

/**
 * Reads `NAME`, `task/NAME`, `join/ID`, `algorithm/NAME@VERSION` (or `algorithm/NAME/VERSION`) or `person/NAME`.
 *
 * @throws CliError USAGE
 */
export function parseReference(text: string): Reference {
  const slash = text.indexOf('/');
  if (slash < 0) return { kind: 'Flow', task: required(text, text) };
  const kind = KINDS[text.slice(0, slash).toLowerCase()];
  const rest = required(text.slice(slash + 1), text);
  switch (kind) {
    case 'Flow':
      return { kind, task: rest };
    case 'Membership':
      return { kind, id: rest };
    case 'Person':
      return { kind, participant: rest };
    case 'Algorithm':
      return { kind, ...parseAlgorithm(rest) };
    case 'Grant':
      throw new CliError('USAGE', 'a grant is signed when it is made: kubectl collabnet grant create ASSET …');
    default:
      throw new CliError('USAGE', `${text}: the kind must be task, join, algorithm or person`);
  }
}

/** Reads `NAME@VERSION` or `NAME/VERSION`. @throws CliError USAGE */
export function parseAlgorithm(text: string): { name: string; version: string } {
  const [name, version, ...more] = text.split(/[@/]/);
  if (name === undefined || version === undefined || name === '' || version === '' || more.length > 0) {
    throw new CliError('USAGE', `${text}: write an algorithm as NAME@VERSION, e.g. psi@1.0.0`);
  }
  return { name, version };
}

function required(value: string, text: string): string {
  if (value === '') throw new CliError('USAGE', `'${text}': a name is missing`);
  return value;
}
