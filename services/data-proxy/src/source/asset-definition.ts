import { z } from 'zod';

export const columnTypes = ['String', 'Integer', 'Decimal', 'Date', 'Boolean'] as const;
export const columnRoles = ['Identifier', 'Feature', 'Label'] as const;
export const encodings = ['utf-8', 'gb18030', 'gbk'] as const;

export const columnDefinition = z.strictObject({
  name: z.string().min(1).max(256),
  type: z.enum(columnTypes),
  role: z.enum(columnRoles),
});

export const assetDefinition = z.strictObject({
  /** `<subject code>/<name>`. */
  assetId: z.string().min(1).max(256),
  networkId: z.string().min(1),
  /** Version registered on the ledger; reads that name another are refused. Absent: the capability's counts. */
  version: z.int().min(1).optional(),
  format: z.enum(['CSV', 'TXT']).default('CSV'),
  /** Below the root of the source. */
  path: z.string().min(1).max(1024),
  /** One character; default comma for CSV, tab for TXT. */
  delimiter: z.string().length(1).refine((text) => !/["\r\n\0]/.test(text) && text.charCodeAt(0) < 128, 'one ASCII character other than quote and line break').optional(),
  encoding: z.enum(encodings).default('utf-8'),
  header: z.boolean().default(true),
  /** Columns of the asset; others in the file are never read out. */
  columns: z.array(columnDefinition).min(1).max(4096).refine((columns) => new Set(columns.map((column) => column.name)).size === columns.length, 'column names must differ'),
  /** Fewer distinct identifiers (or rows, without identifiers) than this are refused. */
  minimumSetSize: z.int().min(1).default(100),
  /** A content that differs from one disclosed before in fewer persons than this is refused. Default: minimumSetSize. */
  minimumDifference: z.int().min(1).optional(),
  /** Most tasks, of all requesters together, that may read the asset within a period. */
  maximumTasks: z.strictObject({ count: z.int().min(1), periodMs: z.int().min(1) }).optional(),
});

/** One asset of a source, as the operator writes it into the configuration of the proxy. */
export type AssetDefinition = z.infer<typeof assetDefinition>;
export type ColumnDefinition = z.infer<typeof columnDefinition>;
