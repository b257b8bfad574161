import { canonicalJson } from '@collabnet/envelope';
import { commit } from '@collabnet/sm';
import type { CourierInput, InputCommitment } from '@collabnet/wire';
import type { Assignment } from '../config/load-job.ts';
import type { FrozenInputs } from './frozen-input.ts';

/** Salted commitments to the content of each input, and to the number of its rows; equal in every attempt of a step. */
export function inputCommitments({ rows: input, salt }: Assignment, { rows, files }: FrozenInputs): InputCommitment[] {
  const ofFiles = files.map((file) => ({
    input: file.input.name,
    commitment: commit(salt, canonicalJson({ kind: 'input', ...sourceOf(file.input), digest: file.digest })),
  }));
  if (input === undefined || rows === undefined) return ofFiles;
  const of = sourceOf(input);
  const ofRows = {
    input: input.name,
    commitment: rowsCommitment(salt, of, rows.columns, rows.digest),
    rowsCommitment: commit(salt, canonicalJson({ kind: 'rows', ...of, rows: rows.rows })),
  };
  return [ofRows, ...ofFiles];
}

/** The commitment to an input with rows, as its giver made it: who has its content and its salt can make it again. */
export function rowsCommitment(salt: Uint8Array, source: Source, columns: readonly string[], digest: string): string {
  return commit(salt, canonicalJson({ kind: 'input', ...source, columns: [...columns], digest }));
}

export type Source = { input: string; asset: string; version: number } | { input: string; from: { flow?: string; step: string; output: string } };

export function sourceOf({ name, asset, version, from }: CourierInput): Source {
  if (from !== undefined) return { input: name, from: { ...(from.flow === undefined ? {} : { flow: from.flow }), step: from.step, output: from.output } };
  return { input: name, asset: asset ?? '', version: version ?? 0 };
}

/** @param digest SM3, hex, of the delivered octets */
export function outputCommitments({ job, output, salt }: Assignment, digest: string, rows: number): { output: string; rows: string } {
  const of = { flowId: job.flowId, step: job.step, output: output.name };
  return { output: commit(salt, canonicalJson({ kind: 'output', ...of, digest })), rows: commit(salt, canonicalJson({ kind: 'rows', ...of, rows })) };
}
