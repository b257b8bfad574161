import { z } from 'zod';

/** A decimal number as text: parameters hold no fractions, so that the canonical form of a task is the same everywhere. */
export function boundedDecimal(minimum: number, maximum: number): z.ZodString {
  return z
    .string()
    .regex(/^\d{1,9}(\.\d{1,9})?$/, { message: 'write a decimal number such as "0.1"', abort: true })
    .refine((text) => Number(text) >= minimum && Number(text) <= maximum, `must lie between ${minimum} and ${maximum}`);
}

/** The same with a value that it has if it is left out. */
export function decimal(meaning: string, { minimum, maximum, initial }: { minimum: number; maximum: number; initial: string }): z.ZodType {
  return boundedDecimal(minimum, maximum).default(initial).describe(`${meaning} From ${minimum} to ${maximum}.`);
}

/** Names from a closed list, separated by commas. */
export function listOf(names: readonly string[], meaning: string): z.ZodString {
  const known = (text: string): boolean => text.split(',').every((name) => names.includes(name.trim()));
  return z
    .string()
    .max(256)
    .refine(known, `name one or more of ${names.join(', ')}, separated by commas`)
    .refine(allDifferent, 'names one of them twice')
    .describe(`${meaning} Of ${names.join(', ')}.`);
}

/** Numbers between 0 and 1, separated by commas. */
export function fractions(meaning: string, initial: string): z.ZodType {
  const fraction = /^(0?\.\d{1,6}|0|1|1\.0+)$/;
  return z
    .string()
    .max(256)
    .refine((text) => text.split(',').every((part) => fraction.test(part.trim())), 'write numbers from 0 to 1, separated by commas, such as 0.25,0.5')
    .refine(allDifferent, 'names one of them twice')
    .default(initial)
    .describe(meaning);
}

function allDifferent(list: string): boolean {
  const parts = list.split(',').map((part) => part.trim());
  return new Set(parts).size === parts.length;
}

/** A column of one party's rows: its name, or `party.column` where several parties have one of this name. */
export const columnReference = z.string().min(1).max(192);

export const labelParameters = {
  label: columnReference.describe('Column with the outcome, as its name, or party.column where several have one of this name.'),
  positive: z.string().min(1).max(64).default('1').describe('Value of the label that counts as 1; every other counts as 0.'),
};

export const minimumGroupSize = z
  .int()
  .min(2)
  .max(1_000_000)
  .default(10)
  .describe('Groups with fewer rows are suppressed before anything is opened; the minimum set size that owners and network demand counts if it is larger.');

export const holdout = decimal('Share of the rows, drawn at random, that training leaves aside; Evaluate can judge by them.', { minimum: 0, maximum: 0.5, initial: '0.0' });
