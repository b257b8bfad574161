export { TestLedger } from './test-ledger.ts';
export { TestChain } from './chain.ts';
