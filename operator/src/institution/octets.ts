const UNITS = ['', 'Ki', 'Mi', 'Gi', 'Ti'];

/** What {@link octetsOf} reads. */
export const OCTETS_PATTERN = /^([1-9]\d{0,5})(Ki|Mi|Gi|Ti)?$/;

/** Octets of a text such as `16Gi`, which the schema has checked. */
export function octetsOf(text: string): number {
  const [, digits = '0', unit = ''] = OCTETS_PATTERN.exec(text) ?? [];
  return Number(digits) * 1024 ** UNITS.indexOf(unit);
}
