export { LedgerView } from './ledger-view.ts';
export { LedgerViewServer, type LedgerViewServerOptions } from './view-server.ts';
export type { BlockDetail, ContractsView, SignerView, TransactionDetail, ViewedLedger, ViewedLedgers } from './views.ts';
