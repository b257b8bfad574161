import { constants, DatabaseSync } from 'node:sqlite';

/** A table as a query finds it: the first `keys` of its columns are texts. */
export interface QueryTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly keys: number;
}

/** Functions that the engine has beside those of SQLite. */
const OF_THE_ENGINE = [
  'var_pop', 'var_samp', 'stddev_pop', 'stddev_samp', 'skewness_pop', 'skewness_samp', 'kurtosis_pop', 'kurtosis_samp', 'covar_pop', 'covar_samp', 'corr',
  'regr_r2', 'regr_avgx', 'regr_avgy', 'regr_sxx', 'regr_syy', 'regr_sxy', 'regr_count', 'regr_slope', 'regr_intercept', 'regr_json', 'mode',
];

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** An empty database with the tables, as the engine makes them: key columns are texts, others numbers where they look like it. */
export function queryDatabase(tables: readonly QueryTable[]): DatabaseSync {
  const database = new DatabaseSync(':memory:', { allowExtension: false });
  for (const { name, columns, keys } of tables) {
    database.exec(`CREATE TABLE ${quoted(name)} (${columns.map((column, at) => `${quoted(column)} ${at < keys ? 'TEXT' : 'NUMERIC'}`).join(', ')})`);
  }
  for (const name of OF_THE_ENGINE) {
    database.aggregate(name, {
      start: null,
      varargs: true,
      step: () => {
        throw new Error(`${name} runs in the engine alone; leave it out to try the rest`);
      },
    });
  }
  return database;
}

/** From here on the database can be read by SELECT alone. */
export function readOnly(database: DatabaseSync): void {
  const { SQLITE_OK, SQLITE_DENY, SQLITE_SELECT, SQLITE_READ, SQLITE_FUNCTION, SQLITE_RECURSIVE } = constants;
  database.setAuthorizer((action, first, second) => {
    if (action === SQLITE_SELECT || action === SQLITE_RECURSIVE) return SQLITE_OK;
    if (action === SQLITE_READ) return /^sqlite_/i.test(first ?? '') ? SQLITE_DENY : SQLITE_OK;
    return action === SQLITE_FUNCTION && second !== 'load_extension' ? SQLITE_OK : SQLITE_DENY;
  });
}
