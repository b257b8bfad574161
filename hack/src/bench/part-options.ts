import { parseArgs } from 'node:util';
import { HackError } from '../lib/hack-error.ts';

/** Options of a bench that another program measures in parts. */
export interface PartOptions<Part extends string> {
  readonly parts: readonly Part[];
  /** Handed on to the program that measures. */
  readonly sizes: readonly string[];
  /** For work on the bench itself: everything small, and the document goes to standard output. */
  readonly quick: boolean;
}

/** What a bench knows. */
export interface Bench<Part extends string> {
  readonly parts: readonly Part[];
  /** Names of options with a value that the program takes. */
  readonly sizes: readonly string[];
  /** Options of the program for `--quick`. */
  readonly quick: readonly string[];
}

/** @throws HackError BAD_ARGUMENT that names the option */
export function partOptions<Part extends string>(args: readonly string[], bench: Bench<Part>): PartOptions<Part> {
  const usage = `usage: main.ts [--quick] [--parts ${bench.parts.join(',')}] ${bench.sizes.map((name) => `[--${name} …]`).join(' ')}`;
  const values = parsed(args, bench.sizes, usage);
  const quick = values['quick'] === true;
  const parts = (values['parts'] ?? bench.parts.join(',')).toString().split(',').map((name) => {
    const part = bench.parts.find((each) => each === name);
    if (part === undefined) throw new HackError('BAD_ARGUMENT', `--parts ${name}: there is no such part\n${usage}`);
    return part;
  });
  const given = bench.sizes.flatMap((name) => (values[name] === undefined ? [] : [`--${name}`, String(values[name])]));
  return { parts, sizes: given.length === 0 && quick ? bench.quick : given, quick };
}

function parsed(args: readonly string[], sizes: readonly string[], usage: string): Record<string, string | boolean | undefined> {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({ args: [...args], options: { parts: text, quick: { type: 'boolean' }, ...Object.fromEntries(sizes.map((name) => [name, text])) } }).values;
  } catch (cause) {
    throw new HackError('BAD_ARGUMENT', `${(cause as Error).message}\n${usage}`, { cause });
  }
}
