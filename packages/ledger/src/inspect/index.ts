export type { BlockView, LedgerInspection, TransactionView } from './block-view.ts';
export { EmbeddedInspection } from './embedded-inspection.ts';
export { embeddedVerifier } from './embedded-verifier.ts';
export { EXPORT_SCHEMA, type ExportHeader, type ExportSource } from './export-file.ts';
export { CHECKS, type Check, type ExportReport, type ExportVerifier } from './export-report.ts';
export { verifyExport, type VerifyExportOptions } from './verify-export.ts';
