import { FlowError } from '../error.ts';
import { isConstant, isFigure, isTruth, referencesOf, type Named } from '../expression/expression.ts';
import { operationsOf, parseProgramFormula } from '../expression/parse.ts';
import type { Program, ProgramLine } from './program.ts';
import { assertReadable, programError } from './program-error.ts';

const MOST_LINES = 64;
const MOST_FIGURES = 32;
const MOST_OPERATIONS = 200;
/** A name, or `reveal` and a name, and what it stands for. */
const LINE = /^\s*(?:(reveal)\s+)?([A-Za-z][A-Za-z0-9_]{0,63})\s*=(?!=)(.*)$/;
const RESERVED = ['and', 'or', 'not', 'reveal', 'abs', 'min', 'max', 'if', 'sum', 'mean', 'count'];

/**
 * Reads a program, such as
 *
 *     # How much is owed by those who owe much.
 *     high = debt / income > 0.4
 *     reveal share = count(high) / count(debt >= 0)
 *     reveal exposure = sum(if(high, balance, 0))
 *
 * A line names a formula, which later lines may use. Columns stand by their names alone, since the parties are not known when an
 * algorithm is registered. What is revealed is a figure of all rows, or follows from such.
 *
 * @throws FlowError EXPRESSION_INVALID naming the line
 */
export function parseProgram(source: string): Program {
  assertReadable(source);
  const named = new Map<string, Named>();
  const lines = source.split('\n').flatMap((text, index): ProgramLine[] => {
    const content = withoutComment(text);
    return content.trim() === '' ? [] : [readLine(content, `line ${index + 1}`, named)];
  });
  const columns = [...new Set(lines.flatMap(({ formula }) => referencesOf(formula).map(({ column }) => column)))];
  const figures = lines.filter(({ revealed }) => revealed).length;
  const operations = lines.reduce((sum, { formula }) => sum + operationsOf(formula), 0);
  const shadowed = columns.find((column) => named.has(column));
  if (lines.length > MOST_LINES) throw programError(`has ${lines.length} lines; at most ${MOST_LINES} are taken`);
  if (operations > MOST_OPERATIONS) throw programError(`has ${operations} operations; at most ${MOST_OPERATIONS} are taken`);
  if (shadowed !== undefined) throw programError(`${shadowed} is both a column and the name of a line; give the line another name`);
  if (figures === 0) throw programError('reveals nothing; begin a line with "reveal"');
  if (figures > MOST_FIGURES) throw programError(`reveals ${figures} figures; at most ${MOST_FIGURES} are taken`);
  return { lines, columns };
}

function readLine(text: string, at: string, named: Map<string, Named>): ProgramLine {
  const [, reveal, name = '', source = ''] = LINE.exec(text) ?? [];
  if (name === '') throw programError(`${at}: is no "name = formula" or "reveal name = formula"`);
  if (RESERVED.includes(name.toLowerCase())) throw programError(`${at}: ${name} is a word of the language; choose another name`);
  if (named.has(name)) throw programError(`${at}: ${name} is named twice`);
  try {
    // Places are counted in the line.
    const formula = parseProgramFormula(source.padStart(text.length), named);
    const whose = referencesOf(formula).find(({ party }) => party !== undefined);
    if (whose !== undefined) throw programError(`names the party ${whose.party ?? ''}; a program names columns alone, so that any parties can run it`);
    const [truth, figure, constant, revealed] = [isTruth(formula), isFigure(formula), isConstant(formula), reveal !== undefined];
    if (revealed && !figure) throw programError('would reveal a value of every row; reveal a sum, mean or count of it');
    if (revealed && constant) throw programError('reveals a constant');
    named.set(name, { kind: 'Named', name, truth, figure, constant });
    return { name, revealed, formula };
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    throw programError(`${at}: ${error.issues[0]?.message ?? error.message}`);
  }
}

/** A number sign begins a comment, outside of texts and quoted names. */
function withoutComment(text: string): string {
  return /^(?:[^#'"]|'[^']*'|"[^"]*")*/.exec(text)?.[0] ?? '';
}
