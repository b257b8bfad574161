import type { Command } from 'commander';
import { countOption } from '../base/duration.ts';
import { CliError } from '../base/errors.ts';

export interface RangeOptions {
  readonly from?: string;
  readonly to?: string;
  readonly last?: string;
}

/** Adds `--from` and `--to`. */
export function withRange(command: Command): Command {
  return command.option('--from <height>', 'first height; 0, if absent').option('--to <height>', 'last height; the newest, if absent');
}

/** A height. @throws CliError USAGE naming what was given */
export function heightOption(name: string, value: string): number {
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw new CliError('USAGE', `${name} ${value}: write a height, a whole number from 0 on`);
}

/** The range as a query, `?` included; empty where none is given. @throws CliError USAGE */
export function rangeQuery({ from, to, last }: RangeOptions): string {
  if (last !== undefined && (from !== undefined || to !== undefined)) throw new CliError('USAGE', '--last: give either --last, or --from and --to');
  const [first, end] = [from === undefined ? undefined : heightOption('--from', from), to === undefined ? undefined : heightOption('--to', to)];
  if (first !== undefined && end !== undefined && end < first) throw new CliError('USAGE', `--to ${end}: lies before --from ${first}`);
  const query = new URLSearchParams();
  if (first !== undefined) query.set('from', String(first));
  if (end !== undefined) query.set('to', String(end));
  if (last !== undefined) query.set('last', String(countOption('--last', last)));
  return query.size === 0 ? '' : `?${query.toString()}`;
}
