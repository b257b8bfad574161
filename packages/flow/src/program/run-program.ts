import { FlowError } from '../error.ts';
import type { BinarySign, Expression, FunctionName } from '../expression/expression.ts';
import type { Program } from './program.ts';

/** Values by column, equally many in each: what a party's rows hold, null where a value is absent. */
export type SampleColumns = ReadonlyMap<string, readonly (string | null)[]>;

export interface Figure {
  readonly name: string;
  readonly value: number;
}

/** One value for all rows, or one of each. True and false are 1 and 0. */
type Value = number | Float64Array;

/**
 * Runs a program in the clear over sample data (requirement 84): what the engines compute on shares, but for their rounding. As there,
 * a division by 0 gives 0.
 *
 * @throws FlowError EXPRESSION_INVALID naming the column, and the row from 1, that the program cannot use
 */
export function runProgram({ lines }: Program, columns: SampleColumns): Figure[] {
  const rows = [...columns.values()][0]?.length ?? 0;
  const named = new Map<string, Value>();
  const valueOf = (formula: Expression): Value => {
    switch (formula.kind) {
      case 'Number':
        return Number(formula.decimal);
      case 'Named':
        return named.get(formula.name) ?? 0;
      case 'Column':
        return numbersOf(formula.reference.column, columns);
      case 'Text':
        return Float64Array.from(columnOf(formula.reference.column, columns), (value) => Number(value === formula.text));
      case 'Aggregate': {
        const total = spread(valueOf(formula.operand), rows).reduce((sum, value) => sum + value, 0);
        return formula.name === 'mean' ? total / Math.max(1, rows) : total;
      }
      case 'Call':
        return each(CALLS[formula.name], formula.operands.map(valueOf), rows);
    }
  };
  return lines.flatMap(({ name, revealed, formula }): Figure[] => {
    const value = valueOf(formula);
    named.set(name, value);
    return revealed && typeof value === 'number' ? [{ name, value }] : [];
  });
}

const CALLS: Readonly<Record<BinarySign | FunctionName, (...operands: number[]) => number>> = {
  '+': (a = 0, b = 0) => a + b,
  '-': (a = 0, b = 0) => a - b,
  '*': (a = 0, b = 0) => a * b,
  '/': (a = 0, b = 0) => (b === 0 ? 0 : a / b),
  '=': (a, b) => Number(a === b),
  '<>': (a, b) => Number(a !== b),
  '<': (a = 0, b = 0) => Number(a < b),
  '<=': (a = 0, b = 0) => Number(a <= b),
  '>': (a = 0, b = 0) => Number(a > b),
  '>=': (a = 0, b = 0) => Number(a >= b),
  and: (a = 0, b = 0) => a * b,
  or: (a = 0, b = 0) => Math.max(a, b),
  not: (a = 0) => 1 - a,
  negative: (a = 0) => -a,
  abs: (a = 0) => Math.abs(a),
  min: (a = 0, b = 0) => Math.min(a, b),
  max: (a = 0, b = 0) => Math.max(a, b),
  if: (chosen = 0, yes = 0, no = 0) => (chosen === 1 ? yes : no),
};

function each(call: (...operands: number[]) => number, operands: readonly Value[], rows: number): Value {
  if (operands.every((operand) => typeof operand === 'number')) return call(...(operands as number[]));
  return Float64Array.from({ length: rows }, (_, row) => call(...operands.map((operand) => (typeof operand === 'number' ? operand : (operand[row] ?? 0)))));
}

function spread(value: Value, rows: number): Float64Array {
  return typeof value === 'number' ? new Float64Array(rows).fill(value) : value;
}

function columnOf(name: string, columns: SampleColumns): readonly (string | null)[] {
  const found = columns.get(name);
  if (found === undefined) throw sampleError(`there is no column ${name}; there are ${[...columns.keys()].join(', ') || 'none'}`);
  const missing = found.indexOf(null);
  if (missing >= 0) throw sampleError(`column ${name} has no value in row ${missing + 1}`);
  return found;
}

function numbersOf(name: string, columns: SampleColumns): Float64Array {
  return Float64Array.from(columnOf(name, columns), (text, row) => {
    const value = text === null || text.trim() === '' ? Number.NaN : Number(text);
    if (!Number.isFinite(value)) throw sampleError(`column ${name} holds no number in row ${row + 1}; a text can only be compared with a text`);
    return value;
  });
}

function sampleError(message: string): FlowError {
  return new FlowError('EXPRESSION_INVALID', [{ field: 'data', code: 'INPUT_COLUMN', message }]);
}
