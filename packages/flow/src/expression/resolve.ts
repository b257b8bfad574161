import type { ColumnReference } from './expression.ts';

export interface PartyColumn {
  readonly party: string;
  readonly column: string;
}

/** Reads `column` or `party.column` as it stands in a parameter. A column whose own name has a point is meant first. */
export function readReference(text: string, columns: readonly PartyColumn[]): ColumnReference {
  const point = text.indexOf('.');
  return point < 1 || columns.some(({ column }) => column === text) ? { column: text } : { party: text.slice(0, point), column: text.slice(point + 1) };
}

/** The columns that a reference can mean; it is sound if there is exactly one. */
export function columnsMeant({ party, column }: ColumnReference, columns: readonly PartyColumn[]): PartyColumn[] {
  return columns.filter((each) => each.column === column && (party === undefined || each.party === party));
}
