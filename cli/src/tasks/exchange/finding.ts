import { formatPath } from '@collabnet/flow';

/** Where something is in a file or an object: names of members and positions in lists. */
export type Path = readonly (string | number)[];

/** One thing that must be mended: where it is, and a message that says what to write instead. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
  /** Names a relation between members; a finding about one of the members says the same more exactly. */
  readonly coarse?: true;
}

/** Path of a text such as `steps[0].inputs[1].keys`, as {@link formatPath} writes it; empty for `(root)`. */
export function parsePath(text: string): Path {
  if (text === '(root)') return [];
  return [...text.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, position, member]) => (position === undefined ? (member ?? '') : Number(position)));
}

/** Whether `path` is `ancestor` or lies below it. */
export function isWithinPath(path: Path, ancestor: Path): boolean {
  return ancestor.every((part, i) => path[i] === part);
}

/** Each finding once; coarse ones only where nothing more exact was found. */
export function distinct(findings: readonly Finding[]): Finding[] {
  const exact = findings.filter(({ coarse }) => coarse !== true);
  const rest = findings.filter(({ coarse, path }) => coarse === true && !exact.some((each) => isWithinPath(each.path, path)));
  const seen = new Set<string>();
  return [...exact, ...rest].filter(({ path, message }) => {
    const told = `${formatPath(path)}: ${message}`;
    if (seen.has(told)) return false;
    seen.add(told);
    return true;
  });
}

/**
 * All findings as one text, a line each, in the order of the file.
 *
 * @param lineOf - line of a path in the file, from 1; undefined where it has none
 */
export function formatFindings(findings: readonly Finding[], lineOf: (path: Path) => number | undefined = () => undefined): string {
  return findings
    .map((finding) => ({ ...finding, line: lineOf(finding.path) }))
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
    .map(({ path, message, line }) => `  ${line === undefined ? '' : `line ${line}: `}${formatPath(path)}: ${message}`)
    .join('\n');
}
