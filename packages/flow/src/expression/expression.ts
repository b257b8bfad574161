/** What two numbers or truths become. `=` and `<>` compare numbers; a text is compared by {@link Expression} of kind Text. */
export type BinarySign = '+' | '-' | '*' | '/' | '=' | '<>' | '<' | '<=' | '>' | '>=' | 'and' | 'or';
export type FunctionName = 'abs' | 'min' | 'max' | 'if' | 'not' | 'negative';

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
  | { readonly kind: 'Call'; readonly name: BinarySign | FunctionName; readonly operands: readonly Expression[] };

/** Columns that a formula names, each as often as it does. */
export function referencesOf(expression: Expression): ColumnReference[] {
  if (expression.kind === 'Call') return expression.operands.flatMap(referencesOf);
  return expression.kind === 'Number' ? [] : [expression.reference];
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
  }
}
