import { assertReadable, programError } from './program-error.ts';

/** Comments, texts and quoted names of SQL: what stands in them is no statement. */
const PARTS = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]/g;

/**
 * Whether a text can be one query: a single SELECT, also one that begins with WITH. Whether its tables and columns exist shows only
 * where a task gives them; the engine lets it read these tables and nothing else, whatever it says.
 *
 * @throws FlowError EXPRESSION_INVALID
 */
export function checkQuery(source: string): void {
  assertReadable(source);
  const bare = source.replaceAll(PARTS, ' ').trim().replace(/;\s*$/, '');
  if (/['"`]|\/\*/.test(bare)) throw programError('has a text, a name or a comment that does not end');
  if (bare.includes(';')) throw programError('has several statements; a query is one');
  if (!/^(select|with)\b/i.test(bare)) throw programError('is no query: it begins with SELECT or WITH');
}
