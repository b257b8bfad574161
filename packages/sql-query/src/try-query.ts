import { queryDatabase, quoted, readOnly, type QueryTable } from './query-database.ts';

type Value = string | number | bigint | null;

export interface SampleTable extends QueryTable {
  /** null where a field has no value. */
  readonly rows: readonly (readonly (string | null)[])[];
}

export interface TriedQuery {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
}

/** Runs a query over sample data, on this machine alone. @throws Error what SQLite says, which may quote a value */
export function tryQuery(query: string, tables: readonly SampleTable[]): TriedQuery {
  const database = queryDatabase(tables);
  try {
    for (const { name, columns, rows } of tables) {
      const insert = database.prepare(`INSERT INTO ${quoted(name)} VALUES (${columns.map(() => '?').join(', ')})`);
      for (const row of rows) insert.run(...columns.map((_, at) => row[at] ?? null));
    }
    readOnly(database);
    const statement = database.prepare(query);
    const columns = statement.columns().map(({ name }) => name);
    return { columns, rows: statement.all().map((row) => columns.map((name) => row[name] as Value)) };
  } finally {
    database.close();
  }
}
