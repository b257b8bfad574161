import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { common } from '@hyperledger/fabric-protos';
import { enrol } from '../identity/authority.ts';
import { signerFromPem } from '../identity/signer.ts';
import { foundingOf } from '../testing/founding-of.ts';
import { TestInstitution } from '../testing/test-institution.ts';
import { setBatchTimeout } from './changes.ts';
import { readConfigBlock, type ChannelConfig } from './channel-config.ts';
import { computeUpdate } from './compute-update.ts';
import { genesisBlock } from './genesis.ts';
import { checkUpdateSignature, checkUpdateSignatures, readUpdate, signUpdate } from './update-envelope.ts';

describe('signatures of an update', () => {
  let config: ChannelConfig;
  let alpha: TestInstitution;
  let beta: TestInstitution;
  let update: Uint8Array;
  before(async () => {
    const { founding, institutions } = await foundingOf('Alpha', 'Beta');
    [alpha, beta] = institutions as [TestInstitution, TestInstitution];
    config = readConfigBlock(genesisBlock(founding));
    update = computeUpdate(config, setBatchTimeout(1));
  });

  it('are good when an administrator of a member made them', async () => {
    const signatures = [await signUpdate(update, beta.admin), await signUpdate(update, alpha.admin)];
    assert.deepEqual(checkUpdateSignatures(config, update, signatures), ['Beta', 'Alpha']);
  });

  it('are refused with the reason', async () => {
    const other = computeUpdate(config, setBatchTimeout(2));
    const good = common.ConfigSignature.deserializeBinary(await signUpdate(update, alpha.admin));
    good.setSignature(Buffer.from(good.getSignature_asU8()).fill(1, 10, 12));
    const cases: [Uint8Array, RegExp][] = [
      [await signUpdate(other, alpha.admin), /not made over this update/],
      [good.serializeBinary(), /not made over this update/],
      [await signUpdate(update, alpha.client), /not enrolled as an administrator/],
      [await signUpdate(update, (await TestInstitution.create('Gamma')).admin), /Gamma is no member of collab/],
      [await signUpdate(update, (await TestInstitution.create('Alpha')).admin), /not issued by an authority of Alpha/],
      [await signUpdate(update, { ...alpha.admin, mspId: 'Beta' }), /not issued by an authority of Beta/],
      [Buffer.from('nonsense'), /cannot be read/],
    ];
    for (const [signature, message] of cases) {
      assert.throws(() => checkUpdateSignature(config, update, signature), { code: 'SIGNATURE_INVALID', message }, String(message));
    }
  });

  it('are refused outside of the certificate\'s validity', async () => {
    const short = await enrol({ authority: alpha.identityAuthority, commonName: 'brief', role: 'admin', days: 1 });
    const signature = await signUpdate(update, signerFromPem('Alpha', short));
    assert.equal(checkUpdateSignature(config, update, signature), 'Alpha');
    assert.throws(() => checkUpdateSignature(config, update, signature, short.notAfter + 1), { code: 'SIGNATURE_INVALID', message: /not valid now/ });
  });

  it('count once for a member', async () => {
    const signatures = [await signUpdate(update, alpha.admin), await signUpdate(update, alpha.admin)];
    assert.throws(() => checkUpdateSignatures(config, update, signatures), { code: 'DUPLICATE_SIGNATURE', message: /Alpha/ });
  });

  it('belong to one channel', () => {
    assert.equal(readUpdate(update, 'collab').getChannelId(), 'collab');
    assert.throws(() => readUpdate(update, 'other'), { code: 'WRONG_CHANNEL', message: /"collab", not for "other"/ });
    assert.throws(() => readUpdate(Buffer.from([255]), 'collab'), { code: 'CONFIG_INVALID' });
  });
});
