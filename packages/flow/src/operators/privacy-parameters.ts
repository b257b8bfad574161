import { z } from 'zod';
import { boundedDecimal } from './mpc-parameters.ts';

/** Most names of groups: what an engine takes of one column. */
const MOST_CATEGORIES = 64;
const LONGEST_LIST = 1024;

export const epsilon = boundedDecimal(0.001, 100)
  .optional()
  .describe('Differential privacy: all figures of the step together are as likely, up to a factor of exp(epsilon), whatever one joined row holds. Such as "1"; from 0.001 to 100. Further tasks over the same rows add theirs to it.');

/** A column whose values count as the nearer bound if they lie beyond. */
export interface Bound {
  readonly column: string;
  readonly lower: string;
  readonly upper: string;
}

/** Reads `income=0..100000,b.age=18..120`. @returns nothing for a part that is not of this form */
export function readBounds(text: string): readonly (Bound | undefined)[] {
  return text.split(',').map((part) => {
    const [, column, lower, upper] = /^(.+)=(-?\d{1,12}(?:\.\d{1,12})?)\.\.(-?\d{1,12}(?:\.\d{1,12})?)$/.exec(part.trim()) ?? [];
    return column === undefined || lower === undefined || upper === undefined ? undefined : { column, lower, upper };
  });
}

export const bounds = z
  .string()
  .max(LONGEST_LIST)
  .superRefine((text, context) => {
    const found = readBounds(text);
    const refuse = (message: string): void => context.addIssue({ code: 'custom', message });
    for (const bound of found) {
      if (bound === undefined) refuse('write column=lower..upper, separated by commas, such as income=0..100000,b.age=18..120');
      else if (Number(bound.lower) >= Number(bound.upper)) refuse(`${bound.column}: the lower bound ${bound.lower} must be below the upper bound ${bound.upper}`);
    }
    const columns = found.map((bound) => bound?.column);
    if (new Set(columns).size < columns.length) refuse('names a column twice');
  })
  .optional()
  .describe('With epsilon, for Sum and Mean: smallest and largest value of each column that is summed, known without looking at rows, such as income=0..100000,b.age=18..120. Values beyond count as the nearer one.');

/** Names of groups. @param of which column has them, for the description */
export function categories(of: string): z.ZodOptional<z.ZodString> {
  const parts = (text: string): string[] => text.split(',').map((part) => part.trim());
  return z
    .string()
    .max(LONGEST_LIST)
    .refine((text) => parts(text).every((part) => part !== ''), 'has an empty part between commas')
    .refine((text) => new Set(parts(text)).size === parts(text).length, 'names one of them twice')
    .refine((text) => parts(text).length <= MOST_CATEGORIES, `names more than ${MOST_CATEGORIES}`)
    .optional()
    .describe(`With epsilon: the values of the column of ${of} that are shown, separated by commas, known without looking at rows. Rows with another one do not count.`);
}

/** What is wrong with a parameter that goes with epsilon. @param wanted whether epsilon, and what else it depends on, is there */
export function checkPrivate(context: z.RefinementCtx, name: string, value: string | undefined, wanted: boolean): void {
  if ((value !== undefined) === wanted) return;
  const message = wanted ? 'with epsilon it is needed' : 'counts only with epsilon and what it is for; leave it out';
  context.addIssue({ code: 'custom', path: [name], message });
}
