import type { ColumnDefinition } from './asset-definition.ts';
import type { Cell } from './connector.ts';

/** Turns the text of a cell into its canonical spelling; undefined: not of the type. */
export type CellParser = (text: string) => Cell | undefined;

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/**
 * The parser of a column. Empty text is null for every type. Canonical: integers without sign `+` and leading zeros,
 * in 64 bit; decimals as exact text without leading and trailing zeros (no exponent, no thousands separators, never
 * through a float); dates `YYYY-MM-DD` (read from that, `YYYY/M/D` and `YYYYMMDD`); booleans `true` and `false` (read
 * also from `1`, `0`, any case). Strings, and identifiers of every type, stay as they are: no trimming, no folding.
 */
export function cellParser(column: Pick<ColumnDefinition, 'type' | 'role'>): CellParser {
  const parse = column.role === 'Identifier' ? identity : parsers[column.type];
  return (text) => (text === '' ? null : parse(text));
}

const identity: CellParser = (text) => text;

const parsers: Record<ColumnDefinition['type'], CellParser> = {
  String: identity,
  Integer: parseInteger,
  Decimal: parseDecimal,
  Date: parseDate,
  Boolean: parseBoolean,
};

function parseInteger(text: string): Cell | undefined {
  if (!/^[+-]?\d{1,40}$/.test(text)) return undefined;
  // Up to 15 digits fit a double exactly, which is ten times quicker than BigInt.
  if (text.length <= 15) return String(Number(text) + 0 || 0);
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return value > INT64_MAX || value < INT64_MIN ? undefined : value.toString();
}

function parseDecimal(text: string): Cell | undefined {
  const match = /^([+-]?)(\d{0,200})(?:\.(\d{0,200}))?$/.exec(text);
  if (!match) return undefined;
  const [, sign = '', whole = '', fraction = ''] = match;
  if (whole === '' && fraction === '') return undefined;
  const left = whole.replace(/^0+/, '') || '0';
  const right = fraction.replace(/0+$/, '');
  const plain = right === '' ? left : `${left}.${right}`;
  return sign === '-' && plain !== '0' ? `-${plain}` : plain;
}

function parseDate(text: string): Cell | undefined {
  const match = /^(\d{4})(?:-(\d{1,2})-(\d{1,2})|\/(\d{1,2})\/(\d{1,2})|(\d{2})(\d{2}))$/.exec(text);
  if (!match) return undefined;
  const year = Number(match[1]);
  const month = Number(match[2] ?? match[4] ?? match[6]);
  const day = Number(match[3] ?? match[5] ?? match[7]);
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return undefined;
  return `${match[1]}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function parseBoolean(text: string): Cell | undefined {
  const lower = text.toLowerCase();
  if (lower === 'true' || lower === '1') return 'true';
  return lower === 'false' || lower === '0' ? 'false' : undefined;
}
