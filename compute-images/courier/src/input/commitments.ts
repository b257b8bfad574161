import { canonicalJson } from '@collabnet/envelope';
import { commit } from '@collabnet/sm';
import type { InputCommitment } from '@collabnet/wire';
import type { Assignment } from '../config/load-job.ts';
import type { FrozenInput } from './frozen-input.ts';

/** Salted commitments to the content of the input and to its number of rows; equal in every attempt of a step. */
export function inputCommitment({ input, salt }: Assignment, frozen: FrozenInput): InputCommitment {
  const of = { input: input.name, asset: input.asset, version: input.version };
  return {
    input: input.name,
    commitment: commit(salt, canonicalJson({ kind: 'input', ...of, columns: [...frozen.columns], digest: frozen.digest })),
    rowsCommitment: commit(salt, canonicalJson({ kind: 'rows', ...of, rows: frozen.rows })),
  };
}

/** @param digest SM3, hex, of the delivered octets */
export function outputCommitments({ job, output, salt }: Assignment, digest: string, rows: number): { output: string; rows: string } {
  const of = { flowId: job.flowId, step: job.step, output: output.name };
  return { output: commit(salt, canonicalJson({ kind: 'output', ...of, digest })), rows: commit(salt, canonicalJson({ kind: 'rows', ...of, rows })) };
}
