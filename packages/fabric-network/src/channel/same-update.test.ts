import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { before, describe, it } from 'node:test';
import { common } from '@hyperledger/fabric-protos';
import { decodeWithFabric, encodeWithFabric } from '../testing/configtxlator.ts';
import { foundingOf } from '../testing/founding-of.ts';
import { TestInstitution } from '../testing/test-institution.ts';
import { membersOf, readConfigBlock, type ChannelConfig } from './channel-config.ts';
import { addMember, removeMember } from './changes.ts';
import { computeUpdate } from './compute-update.ts';
import { genesisBlock } from './genesis.ts';
import type { Organisation } from './organisation.ts';

const PEERS = [
  { host: 'peer0.gamma.example', port: 7051 },
  { host: 'peer1.gamma.example', port: 7051 },
];

/** What another member's process runs: configuration and organisation in, update out, as on its own machine. */
const ELSEWHERE = `
  import { common } from '@hyperledger/fabric-protos';
  import { addMember, computeUpdate } from ${JSON.stringify(new URL('../index.js', import.meta.url).href)};
  const [config, organisation] = JSON.parse(process.argv[1]);
  const update = computeUpdate({ channel: config.channel, config: common.Config.deserializeBinary(Buffer.from(config.octets, 'base64')) }, addMember(organisation));
  process.stdout.write(Buffer.from(update).toString('base64'));
`;

async function computeElsewhere({ channel, config }: ChannelConfig, organisation: Organisation): Promise<string> {
  const argument = JSON.stringify([{ channel, octets: Buffer.from(config.serializeBinary()).toString('base64') }, organisation]);
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', ELSEWHERE, argument], { cwd: import.meta.dirname });
  return stdout;
}

/** The configuration with its maps in another order: peers and orderers write them in any. */
async function reordered(config: ChannelConfig): Promise<ChannelConfig> {
  const octets = config.config.serializeBinary();
  const decoded = await decodeWithFabric('common.Config', octets);
  for (;;) {
    const other = await encodeWithFabric('common.Config', decoded);
    if (!Buffer.from(octets).equals(other)) return { ...config, config: common.Config.deserializeBinary(other) };
  }
}

describe('members who compute one update', () => {
  let config: ChannelConfig;
  let gamma: TestInstitution;
  const base64 = (octets: Uint8Array): string => Buffer.from(octets).toString('base64');
  before(async () => {
    const { founding } = await foundingOf('Alpha', 'Beta', 'Delta');
    gamma = await TestInstitution.create('Gamma');
    config = readConfigBlock(genesisBlock(founding));
  });

  it('come to the same octets, whatever the order in which they were given the configuration', async () => {
    const organisation = { msp: gamma.msp, anchorPeers: PEERS };
    const ours = base64(computeUpdate(config, addMember(organisation)));
    const shuffled = await reordered(config);
    assert.equal(base64(computeUpdate(shuffled, addMember(organisation))), ours);
    assert.equal(base64(computeUpdate(shuffled, removeMember('Beta'))), base64(computeUpdate(config, removeMember('Beta'))));
    assert.equal(await computeElsewhere(shuffled, organisation), ours);
    assert.equal(await computeElsewhere(config, organisation), ours);
  });

  it('come to the same octets, however certificates and records are spelled', () => {
    const { msp } = gamma;
    const spelled = (pem: string): string => `\n${pem.trim().replaceAll('\n', '\r\n')}\r\n\r\n`;
    const other = { tlsRootCertificates: msp.tlsRootCertificates.map(spelled), rootCertificates: msp.rootCertificates.map(spelled), mspId: msp.mspId };
    assert.equal(base64(computeUpdate(config, addMember({ anchorPeers: PEERS, msp: other }))), base64(computeUpdate(config, addMember({ msp, anchorPeers: PEERS }))));
  });

  it('do not sign for another: certificates, addresses and their order count', () => {
    const update = (peers = PEERS, msp = gamma.msp): string => base64(computeUpdate(config, addMember({ msp, anchorPeers: peers })));
    const [authority] = membersOf(config)[0]?.msp.rootCertificates ?? [];
    const others = [update(PEERS.toReversed()), update(PEERS.slice(1)), update(PEERS, { ...gamma.msp, rootCertificates: [authority ?? ''] })];
    assert.equal(new Set([update(), ...others]).size, 4);
  });
});
