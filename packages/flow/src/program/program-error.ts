import { FlowError } from '../error.ts';

/** What is wrong with the text that an algorithm brings. */
export function programError(message: string): FlowError {
  return new FlowError('EXPRESSION_INVALID', [{ field: 'program', code: 'PARAMETER', message }]);
}

/** Characters of a program; it stands in the algorithm's record on the ledger. */
export const LONGEST_PROGRAM = 4096;

/**
 * Refuses what a person could not read as it runs: too long a text, or characters that cannot be seen.
 *
 * @throws FlowError EXPRESSION_INVALID naming the line
 */
export function assertReadable(source: string): void {
  if (source.length > LONGEST_PROGRAM) throw programError(`is longer than ${LONGEST_PROGRAM} characters`);
  const hidden = /[^\P{C}\n\t]/u.exec(source);
  if (hidden === null) return;
  const code = (hidden[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  throw programError(`line ${source.slice(0, hidden.index).split('\n').length}: has a character that cannot be seen (U+${code})`);
}
