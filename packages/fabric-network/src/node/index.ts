// An entry of its own: what describes a node needs neither protobuf nor gRPC, whose classes take a while to load.
export { FabricNetworkError } from '../errors.ts';
export { formatEndpoint } from '../names.ts';
export type { Endpoint } from '../names.ts';
export type { MspDefinition } from '../msp/definition.ts';
export { localMspFiles } from '../msp/local-files.ts';
export type { Files } from '../msp/local-files.ts';
export { ordererConfig } from './orderer-config.ts';
export type { OrdererConfigInput } from './orderer-config.ts';
export type { NodePaths } from './paths.ts';
export { peerConfig } from './peer-config.ts';
export type { PeerConfigInput } from './peer-config.ts';
