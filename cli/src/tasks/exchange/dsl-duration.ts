import { formatDuration } from '@collabnet/flow';

/** A length of time as the DSL writes it inline (duration, oneOf 1); every member a whole number. */
export interface DslDuration {
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
  readonly milliseconds?: number;
}

const UNITS = [
  { member: 'days', ms: 86_400_000 },
  { member: 'hours', ms: 3_600_000 },
  { member: 'minutes', ms: 60_000 },
  { member: 'seconds', ms: 1_000 },
  { member: 'milliseconds', ms: 1 },
] as const;

/** ISO 8601 §5.5.2.2 (the DSL's duration, oneOf 3) without years and months, whose length varies, and without fractions. */
const ISO = /^P(?!$)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

function split(ms: number): { member: (typeof UNITS)[number]['member']; count: number }[] {
  let rest = ms;
  return UNITS.flatMap(({ member, ms: unit }) => {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    return count === 0 ? [] : [{ member, count }];
  });
}

/** A length of time for the DSL. @param ms positive integer */
export function dslDuration(ms: number): DslDuration {
  return Object.fromEntries(split(ms).map(({ member, count }) => [member, count]));
}

/**
 * A duration of the DSL 1.0, inline or ISO 8601, as a ComputeTask writes it.
 *
 * @returns undefined for anything else: years, months, fractions, runtime expressions, nothing at all
 */
export function parseDslDuration(value: unknown): string | undefined {
  const ms = typeof value === 'string' ? isoMs(value) : inlineMs(value);
  return ms !== undefined && ms > 0 && Number.isSafeInteger(ms) ? formatDuration(ms) : undefined;
}

function isoMs(text: string): number | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part: string | undefined) => Number(part ?? 0));
  return ((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}

function inlineMs(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  let total = 0;
  for (const [member, count] of Object.entries(value)) {
    const unit = UNITS.find((each) => each.member === member);
    if (unit === undefined || typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0) return undefined;
    total += count * unit.ms;
  }
  return total;
}
