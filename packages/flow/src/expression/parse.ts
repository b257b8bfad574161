import type { FlowError } from '../error.ts';
import { isConstant, isFigure, isTruth, referencesOf, type AggregateName, type BinarySign, type Expression, type FunctionName, type Named } from './expression.ts';
import { expressionError } from './expression-error.ts';
import { tokensOf, type Token } from './tokens.ts';

export const LONGEST_EXPRESSION = 1024;
const DEEPEST = 32;
const MOST_OPERATIONS = 100;
const FUNCTIONS: Readonly<Record<string, number>> = { abs: 1, min: 2, max: 2, if: 3 };
const COMPARISONS: Readonly<Record<string, BinarySign>> = { '=': '=', '==': '=', '<>': '<>', '!=': '<>', '<': '<', '<=': '<=', '>': '>', '>=': '>=' };
const AGGREGATES: Readonly<Record<AggregateName, number>> = { sum: 1, mean: 1, count: 1 };
const KEYWORDS = ['and', 'or', 'not'];

/**
 * Reads a formula such as `if(a.debt / b.income > 0.4 and sex = 'f', 1, 0)`. From weak to strong: or, and, not, comparisons, + and -, * and /, the sign.
 *
 * @throws FlowError EXPRESSION_INVALID naming the place, and where truths and numbers are mixed up
 */
export function parseExpression(source: string): Expression {
  if (source.length > LONGEST_EXPRESSION) throw expressionError(`is longer than ${LONGEST_EXPRESSION} characters`);
  const found = new Parser(tokensOf(source)).whole();
  const operations = operationsOf(found);
  if (operations > MOST_OPERATIONS) throw expressionError(`has ${operations} operations; at most ${MOST_OPERATIONS} are taken`);
  if (referencesOf(found).length === 0) throw expressionError('names no column');
  return found;
}

/**
 * Reads a line of a program, which may use what earlier lines have named, and figures of all rows.
 *
 * @throws FlowError EXPRESSION_INVALID
 */
export function parseProgramFormula(source: string, named: ReadonlyMap<string, Named>): Expression {
  return new Parser(tokensOf(source), named).whole();
}

/** Calls and figures of a formula; those of what it names are counted where it is named. */
export function operationsOf(expression: Expression): number {
  if (expression.kind === 'Aggregate') return 1 + operationsOf(expression.operand);
  return expression.kind === 'Call' ? expression.operands.reduce((sum, operand) => sum + operationsOf(operand), 1) : 0;
}

class Parser {
  #next = 0;
  #depth = 0;
  readonly #tokens: readonly Token[];
  readonly #named: ReadonlyMap<string, Named> | undefined;

  /** @param named of a program, which knows figures of all rows as well */
  constructor(tokens: readonly Token[], named?: ReadonlyMap<string, Named>) {
    this.#tokens = tokens;
    this.#named = named;
  }

  whole(): Expression {
    const found = this.#or();
    if (this.#token().kind !== 'End') throw this.#unexpected('a sign between two values, or the end');
    return found;
  }

  #or(): Expression {
    return this.#chain(['or'], () => this.#chain(['and'], () => this.#not()));
  }

  #not(): Expression {
    const token = this.#token();
    if (!this.#take('not')) return this.#comparison();
    return this.#deeper(() => call('not', [this.#not()], token));
  }

  #comparison(): Expression {
    const left = this.#sum();
    const token = this.#token();
    const sign = token.kind === 'Sign' ? COMPARISONS[token.text] : undefined;
    if (sign === undefined) return left;
    this.#next += 1;
    const right = this.#token();
    if (right.kind !== 'Text') return call(sign, [left, this.#sum()], token);
    this.#next += 1;
    if (left.kind !== 'Column' || (sign !== '=' && sign !== '<>')) throw expressionError(`at character ${right.at}: a text can only be compared with a column, by = or <>, the column first`);
    const test: Expression = { kind: 'Text', reference: left.reference, text: right.text };
    return sign === '=' ? test : { kind: 'Call', name: 'not', operands: [test] };
  }

  #sum(): Expression {
    return this.#chain(['+', '-'], () => this.#chain(['*', '/'], () => this.#signed()));
  }

