export { ProxyError } from './errors.ts';
export type { ProxyErrorCode, SourceErrorCode, SourceLocation } from './errors.ts';
export { assetDefinition } from './source/asset-definition.ts';
export type { AssetDefinition, ColumnDefinition } from './source/asset-definition.ts';
export type { Cell, Connector, Description, OpenSource, RowBatch, ScanOptions } from './source/connector.ts';
export { FileConnector } from './source/file-connector.ts';
export { Fingerprinter, fingerprintOf } from './source/fingerprint.ts';
export { ArrowStreamEncoder } from './source/arrow-stream.ts';
