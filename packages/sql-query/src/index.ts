export type { QueryTable } from './query-database.ts';
export { queryFault } from './query-fault.ts';
export { tryQuery, type SampleTable, type TriedQuery } from './try-query.ts';