  #signed(): Expression {
    const token = this.#token();
    return this.#take('-') ? this.#deeper(() => call('negative', [this.#signed()], token)) : this.#primary();
  }

  #primary(): Expression {
    const token = this.#token();
    if (this.#take('(')) {
      const inner = this.#deeper(() => this.#or());
      this.#expect(')');
      return inner;
    }
    this.#next += 1;
    if (token.kind === 'Number') return { kind: 'Number', decimal: token.text };
    const isName = token.kind === 'QuotedName' || (token.kind === 'Name' && !KEYWORDS.includes(token.text.toLowerCase()));
    if (!isName) {
      this.#next -= 1;
      throw this.#unexpected('a number, a column, a function or a parenthesis');
    }
    if (token.kind === 'Name' && this.#take('(')) return this.#function(token);
    const named = token.kind === 'Name' ? this.#named?.get(token.text) : undefined;
    if (named !== undefined) return named;
    if (!this.#take('.')) return { kind: 'Column', reference: { column: token.text } };
    const column = this.#token();
    if (column.kind !== 'Name' && column.kind !== 'QuotedName') throw this.#unexpected(`a column of ${token.text}`);
    this.#next += 1;
    return { kind: 'Column', reference: { party: token.text, column: column.text } };
  }

  #function(token: Token): Expression {
    const name = token.text.toLowerCase();
    const functions: Readonly<Record<string, number>> = this.#named === undefined ? FUNCTIONS : { ...FUNCTIONS, ...AGGREGATES };
    const wanted = functions[name];
    if (wanted === undefined) throw expressionError(`at character ${token.at}: there is no function ${token.text}; there are ${Object.keys(functions).join(', ')}`);
    const operands: Expression[] = [];
    do operands.push(this.#deeper(() => this.#or()));
    while (this.#take(','));
    this.#expect(')');
    if (operands.length !== wanted) throw expressionError(`at character ${token.at}: ${name} takes ${wanted} values, not ${operands.length}`);
    const [operand] = operands;
    return name in AGGREGATES && operand !== undefined ? aggregate(name as AggregateName, operand, token) : call(name as FunctionName, operands, token);
  }

  #chain(names: readonly BinarySign[], next: () => Expression): Expression {
    let left = next();
    for (;;) {
      const token = this.#token();
      const name = names.find((each) => this.#take(each));
      if (name === undefined) return left;
      left = call(name, [left, next()], token);
    }
  }

  #deeper<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw expressionError(`at character ${this.#token().at}: is nested more than ${DEEPEST} times`);
    const found = read();
    this.#depth -= 1;
    return found;
  }

  #token(): Token {
    const found = this.#tokens[Math.min(this.#next, this.#tokens.length - 1)];
    if (found === undefined) throw expressionError('is empty');
    return found;
  }

  /** Takes a sign or a keyword if it comes next. */
  #take(text: string): boolean {
    const { kind, text: next } = this.#token();
    const same = kind === 'Sign' ? next === text : kind === 'Name' && KEYWORDS.includes(text) && next.toLowerCase() === text;
    if (same) this.#next += 1;
    return same;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) throw this.#unexpected(`"${sign}"`);
  }

  #unexpected(wanted: string): FlowError {
    const { text, at } = this.#token();
    return expressionError(`at character ${at}: found ${text === 'the end' ? text : JSON.stringify(text)} where ${wanted} is expected`);
  }
}

/** @throws FlowError EXPRESSION_INVALID where a truth is wanted and a number given, and for what can never mean anything */
function call(name: BinarySign | FunctionName, operands: readonly Expression[], { at }: Token): Expression {
  const truths = name === 'and' || name === 'or' || name === 'not' ? operands : name === 'if' ? operands.slice(0, 1) : [];
  if (!truths.every(isTruth)) throw expressionError(`at character ${at}: ${name} takes what is true or false, such as a comparison, not a number`);
  if (operands.every(isConstant) && Object.values(COMPARISONS).includes(name as BinarySign)) throw expressionError(`at character ${at}: ${name} compares constants`);
  const [, divisor] = operands;
  if (name === '/' && divisor?.kind === 'Number' && Number(divisor.decimal) === 0) throw expressionError(`at character ${at}: divides by 0`);
  return { kind: 'Call', name, operands };
}

/** @throws FlowError EXPRESSION_INVALID for a figure of what is one already, and a count of numbers */
function aggregate(name: AggregateName, operand: Expression, { at }: Token): Expression {
  if (isFigure(operand)) throw expressionError(`at character ${at}: ${name} is about all rows and takes what each row has, not one figure`);
  if (name === 'count' && !isTruth(operand)) throw expressionError(`at character ${at}: count takes what is true or false of each row, such as a comparison`);
  return { kind: 'Aggregate', name, operand };
}
