import { stringify } from 'yaml';
import { CliError } from './errors.ts';
import type { Io } from './io.ts';

export type Format = 'table' | 'json' | 'yaml';

/** Checks the value of `-o`. @throws CliError USAGE */
export function parseFormat(value: string): Format {
  if (value === 'table' || value === 'json' || value === 'yaml') return value;
  throw new CliError('USAGE', `-o ${value}: use table, json or yaml`);
}

/** Prints data for programs, or the text for people. */
export function print(io: Io, format: Format, data: unknown, text: () => string): void {
  if (format === 'json') io.out(JSON.stringify(data, null, 2));
  else if (format === 'yaml') io.out(toYaml(data));
  else io.out(text());
}

export function toYaml(data: unknown): string {
  return stringify(data, { lineWidth: 0, aliasDuplicateObjects: false });
}
