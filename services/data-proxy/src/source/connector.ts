import type { ProxyError } from '../errors.ts';
import type { AssetDefinition } from './asset-definition.ts';

/** A canonical cell: text in the one spelling of its type, or null where the source has none. */
export type Cell = string | null;

export interface RowBatch {
  /** Index of the first row, from 0. */
  readonly firstRow: number;
  /** Cells in the order of the columns asked for. */
  readonly rows: readonly (readonly Cell[])[];
}

export interface ScanOptions {
  /** Names of columns to deliver, in this order; default all of the asset. */
  readonly columns?: readonly string[] | undefined;
  /** Rows to skip; default 0. */
  readonly from?: number | undefined;
  /** Rows in a batch; default 8192. The last batch may be shorter. */
  readonly batchRows?: number | undefined;
  /** When given, cells of a wrong type are told here and delivered as null, instead of ending the scan. */
  readonly onCellError?: ((error: ProxyError) => void) | undefined;
}

export interface Description {
  /** All columns the source has, in its order; empty for a source without names. */
  readonly columnsFound: readonly string[];
  readonly rows: number;
  /** Up to 20 faults, in source order; a fault that ends the scan is the last one. */
  readonly problems: readonly ProxyError[];
}

/** A source held open. All scans of one see the same content, or fail, or differ in the fingerprint. */
export interface OpenSource {
  /** Changes whenever the content may have changed since; equal means unchanged. Cheap. */
  stamp(): Promise<string>;
  /**
   * One full pass that collects faults instead of stopping at the first.
   *
   * @param onBatch also told every batch, so that a fingerprint needs no second pass
   */
  describe(onBatch?: (batch: RowBatch) => void): Promise<Description>;
  /** Pulls one batch at a time: nothing is read ahead of the consumer. Ending the loop early releases everything. */
  scan(options?: ScanOptions): AsyncGenerator<RowBatch>;
  close(): Promise<void>;
}

/**
 * Access to one kind of source (files now; databases and streams later [98]). Every connector must pass
 * `connectorSuite`.
 */
export interface Connector {
  readonly kind: string;
  /** @throws ProxyError SOURCE_* */
  open(asset: AssetDefinition): Promise<OpenSource>;
}
