export { TestLedger } from './test-ledger.ts';
