import { checkQuery, FlowError } from '@collabnet/flow';
import { tryQuery, type SampleTable, type TriedQuery } from '@collabnet/sql-query';
import { CliError } from '../base/errors.ts';
import { sampleFile } from './sample-file.ts';

/** Whether the text of a program is a query of SQL rather than formulas. */
export function isQuery(text: string): boolean {
  try {
    checkQuery(text);
    return true;
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    return false;
  }
}

/**
 * Runs a query over sample data, on this machine alone (requirement 84).
 *
 * @param data each `table=file.csv`
 * @param keys columns that are texts, whatever they look like, as the keys of a task's inputs are
 * @throws CliError FILE_FAILED, USAGE
 */
export async function tryQueryFile(query: string, data: readonly string[], keys: readonly string[]): Promise<TriedQuery> {
  const tables = await Promise.all(data.map((each) => sampleTable(each, keys)));
  try {
    return tryQuery(query, tables);
  } catch (cause) {
    throw new CliError('USAGE', `the query cannot run over the files: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Keys first, as a task has them. */
async function sampleTable(given: string, keys: readonly string[]): Promise<SampleTable> {
  const [, name, file] = /^([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)=(.+)$/.exec(given) ?? [];
  if (name === undefined || file === undefined) throw new CliError('USAGE', `--data ${given}: a query needs the table of each file: write table=file.csv`);
  const { header, rows } = await sampleFile(file);
  const [texts, others] = [header.filter((column) => keys.includes(column)), header.filter((column) => !keys.includes(column))];
  const columns = [...texts, ...others];
  const places = columns.map((column) => header.indexOf(column));
  return { name, columns, keys: texts.length, rows: rows.map((row) => places.map((at) => row[at] ?? null)) };
}
