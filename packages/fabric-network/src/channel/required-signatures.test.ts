import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { consenterOf, foundingOf } from '../testing/founding-of.ts';
import { TestInstitution } from '../testing/test-institution.ts';
import { addMember, allOf, setAnchorPeers, setBatchTimeout, setCapabilities, setMsp, setSectionPolicy, type ConfigChange } from './changes.ts';
import { readConfigBlock, type ChannelConfig } from './channel-config.ts';
import { computeUpdate } from './compute-update.ts';
import { addConsenter } from './consenter-changes.ts';
import { genesisBlock } from './genesis.ts';
import { groupPolicy } from './policies.ts';
import { requiredSignatures } from './required-signatures.ts';

describe('requiredSignatures', () => {
  let config: ChannelConfig;
  let alpha: TestInstitution;
  before(async () => {
    const { founding, institutions } = await foundingOf('Alpha', 'Beta', 'Gamma');
    alpha = institutions[0] as TestInstitution;
    config = readConfigBlock(genesisBlock(founding));
  });
  const needs = (change: ConfigChange, from = config): unknown => requiredSignatures(from, computeUpdate(from, change)).map(({ policy, of, needed }) => [policy, of.join(), needed]);
  const application = ['/Channel/Application/Admins', 'Alpha,Beta,Gamma', 2];
  const ordering = ['/Channel/Orderer/Admins', 'Alpha', 1];

  it('asks more than half of the members for a new one', async () => {
    const { msp } = await TestInstitution.create('Delta');
    assert.deepEqual(needs(addMember({ msp, anchorPeers: [] })), [application]);
  });

  it('asks those who order for what concerns ordering', async () => {
    assert.deepEqual(needs(allOf(setBatchTimeout(1), addConsenter(await consenterOf(alpha, 'orderer1.example')))), [ordering]);
  });

  it('asks an institution alone for what is its own, in each section that it stands in', async () => {
    assert.deepEqual(needs(setAnchorPeers('Beta', [])), [['/Channel/Application/Beta/Admins', 'Beta', 1]]);
    const { identityAuthority } = await TestInstitution.create('Alpha');
    const definition = { ...alpha.msp, rootCertificates: [...alpha.msp.rootCertificates, identityAuthority.certificatePem] };
    assert.deepEqual(needs(setMsp(definition)), [['/Channel/Application/Alpha/Admins', 'Alpha', 1], ['/Channel/Orderer/Alpha/Admins', 'Alpha', 1]]);
  });

  it('asks both sections for what concerns the whole channel', () => {
    assert.deepEqual(needs(setCapabilities('channel', ['V2_0', 'V3_0'])), [ordering, application]);
  });

  it('follows the rule that is in force', () => {
    const stricter = { ...config, config: config.config.clone() };
    setSectionPolicy('application', 'Admins', groupPolicy('ALL', 'Admins'))(stricter.config);
    assert.deepEqual(needs(setCapabilities('application', ['V2_0']), stricter), [['/Channel/Application/Admins', 'Alpha,Beta,Gamma', 3]]);
  });

  it('does not guess where something else governs', () => {
    const other = { ...config, config: config.config.clone() };
    other.config.getChannelGroup()?.getGroupsMap().get('Application')?.getValuesMap().get('Capabilities')?.setModPolicy('/Channel/Somebody');
    assert.throws(() => needs(setCapabilities('application', ['V2_0']), other), { code: 'VALUE_INVALID', message: /Somebody/ });
  });
});
