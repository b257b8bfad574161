import { queryDatabase, readOnly, type QueryTable } from './query-database.ts';

/**
 * Why a query cannot run over tables of these columns, in words that quote the query alone; undefined when it can. The engine judges
 * again, by an SQLite of its own.
 *
 * @param groupSize column that the query must select
 */
export function queryFault(query: string, tables: readonly QueryTable[], groupSize: string): string | undefined {
  const database = queryDatabase(tables);
  try {
    readOnly(database);
    const columns = database.prepare(query).columns().map(({ name }) => name);
    const twice = columns.find((name, at) => columns.indexOf(name) !== at);
    if (columns.length === 0) return 'it does not select';
    if (twice !== undefined) return `it selects two columns ${twice}; name one of them otherwise with AS`;
    return columns.includes(groupSize) ? undefined : `it selects no column ${groupSize}; add count(*) AS ${groupSize}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    database.close();
  }
}
