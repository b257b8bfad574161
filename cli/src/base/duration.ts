import { parseDuration } from '@collabnet/flow';
import { CliError } from './errors.ts';

/** Milliseconds of `30d`, `1h30m`. @throws CliError USAGE naming the option */
export function durationOption(option: string, value: string): number {
  try {
    return parseDuration(value, option);
  } catch (cause) {
    throw new CliError('USAGE', `${option} ${value}: write a duration such as 90s, 24h or 30d`, { cause });
  }
}

/** Milliseconds since 1970 of an RFC 3339 time or a date. @throws CliError USAGE naming the option */
export function timeOption(option: string, value: string): number {
  const time = /^\d{4}-\d{2}-\d{2}([T ].*)?$/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw new CliError('USAGE', `${option} ${value}: write a time such as 2026-12-31T00:00:00Z or 2026-12-31`);
  return time;
}

/** A whole number of at least one. @throws CliError USAGE naming the option */
export function countOption(option: string, value: string): number {
  const count = Number(value);
  if (!Number.isSafeInteger(count) || count < 1) throw new CliError('USAGE', `${option} ${value}: write a whole number of at least 1`);
  return count;
}
