import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { common } from '@hyperledger/fabric-protos';
import { localMspFiles } from '../msp/local-files.ts';
import { fabricBinary } from '../testing/binaries.ts';
import { decodeWithFabric, inTemporaryFolder } from '../testing/configtxlator.ts';
import { writeFiles } from '../testing/fabric-process.ts';
import { foundingOf } from '../testing/founding-of.ts';
import { readConfigBlock } from './channel-config.ts';
import { genesisBlock, type ChannelFounding } from './genesis.ts';

/** The same channel as a `configtx.yaml`: what an administrator would write by hand for configtxgen. */
function configtx(folder: string, { members, orderingMembers, consenters }: ChannelFounding): object {
  const or = (mspId: string, ...roles: readonly string[]): object => ({ Type: 'Signature', Rule: `OR(${roles.map((role) => `'${mspId}.${role}'`).join(', ')})` });
  const meta = (rule: string): object => ({ Type: 'ImplicitMeta', Rule: rule });
  const sections = { Readers: meta('ANY Readers'), Writers: meta('ANY Writers'), Admins: meta('MAJORITY Admins') };
  const organisation = (mspId: string): object => ({ Name: mspId, ID: mspId, MSPDir: join(folder, mspId) });
  return {
    Profiles: {
      Collab: {
        Policies: sections,
        Capabilities: { V2_0: true },
        Orderer: {
          OrdererType: 'etcdraft',
          BatchTimeout: '500ms',
          BatchSize: { MaxMessageCount: 500, AbsoluteMaxBytes: '10 MB', PreferredMaxBytes: '2 MB' },
          MaxChannels: 0,
          EtcdRaft: {
            Consenters: consenters.map(({ host, port }) => ({ Host: host, Port: port, ClientTLSCert: join(folder, 'tls', host), ServerTLSCert: join(folder, 'tls', host) })),
            Options: { TickInterval: '500ms', ElectionTick: 10, HeartbeatTick: 1, MaxInflightBlocks: 5, SnapshotIntervalSize: '16 MB' },
          },
          Policies: { ...sections, BlockValidation: meta('ANY Writers') },
          Capabilities: { V2_0: true },
          Organizations: orderingMembers.map(({ msp: { mspId }, endpoints }) => ({
            ...organisation(mspId),
            OrdererEndpoints: endpoints.map(({ host, port }) => `${host}:${port}`),
            Policies: { Readers: or(mspId, 'member'), Writers: or(mspId, 'orderer'), Admins: or(mspId, 'admin') },
          })),
        },
        Application: {
          Policies: { ...sections, Endorsement: meta('MAJORITY Endorsement'), LifecycleEndorsement: meta('MAJORITY Endorsement') },
          Capabilities: { V2_5: true },
          Organizations: members.map(({ msp: { mspId }, anchorPeers }) => ({
            ...organisation(mspId),
            AnchorPeers: anchorPeers.map(({ host, port }) => ({ Host: host, Port: port })),
            Policies: { Readers: or(mspId, 'admin', 'peer', 'client'), Writers: or(mspId, 'admin', 'client'), Admins: or(mspId, 'admin'), Endorsement: or(mspId, 'peer') },
          })),
        },
      },
    },
  };
}

describe('genesisBlock', () => {
  it('holds what configtxgen makes of the same channel', async () => {
    const { founding } = await foundingOf('Alpha', 'Beta');
    await inTemporaryFolder(async (folder) => {
      for (const { msp } of founding.members) await writeFiles(join(folder, msp.mspId), localMspFiles(msp));
      await writeFiles(join(folder, 'tls'), Object.fromEntries(founding.consenters.map((each) => [each.host, each.serverTlsCertificate])));
      await writeFiles(join(folder, 'config'), { 'configtx.yaml': JSON.stringify(configtx(folder, founding)) });
      const output = join(folder, 'genesis.block');
      await promisify(execFile)(fabricBinary('configtxgen'), ['-configPath', join(folder, 'config'), '-profile', 'Collab', '-channelID', 'collab', '-outputBlock', output]);
      const group = async (octets: Uint8Array): Promise<unknown> =>
        decodeWithFabric('common.Config', readConfigBlock(common.Block.deserializeBinary(octets)).config.serializeBinary());
      assert.deepEqual(await group(genesisBlock(founding).serializeBinary()), await group(await readFile(output)));
    });
  });

  it('refuses what no channel can be founded on', async () => {
    const { founding } = await foundingOf('Alpha', 'Beta');
    const [alpha] = founding.members;
    const wrong: [Partial<ChannelFounding>, string][] = [
      [{ channel: 'Collab' }, 'CHANNEL_NAME_INVALID'],
      [{ members: [] }, 'LAST_MEMBER'],
      [{ members: [alpha!, alpha!] }, 'DUPLICATE_MEMBER'],
      [{ members: [{ ...alpha!, msp: { ...alpha!.msp, mspId: 'Al pha' } }] }, 'MSP_ID_INVALID'],
      [{ members: [{ ...alpha!, anchorPeers: [{ host: 'peer', port: 0 }] }] }, 'ENDPOINT_INVALID'],
      [{ members: [{ ...alpha!, msp: { ...alpha!.msp, rootCertificates: ['none'] } }] }, 'CERTIFICATE_INVALID'],
      [{ members: [{ ...alpha!, msp: { ...alpha!.msp, rootCertificates: [founding.consenters[0]!.serverTlsCertificate] } }] }, 'CERTIFICATE_INVALID'],
      [{ orderingMembers: [] }, 'LAST_MEMBER'],
      [{ orderingMembers: [{ msp: alpha!.msp, endpoints: [] }] }, 'ENDPOINT_INVALID'],
      [{ consenters: [] }, 'LAST_CONSENTER'],
      [{ consenters: [founding.consenters[0]!, founding.consenters[0]!] }, 'DUPLICATE_CONSENTER'],
      [{ batch: { timeoutMs: 0 } }, 'VALUE_INVALID'],
      [{ raft: { electionTicks: 1 } }, 'VALUE_INVALID'],
    ];
    for (const [change, code] of wrong) assert.throws(() => genesisBlock({ ...founding, ...change }), { code }, `${JSON.stringify(Object.keys(change))} ${code}`);
  });
});
