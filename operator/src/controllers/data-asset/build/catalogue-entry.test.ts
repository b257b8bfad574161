import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testAsset } from '../testing.ts';
import { catalogueEntry } from './catalogue-entry.ts';

const profile = { fingerprint: 'ab'.repeat(32), rows: 4711 };

test('nothing is published that is not allow-listed', () => {
  const entry = catalogueEntry('bank/customers', testAsset().spec, profile);
  assert.deepEqual(entry.columns.map(({ name }) => name), ['id']);
  const text = JSON.stringify(entry);
  for (const secret of ['salary', '4711', 'customers.csv', '"source":{"file"']) assert.ok(!text.includes(secret), secret);
});

test('the number of rows is published where it is allow-listed', () => {
  const { spec } = testAsset('customers', (asset) => (asset.spec.profile.publish = ['RowCount']));
  assert.equal(catalogueEntry('bank/customers', spec, profile).rows, 4711);
});

test('what the ledger would refuse is named by the field of the kind', () => {
  const { spec } = testAsset('customers', (asset) => (asset.spec.lawfulBasis.purpose = 'x'.repeat(513)));
  assert.throws(() => catalogueEntry('bank/customers', spec, profile), { name: 'StalledError', reason: 'InvalidSpec', message: /^spec\.lawfulBasis\.purpose: / });
});
