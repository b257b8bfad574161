import { partOptions, type PartOptions } from '../bench/part-options.ts';
import type { LedgerPart } from './ledger-figures.ts';

/** Parts that need no cluster. */
const PARTS = ['throughput', 'growth', 'profile'] as const satisfies readonly LedgerPart[];

/** @throws HackError BAD_ARGUMENT that names the option */
export function benchLedgerOptions(args: readonly string[]): PartOptions<(typeof PARTS)[number]> {
  return partOptions(args, { parts: PARTS, sizes: ['rounds', 'calls', 'flows', 'orderers'], quick: ['--rounds', '1', '--calls', '20', '--flows', '4', '--orderers', '1'] });
}
