import type { ContractErrorCode } from '@collabnet/contracts';

/** Stable failure codes of the data proxy; refusals by the ledger keep the contract's own code. */
export type ProxyErrorCode =
  | 'PROXY_CONFIG'
  | 'METHOD_NOT_ALLOWED'
  | 'CLIENT_CERTIFICATE'
  | 'CAPABILITY_REUSED'
  | 'CAPABILITY_SCOPE'
  | 'ASSET_UNKNOWN'
  | 'ASSET_VERSION'
  | 'COLUMN_UNKNOWN'
  | 'SET_TOO_SMALL'
  | 'DISCLOSURE_REFUSED'
  | 'LEDGER_UNAVAILABLE'
  | 'CLIENT_ABORTED'
  | 'BUSY'
  | 'FLOW_STATE'
  | 'LEASE_LAPSED'
  | ContractErrorCode
  | SourceErrorCode;

/** Faults of the source itself; each names the file, and line and column where they apply. */
export type SourceErrorCode =
  | 'SOURCE_UNREADABLE'
  | 'SOURCE_OUTSIDE_ROOT'
  | 'SOURCE_EMPTY'
  | 'SOURCE_ENCODING'
  | 'SOURCE_NUL_BYTE'
  | 'SOURCE_LINE_TOO_LONG'
  | 'SOURCE_HEADER_MISSING'
  | 'SOURCE_HEADER_DUPLICATE'
  | 'SOURCE_COLUMN_MISSING'
  | 'SOURCE_ROW_BROKEN'
  | 'SOURCE_CELL_TYPE'
  | 'SOURCE_IDENTIFIER_EMPTY';

/** Where in a source the fault lies. `line` counts from 1 and is the one on which the record ends. */
export interface SourceLocation {
  readonly file: string;
  readonly line?: number | undefined;
  readonly column?: string | undefined;
}

/** A refusal by the data proxy. Messages carry names and positions, never a value out of the data. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  readonly code: ProxyErrorCode;
  readonly field: string | undefined;
  readonly location: SourceLocation | undefined;

  constructor(code: ProxyErrorCode, message: string, options: ErrorOptions & { field?: string; location?: SourceLocation } = {}) {
    super(message, options);
    this.code = code;
    this.field = options.field;
    this.location = options.location;
  }
}

/** An error of the source with its position in the message. */
export function sourceError(code: SourceErrorCode, location: SourceLocation, what: string, options: ErrorOptions = {}): ProxyError {
  const line = location.line === undefined ? '' : `, line ${location.line}`;
  const column = location.column === undefined ? '' : `, column ${location.column}`;
  return new ProxyError(code, `${location.file}${line}${column}: ${what}.`, { ...options, location });
}
