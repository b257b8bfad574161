import { stepNameSchema } from '@collabnet/flow';
import { z } from 'zod';
import type { Assignment } from '../config/load-job.ts';
import { CourierError } from '../errors.ts';
import { sourceOf } from './commitments.ts';

const name = stepNameSchema;

/**
 * What goes before rows that are handed on: where they come from and the salt of the giver's commitment to them. With both, the
 * receiver makes the commitment anew, which the ledger compares with the giver's.
 */
export const artefactHeaderSchema = z.strictObject({
  schema: z.literal('collabnet.dev/artefact/v1'),
  source: z.union([
    z.strictObject({ input: name, asset: z.string().min(1).max(256), version: z.int().min(1) }),
    z.strictObject({ input: name, from: z.strictObject({ step: name, output: name }) }),
  ]),
  columns: z.array(z.string().min(1).max(128)).min(1).max(512),
  /** base64url. The salt is this step's and this party's alone, and tells nothing of other commitments. */
  salt: z.string().regex(/^[A-Za-z0-9_-]{22,128}$/),
});

export type ArtefactHeader = z.infer<typeof artefactHeaderSchema>;

/** Longest header, octets with its line feed. */
export const LONGEST_HEADER = 1 << 17;

/** One line of JSON, without its line feed. */
export function artefactHeader({ rows, salt }: Assignment, columns: readonly string[]): string {
  if (rows === undefined) throw new CourierError('JOB_INVALID', 'job.json: inputs: who gives rows needs one input');
  const header = { schema: 'collabnet.dev/artefact/v1', source: sourceOf(rows), columns: [...columns], salt: Buffer.from(salt).toString('base64url') };
  return JSON.stringify(artefactHeaderSchema.parse(header));
}
