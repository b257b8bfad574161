import { parseProgram, runProgram, type Figure, type SampleColumns } from '@collabnet/flow';
import { CliError } from '../base/errors.ts';
import { sampleFile } from './sample-file.ts';

/** What a program is and reveals over sample data. */
export interface TriedProgram {
  readonly columns: readonly string[];
  readonly rows: number;
  readonly figures: readonly Figure[];
}

/**
 * Runs the text of a program in the clear over sample data, on this machine alone (requirement 84).
 *
 * @param dataFiles CSV with a header, lined up: the n-th rows of all belong together
 * @throws CliError FILE_FAILED, USAGE; FlowError EXPRESSION_INVALID naming line or column
 */
export async function tryProgram(text: string, dataFiles: readonly string[]): Promise<TriedProgram> {
  const program = parseProgram(text);
  const columns = new Map<string, readonly (string | null)[]>();
  for (const file of dataFiles) {
    for (const [name, values] of await columnsOf(file)) {
      if (columns.has(name) && program.columns.includes(name)) throw new CliError('USAGE', `${file}: column ${name} stands in another file too; the program could mean either`);
      columns.set(name, values);
    }
  }
  const counts = [...new Set([...columns.values()].map(({ length }) => length))];
  if (counts.length > 1) throw new CliError('USAGE', `the files have ${counts.join(' and ')} rows; line them up, so that the n-th rows belong together`);
  return { columns: program.columns, rows: counts[0] ?? 0, figures: runProgram(program, columns) };
}

async function columnsOf(file: string): Promise<SampleColumns> {
  const { header, rows } = await sampleFile(file);
  return new Map(header.map((name, at) => [name, rows.map((row) => row[at] ?? null)]));
}
