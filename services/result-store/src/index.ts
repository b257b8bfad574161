export { StoreError } from './errors.ts';
export type { StoreErrorCode } from './errors.ts';
export { storeConfig } from './config.ts';
export type { StoreConfig } from './config.ts';
export type { ResultMetadata } from './result-files.ts';
export type { ResultId } from './result-id.ts';
