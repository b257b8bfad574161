import { parseArgs } from 'node:util';
import { HackError } from '../lib/hack-error.ts';
import { SCALE_PARTS, type ScalePart } from './scale-notes.ts';

export interface BenchScaleOptions {
  readonly parts: readonly ScalePart[];
  /** Handed on to `operator/dist/scale/main.js`. */
  readonly sizes: readonly string[];
  /** For work on the bench itself: everything small, and the document goes to standard output. */
  readonly quick: boolean;
}

const SIZES = ['sizes', 'on-ledger', 'tasks', 'rate-minutes', 'cuts', 'churn-minutes', 'kills', 'objects'] as const;
const QUICK = ['--sizes', '20,40', '--on-ledger', '20', '--tasks', '20', '--rate-minutes', '0.2', '--cuts', '3', '--churn-minutes', '0.3', '--kills', '1', '--objects', '10'];
const USAGE = `usage: main.ts [--quick] [--parts ${SCALE_PARTS.join(',')}] ${SIZES.map((name) => `[--${name} …]`).join(' ')}`;

/** @throws HackError BAD_ARGUMENT that names the option */
export function benchScaleOptions(args: readonly string[]): BenchScaleOptions {
  const values = parsed(args);
  const parts = (values['parts'] ?? SCALE_PARTS.join(',')).toString().split(',').map(partOf);
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

function partOf(name: string): ScalePart {
  const part = SCALE_PARTS.find((each) => each === name);
  if (part === undefined) throw new HackError('BAD_ARGUMENT', `--parts ${name}: there is no such part\n${USAGE}`);
  return part;
}
