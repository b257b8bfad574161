/** What two numbers or truths become. `=` and `<>` compare numbers; a text is compared by {@link Expression} of kind Text. */
export type BinarySign = '+' | '-' | '*' | '/' | '=' | '<>' | '<' | '<=' | '>' | '>=' | 'and' | 'or';
export type FunctionName = 'abs' | 'min' | 'max' | 'if' | 'not' | 'negative';
/** `count` is of rows for which a truth holds. */
export type AggregateName = 'sum' | 'mean' | 'count';

/** A column as it is written: its name, or `party.column`. */
export interface ColumnReference {
  readonly party?: string;
  readonly column: string;
}

/** A formula over columns of several parties (requirement 101). Truths count as 1 and 0 where a number is wanted. */
export type Expression =
  | { readonly kind: 'Number'; readonly decimal: string }
  | { readonly kind: 'Column'; readonly reference: ColumnReference }
  /** Whether a column with texts holds this one. */
  | { readonly kind: 'Text'; readonly reference: ColumnReference; readonly text: string }
  | { readonly kind: 'Call'; readonly name: BinarySign | FunctionName; readonly operands: readonly Expression[] }
  /** One figure of all rows; in programs only. */
  | { readonly kind: 'Aggregate'; readonly name: AggregateName; readonly operand: Expression }
  | Named;

/** What an earlier line of a program has named. It says what it is without its formula, which others may name as well. */
export interface Named {
  readonly kind: 'Named';
  readonly name: string;
  /** True or false, rather than a number. */
  readonly truth: boolean;
  /** One value for all rows. */
  readonly figure: boolean;
  /** Made of numbers alone. */
  readonly constant: boolean;
}

/** Columns that a formula names itself, each as often as it does. */
export function referencesOf(expression: Expression): ColumnReference[] {
  switch (expression.kind) {
    case 'Number':
      return [];
    case 'Column':
    case 'Text':
      return [expression.reference];
    case 'Call':
      return expression.operands.flatMap(referencesOf);
    case 'Aggregate':
      return referencesOf(expression.operand);
    case 'Named':
      return [];
  }
}

/** Whether a formula is true or false, rather than a number. */
export function isTruth(expression: Expression): boolean {
  if (expression.kind === 'Named') return expression.truth;
  if (expression.kind !== 'Call') return expression.kind === 'Text';
  return ['=', '<>', '<', '<=', '>', '>=', 'and', 'or', 'not'].includes(expression.name);
}

/** Whether a formula is made of numbers alone. */
export function isConstant(expression: Expression): boolean {
  if (expression.kind === 'Named') return expression.constant;
  return expression.kind === 'Number' || (expression.kind === 'Call' && expression.operands.every(isConstant));
}

/** Whether a formula has one value for all rows: a number, a figure of all rows, and what follows from such. */
export function isFigure(expression: Expression): boolean {
  switch (expression.kind) {
    case 'Number':
    case 'Aggregate':
      return true;
    case 'Column':
    case 'Text':
      return false;
    case 'Call':
      return expression.operands.every(isFigure);
    case 'Named':
      return expression.figure;
  }
}

/** A formula with `resolve` applied to its columns, as nested lists, the form in which an engine takes it. */
export function toLists(expression: Expression, resolve: (reference: ColumnReference) => { party: string; column: string }): unknown[] {
  switch (expression.kind) {
    case 'Number':
      return ['number', expression.decimal];
    case 'Column': {
      const { party, column } = resolve(expression.reference);
      return ['column', party, column];
    }
    case 'Text': {
      const { party, column } = resolve(expression.reference);
      return ['text', party, column, expression.text];
    }
    case 'Call':
      return [expression.name, ...expression.operands.map((operand) => toLists(operand, resolve))];
    case 'Aggregate':
      return [expression.name, toLists(expression.operand, resolve)];
    case 'Named':
      return ['named', expression.name];
  }
}
