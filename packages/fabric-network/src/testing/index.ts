export { fabricBinary } from './binaries.ts';
export { eventually } from './eventually.ts';
export { freePort } from './ports.ts';
export { TestInstitution } from './test-institution.ts';
export { TestNetwork } from './test-network.ts';
export type { TestMember, TestNetworkOptions } from './founding-block.ts';
export type { TestNode } from './test-node.ts';
export { TestOrderer } from './test-orderer.ts';
export { TestPeer } from './test-peer.ts';
