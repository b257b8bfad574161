import { expressionError } from './expression-error.ts';

export interface Token {
  readonly kind: 'Number' | 'Name' | 'QuotedName' | 'Text' | 'Sign' | 'End';
  readonly text: string;
  /** Place of its first character, from 1. */
  readonly at: number;
}

const PATTERN = /\s*(?:(?<Number>\d+(?:\.\d+)?)|(?<Name>[\p{L}_][\p{L}\p{N}_]*)|"(?<QuotedName>[^"]+)"|'(?<Text>(?:[^']|'')*)'|(?<Sign><=|>=|<>|!=|==|[-+*/()<>=,.]))/uy;
const NUMBER = /^\d{1,12}(\.\d{1,12})?$/;

/** @throws FlowError EXPRESSION_INVALID at the first character that begins nothing */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(PATTERN);
  const end = source.trimEnd().length;
  while (pattern.lastIndex < end) {
    const start = pattern.lastIndex;
    const groups = pattern.exec(source)?.groups;
    const at = start + (source.slice(start).match(/^\s*/)?.[0].length ?? 0) + 1;
    if (groups === undefined) throw expressionError(`at character ${at}: ${JSON.stringify(source.charAt(at - 1))} begins neither a number nor a column, text or sign`);
    const [kind, text] = Object.entries(groups).find(([, value]) => value !== undefined) as [Exclude<Token['kind'], 'End'>, string];
    if (kind === 'Number' && !NUMBER.test(text)) throw expressionError(`at character ${at}: a number has at most 12 digits before and after its point`);
    tokens.push({ kind, text: kind === 'Text' ? text.replaceAll("''", "'") : text, at });
  }
  return [...tokens, { kind: 'End', text: 'the end', at: end + 1 }];
}
