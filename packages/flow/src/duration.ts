import { FlowError } from './error.ts';

const UNITS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };
const WHOLE = /^(\d{1,9}(ms|d|h|m|s))+$/;
const PART = /(\d+)(ms|d|h|m|s)/g;

/**
 * Parses a duration such as `24h`, `1h30m` or `500ms`.
 *
 * @param text - whole numbers with the units d, h, m, s, ms, largest first
 * @param field - the name of the field for the message
 * @returns milliseconds, always a positive integer
 * @throws FlowError FLOW_INVALID (issue DURATION)
 */
export function parseDuration(text: string, field: string): number {
  let total = 0;
  if (WHOLE.test(text)) {
    for (const [, amount, unit] of text.matchAll(PART)) total += Number(amount) * (UNITS[unit ?? ''] ?? 0);
  }
  if (total <= 0 || !Number.isSafeInteger(total)) {
    throw new FlowError('FLOW_INVALID', [
      { field, code: 'DURATION', message: `"${text}" is no duration; write for example 24h or 1h30m` },
    ]);
  }
  return total;
}

/** The spelling of a duration by as few parts as there are: `24h` is written `1d`, 90 minutes `1h30m`. @param ms positive integer */
export function formatDuration(ms: number): string {
  let rest = ms;
  return Object.entries(UNITS)
    .map(([unit, size]) => {
      const amount = Math.floor(rest / size);
      rest -= amount * size;
      return amount === 0 ? '' : `${amount}${unit}`;
    })
    .join('');
}
