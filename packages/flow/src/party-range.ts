/** A number of parties between two bounds. */
export interface PartyRange {
  readonly minimum: number;
  readonly maximum: number;
}

export function isWithin({ minimum, maximum }: PartyRange, parties: number): boolean {
  return parties >= minimum && parties <= maximum;
}

/** `3 to 8`, or `2` where the bounds are the same. */
export function rangeText({ minimum, maximum }: PartyRange): string {
  return minimum === maximum ? String(minimum) : `${minimum} to ${maximum}`;
}
