import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foundersLedger, ledgerDriver } from './ledger.ts';

test('the driver comes from the option, then from the environment, and is embedded else', () => {
  assert.equal(ledgerDriver([], {}), 'embedded');
  assert.equal(ledgerDriver([], { COLLABNET_LEDGER: '' }), 'embedded');
  assert.equal(ledgerDriver([], { COLLABNET_LEDGER: 'fabric' }), 'fabric');
  assert.equal(ledgerDriver(['--ledger', 'embedded'], { COLLABNET_LEDGER: 'fabric' }), 'embedded');
  for (const args of [['--ledger', 'besu'], ['--ledger', 'Fabric']]) assert.throws(() => ledgerDriver(args, {}), { code: 'BAD_ARGUMENT' });
});

test('a founder on fabric runs three orderers, of which one may be lost', () => {
  assert.deepEqual(foundersLedger('fabric'), { driver: 'fabric', fabric: { orderers: 3 } });
  assert.deepEqual(foundersLedger('embedded'), { driver: 'embedded' });
});
