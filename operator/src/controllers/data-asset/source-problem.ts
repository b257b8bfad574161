import { StalledError } from '../../runtime/index.ts';
import { reasonOf } from '../sessions.ts';
import type { AssetProfile } from './proxy-client.ts';

/** What to do about each fault of a source whose message does not say it. */
const FIXES: Readonly<Record<string, string>> = {
  SOURCE_UNREADABLE: 'put the file into the volume, or correct spec.source.file.path; the proxy reads as user 65532',
  SOURCE_OUTSIDE_ROOT: 'keep the file itself in the volume, not a link out of it',
  SOURCE_EMPTY: 'put a file with a header and at least one record in its place',
  SOURCE_ROW_BROKEN: 'mend the quotes or the number of fields of that line',
  SOURCE_COLUMN_MISSING: 'add the column to the file, or correct spec.columns[].name and spec.source.file.delimiter',
  SOURCE_HEADER_DUPLICATE: 'rename one of the columns in the file',
  SOURCE_CELL_TYPE: 'correct the value, or spec.columns[].type',
  SOURCE_NUL_BYTE: 'export the file as plain text',
};
const MOST_SHOWN = 5;

/** A broken source as the asset's condition: where, what and how to mend it. Nothing is published until it is mended. */
export function sourceProblem(problems: AssetProfile['problems']): StalledError | undefined {
  const [first] = problems;
  if (first === undefined) return undefined;
  const shown = problems.slice(0, MOST_SHOWN).map(({ message }) => message.replace(/\.$/, ''));
  const codes = new Set(problems.slice(0, MOST_SHOWN).map(({ code }) => code));
  const fixes = [...codes].flatMap((code) => FIXES[code] ?? []);
  const more = problems.length > MOST_SHOWN ? [`${problems.length - MOST_SHOWN} more`] : [];
  return new StalledError(reasonOf(first.code), `${[...shown, ...more].join('; ')}. ${fixes.length > 0 ? `To mend it: ${fixes.join('; ')}.` : ''}`.trim());
}
