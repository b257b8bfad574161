export { FabricLedgerClient } from './fabric-ledger-client.ts';
export { followFabricLedger } from './follow-fabric-ledger.ts';
export { DEFAULT_CHAINCODE } from './options.ts';
export type { FabricEndpoint, FabricIdentity, FabricLedgerOptions } from './options.ts';
export { verifyFabricProof, type FabricProof } from './prove-write.ts';
export type { FabricState, StoredFabricBlock } from './stored-block.ts';
export { proposeOnly } from './propose-only.ts';
