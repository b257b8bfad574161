import { parseArgs } from 'node:util';
import { HackError } from '../lib/hack-error.ts';
import type { LedgerPart } from './ledger-figures.ts';

/** Parts that need no cluster. */
const PARTS = ['throughput', 'growth', 'profile'] as const satisfies readonly LedgerPart[];
const QUICK = ['--rounds', '1', '--calls', '20', '--flows', '4', '--orderers', '1'];
const SIZES = ['rounds', 'calls', 'flows', 'orderers'] as const;
const USAGE = `usage: main.ts [--quick] [--parts ${PARTS.join(',')}] ${SIZES.map((name) => `[--${name} …]`).join(' ')}`;

export interface BenchLedgerOptions {
  readonly parts: readonly (typeof PARTS)[number][];
  /** Handed on to the program that measures. */
  readonly sizes: readonly string[];
  /** For work on the bench itself: everything small, and the document goes to standard output. */
  readonly quick: boolean;
}

/** @throws HackError BAD_ARGUMENT that names the option */
export function benchLedgerOptions(args: readonly string[]): BenchLedgerOptions {
  const values = parsed(args);
  const parts = (values['parts'] ?? PARTS.join(',')).toString().split(',').map(partOf);
  const given = SIZES.flatMap((name) => (values[name] === undefined ? [] : [`--${name}`, String(values[name])]));
  return { parts, sizes: given.length === 0 && values['quick'] === true ? QUICK : given, quick: values['quick'] === true };
}

function parsed(args: readonly string[]): Record<string, string | boolean | undefined> {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({ args: [...args], options: { parts: text, quick: { type: 'boolean' }, ...Object.fromEntries(SIZES.map((name) => [name, text])) } }).values;
  } catch (cause) {
    throw new HackError('BAD_ARGUMENT', `${(cause as Error).message}\n${USAGE}`, { cause });
  }
}

function partOf(name: string): (typeof PARTS)[number] {
  const part = PARTS.find((each) => each === name);
  if (part === undefined) throw new HackError('BAD_ARGUMENT', `--parts ${name}: there is no such part\n${USAGE}`);
  return part;
}
