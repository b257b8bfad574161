import { parse } from 'csv-parse/sync';
import { CliError } from '../base/errors.ts';
import { textOf } from '../base/text-file.ts';

/** A CSV file with a header; null where a field has no value, not even quotes. */
export interface SampleFile {
  readonly header: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** @throws CliError FILE_FAILED */
export async function sampleFile(file: string): Promise<SampleFile> {
  const text = await textOf(file);
  try {
    const [header = [], ...rows] = parse(text, { bom: true, cast: (value, { quoting }) => (value === '' && !quoting ? null : value) }) as (string | null)[][];
    return { header: header.map((name) => name ?? ''), rows };
  } catch (cause) {
    throw new CliError('FILE_FAILED', `${file}: is no CSV: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
