import type { FabricOrganisation, MemberRecord } from '@collabnet/contracts';
import { genesisBlock, readConfigBlock, type ChannelConfig } from '@collabnet/fabric-network';
import { TestInstitution } from '@collabnet/fabric-network/testing';

/** A channel on paper, of institutions with real certificates and no nodes. The first orders. */
export async function testChannel(...codes: readonly [string, ...string[]]): Promise<{ config: ChannelConfig; institutions: TestInstitution[] }> {
  const institutions = await Promise.all(codes.map((code) => TestInstitution.create(code)));
  const orderer = { host: 'orderer0.example', port: 7050 };
  const [first] = institutions as [TestInstitution];
  const { certificatePem } = await first.issueTls();
  const block = genesisBlock({
    channel: 'collab',
    members: institutions.map(({ msp }) => ({ msp, anchorPeers: [{ host: `peer.${msp.mspId}.example`, port: 7051 }] })),
    orderingMembers: [{ msp: first.msp, endpoints: [orderer] }],
    consenters: [{ ...orderer, clientTlsCertificate: certificatePem, serverTlsCertificate: certificatePem }],
  });
  return { config: readConfigBlock(block), institutions };
}

export function testDid(code: string): string {
  return `did:collab:${'0'.repeat(32)}:${code}`;
}

/** A member as the ledger has it. */
export function testMember(code: string, change: Partial<MemberRecord> = {}): MemberRecord {
  return { schema: 'collabnet.dev/member/v1', rules: '1', did: testDid(code), displayName: `Bank ${code}`, roles: [], state: 'Active', joinedAtHeight: 1, ...change };
}

export function organisationOf({ msp }: TestInstitution, ...peers: FabricOrganisation['peers']): FabricOrganisation {
  const { mspId, rootCertificates, tlsRootCertificates } = msp;
  return { mspId, rootCertificates: [...rootCertificates], tlsRootCertificates: [...tlsRootCertificates], peers: peers.length > 0 ? peers : [{ host: `peer.${mspId}.example`, port: 7051 }] };
}
