import type { ChannelFounding } from '../channel/genesis.ts';
import type { Consenter } from '../channel/consensus.ts';
import { TestInstitution } from './test-institution.ts';

/** A founding on paper: institutions with real certificates and no nodes. The first one orders. */
export async function foundingOf(...mspIds: readonly string[]): Promise<{ founding: ChannelFounding; institutions: TestInstitution[] }> {
  const institutions = await Promise.all(mspIds.map((mspId) => TestInstitution.create(mspId)));
  const [first] = institutions as [TestInstitution];
  return {
    institutions,
    founding: {
      channel: 'collab',
      members: institutions.map(({ msp }) => ({ msp, anchorPeers: [{ host: `peer.${msp.mspId}.example`, port: 7051 }] })),
      orderingMembers: [{ msp: first.msp, endpoints: [{ host: 'orderer0.example', port: 7050 }] }],
      consenters: [await consenterOf(first, 'orderer0.example')],
    },
  };
}

/** An orderer of an institution as it stands in a configuration. */
export async function consenterOf(institution: TestInstitution, host: string): Promise<Consenter> {
  const { certificatePem } = await institution.issueTls();
  return { host, port: 7050, clientTlsCertificate: certificatePem, serverTlsCertificate: certificatePem };
}
