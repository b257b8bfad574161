import { LedgerError } from '../errors.ts';

export interface InOrderOptions {
  /** What the blocks come from, for errors. */
  readonly name: string;
  /** @returns undefined where it carries none */
  readonly numberOf: (value: unknown) => number | undefined;
  readonly first: number;
  /** Undefined: nobody has said where they end. */
  readonly last: number | undefined;
}

/**
 * Passes blocks on as long as each is the one that must come next.
 *
 * @throws LedgerError BLOCK_INVALID that tells a missing block, blocks out of order and a truncated file apart
 */
export async function* inOrder(values: AsyncGenerator<unknown>, { name, numberOf, first, last }: InOrderOptions): AsyncGenerator<unknown> {
  let next = first;
  for (;;) {
    const step = await values.next();
    if (step.done === true) break;
    const value: unknown = step.value;
    const number = numberOf(value);
    if (number === undefined) throw invalid(next, `${name}: where block ${next} must stand there is something that is no block`);
    if (number !== next) throw await misplaced(values, { name, numberOf }, next, number);
    if (last !== undefined && number > last) throw invalid(number, `${name} goes on after block ${last}, where its header says that it ends`);
    yield value;
    next += 1;
  }
  if (last !== undefined && next <= last) throw invalid(next, `${name} is truncated: it ends ${next === first ? 'before' : `with block ${next - 1}, before`} block ${next}; its header promises blocks up to ${last}`);
}

/** Whether the block that is wanted comes later tells a missing one from a wrong order. */
async function misplaced(rest: AsyncGenerator<unknown>, { name, numberOf }: Pick<InOrderOptions, 'name' | 'numberOf'>, wanted: number, found: number): Promise<LedgerError> {
  if (found < wanted) return invalid(found, `${name}: blocks are out of order: block ${found} stands where block ${wanted} must stand, it came before or too late`);
  for (;;) {
    // What is wrong further on does not matter any more.
    const step = await rest.next().catch(() => ({ done: true, value: undefined }));
    if (step.done === true) return invalid(wanted, `${name}: block ${wanted} is missing; block ${found} stands in its place`);
    if (numberOf(step.value) === wanted) return invalid(wanted, `${name}: blocks are out of order: block ${found} stands before block ${wanted}`);
  }
}

function invalid(height: number, message: string): LedgerError {
  return new LedgerError('BLOCK_INVALID', message, { height });
}
