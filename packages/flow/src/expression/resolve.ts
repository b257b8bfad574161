import type { ColumnReference } from './expression.ts';

export interface PartyColumn {
  readonly party: string;
  readonly column: string;
}

/** Reads `column` or `party.column` as it stands in a parameter. As the engines do, a party's column is meant before one whose own name has a point. */
export function readReference(text: string, columns: readonly PartyColumn[]): ColumnReference {
  const whole = columns.find(({ party, column }) => `${party}.${column}` === text);
  return whole ?? { column: text };
}

/** The columns that a reference can mean; it is sound if there is exactly one. */
export function columnsMeant({ party, column }: ColumnReference, columns: readonly PartyColumn[]): PartyColumn[] {
  return columns.filter((each) => each.column === column && (party === undefined || each.party === party));
}
