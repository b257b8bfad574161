import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { common } from '@hyperledger/fabric-protos';
import { computeUpdateWithFabric, decodeWithFabric } from '../testing/configtxlator.ts';
import { consenterOf, foundingOf } from '../testing/founding-of.ts';
import { TestInstitution } from '../testing/test-institution.ts';
import {
  addMember,
  addOrderingMember,
  allOf,
  removeMember,
  removeOrderingMember,
  setAnchorPeers,
  setBatchSize,
  setBatchTimeout,
  setCapabilities,
  setMsp,
  setOrdererEndpoints,
  setSectionPolicy,
  type ConfigChange,
} from './changes.ts';
import { consentersOf, readConfigBlock, type ChannelConfig } from './channel-config.ts';
import { addConsenter, removeConsenter, replaceConsenter } from './consenter-changes.ts';
import { computeUpdate } from './compute-update.ts';
import { genesisBlock } from './genesis.ts';
import { groupPolicy, signaturePolicy } from './policies.ts';

describe('computeUpdate', () => {
  let config: ChannelConfig;
  let alpha: TestInstitution;
  let gamma: TestInstitution;
  before(async () => {
    const { founding, institutions } = await foundingOf('Alpha', 'Beta');
    alpha = institutions[0] as TestInstitution;
    gamma = await TestInstitution.create('Gamma');
    config = readConfigBlock(genesisBlock(founding));
  });

  const asFabric = async (change: ConfigChange, from = config): Promise<void> => {
    const updated = from.config.clone();
    change(updated);
    const ours = await decodeWithFabric('common.ConfigUpdate', computeUpdate(from, change));
    const theirs = await decodeWithFabric('common.ConfigUpdate', await computeUpdateWithFabric(from.channel, from.config.serializeBinary(), updated.serializeBinary()));
    assert.deepEqual(ours, theirs);
  };

  it('gives what configtxlator gives, for every kind of change', async () => {
    const consenter = await consenterOf(gamma, 'orderer1.example');
    const [founder] = consentersOf(config);
    const rotated = { ...alpha.msp, rootCertificates: [...alpha.msp.rootCertificates, gamma.identityAuthority.certificatePem] };
    const changes: Record<string, ConfigChange> = {
      addMember: addMember({ msp: gamma.msp, anchorPeers: [{ host: 'peer.gamma.example', port: 7051 }] }),
      removeMember: removeMember('Beta'),
      addOrderingMember: allOf(addOrderingMember({ msp: gamma.msp, endpoints: [consenter] }), addConsenter(consenter)),
      moveConsenter: replaceConsenter(founder!, { ...founder!, host: 'moved.example' }),
      replaceConsenter: allOf(addConsenter(consenter), replaceConsenter(founder!, await consenterOf(alpha, founder!.host))),
      setAnchorPeers: setAnchorPeers('Beta', [{ host: 'other.example', port: 1 }]),
      noAnchorPeers: setAnchorPeers('Beta', []),
      setOrdererEndpoints: setOrdererEndpoints('Alpha', [{ host: 'orderer0.example', port: 8050 }]),
      setMsp: setMsp(rotated),
      setBatchTimeout: setBatchTimeout(2_000),
      setBatchSize: setBatchSize({ maxMessages: 10, absoluteMaxBytes: 1_000_000, preferredMaxBytes: 500_000 }),
      setCapabilities: setCapabilities('application', ['V2_0']),
      setSectionPolicy: setSectionPolicy('application', 'Endorsement', groupPolicy('ALL', 'Endorsement')),
      newPolicy: setSectionPolicy('application', 'Auditors', signaturePolicy(1, [{ mspId: 'Alpha', role: 'admin' }])),
      several: allOf(setBatchTimeout(100), removeMember('Alpha'), setCapabilities('channel', ['V2_0', 'V3_0'])),
    };
    for (const [name, change] of Object.entries(changes)) await asFabric(change).catch((error: unknown) => assert.fail(`${name}: ${String(error)}`));
  });

  it('counts on from the versions in force', async () => {
    const later = config.config.clone();
    const walk = (group: common.ConfigGroup, version: number): void => {
      group.setVersion(version);
      group.getValuesMap().forEach((value) => value.setVersion(version + 1));
      group.getPoliciesMap().forEach((policy) => policy.setVersion(version + 2));
      group.getGroupsMap().forEach((each) => walk(each, version + 3));
    };
    walk(later.getChannelGroup() as common.ConfigGroup, 5);
    const from = { ...config, config: later };
    await asFabric(allOf(removeMember('Beta'), setBatchTimeout(7)), from);
    await asFabric(setAnchorPeers('Beta', [{ host: 'other.example', port: 1 }]), from);
  });

  it('leaves the configuration that it starts from alone', () => {
    const octets = config.config.serializeBinary();
    computeUpdate(config, removeMember('Beta'));
    assert.deepEqual(config.config.serializeBinary(), octets);
  });

  it('refuses what cannot be, and names it', async () => {
    const [founder] = consentersOf(config);
    const wrong: [ConfigChange, string, RegExp][] = [
      [addMember({ msp: alpha.msp, anchorPeers: [] }), 'DUPLICATE_MEMBER', /Alpha/],
      [addMember({ msp: { ...gamma.msp, mspId: 'no good' }, anchorPeers: [] }), 'MSP_ID_INVALID', /no good/],
      [removeMember('Gamma'), 'UNKNOWN_MEMBER', /Gamma/],
      [allOf(removeMember('Alpha'), removeMember('Beta')), 'LAST_MEMBER', /Beta/],
      [addOrderingMember({ msp: alpha.msp, endpoints: [founder!] }), 'DUPLICATE_MEMBER', /Alpha/],
      [removeOrderingMember('Alpha'), 'LAST_MEMBER', /Alpha/],
      [setAnchorPeers('Gamma', []), 'UNKNOWN_MEMBER', /Gamma/],
      [setMsp(gamma.msp), 'UNKNOWN_MEMBER', /Gamma/],
      [addConsenter(founder!), 'DUPLICATE_CONSENTER', /orderer0\.example:7050/],
      [removeConsenter(founder!), 'LAST_CONSENTER', /orderer0\.example:7050/],
      [replaceConsenter(founder!, await consenterOf(alpha, founder!.host)), 'LAST_CONSENTER', /add another first/],
      [removeConsenter({ host: 'nobody.example', port: 1 }), 'UNKNOWN_CONSENTER', /there are orderer0\.example:7050/],
      [addConsenter({ ...(await consenterOf(gamma, 'orderer1.example')), port: 0 }), 'ENDPOINT_INVALID', /port/],
      [setBatchTimeout(500), 'NO_CHANGE', /already/],
      [setMsp(alpha.msp), 'NO_CHANGE', /already/],
    ];
    for (const [change, code, message] of wrong) assert.throws(() => computeUpdate(config, change), { code, message }, code);
  });
});
