import type { FabricEndpoint, FabricIdentity } from '@collabnet/ledger-fabric';

/** An organisation of a test network with its one peer. */
export interface TestOrganisation {
  readonly mspId: string;
  readonly endpoint: FabricEndpoint;
  readonly identity: FabricIdentity;
}

/** What suites need of a running network whose organisations all run this chaincode. */
export interface TestFabric {
  readonly channel: string;
  readonly organisations: readonly TestOrganisation[];
  /** Commits a further definition of the installed package: another name is another, empty state. */
  define(chaincode: string): Promise<void>;
}
