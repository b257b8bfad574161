import type { common } from '@hyperledger/fabric-protos';
import { genesisBlock } from '../channel/genesis.ts';
import type { Endpoint } from '../names.ts';
import type { TestInstitution } from './test-institution.ts';
import type { TestOrderer } from './test-orderer.ts';
import type { TestPeer } from './test-peer.ts';

export interface TestNetworkOptions {
  /** MSP ids of the founding members; each gets a peer. */
  readonly members: readonly string[];
  /** The first belongs to the first member, and so on round. Default 1. */
  readonly orderers?: number;
  /**
   * Time as of which the orderers' certificates in the genesis block were issued, epoch ms; they are valid for 7 days from
   * then. The orderers show certificates of today for the same keys. Default: these stand there.
   */
  readonly pinnedAsOf?: number;
  /** Default `collab`. */
  readonly channel?: string;
  /** Milliseconds; default 100. */
  readonly batchTimeoutMs?: number;
}

/** A member of a test network. */
export interface TestMember {
  readonly institution: TestInstitution;
  readonly peer: TestPeer;
}

/** The genesis block of a test network. */
export async function foundingBlock(options: TestNetworkOptions, members: readonly TestMember[], orderers: readonly TestOrderer[]): Promise<common.Block> {
  const { pinnedAsOf } = options;
  const ordering = new Map<string, { institution: TestInstitution; endpoints: Endpoint[] }>();
  for (const { institution, endpoint } of orderers) {
    const entry = ordering.get(institution.mspId) ?? { institution, endpoints: [] };
    ordering.set(institution.mspId, { ...entry, endpoints: [...entry.endpoints, endpoint] });
  }
  return genesisBlock({
    channel: options.channel ?? 'collab',
    members: members.map(({ institution, peer }) => ({ msp: institution.msp, anchorPeers: [peer.endpoint] })),
    orderingMembers: [...ordering.values()].map(({ institution, endpoints }) => ({ msp: institution.msp, endpoints })),
    consenters: await Promise.all(orderers.map((orderer) => orderer.consenterAsOf(pinnedAsOf))),
    batch: { timeoutMs: options.batchTimeoutMs ?? 100 },
    // Elections within a second: a test waits for them.
    raft: { tickMs: 100, electionTicks: 10 },
  });
}
