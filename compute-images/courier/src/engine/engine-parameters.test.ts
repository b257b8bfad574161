import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CourierJob } from '@collabnet/wire';
import { engineParameters } from './engine-parameters.ts';

const job = (engine: CourierJob['algorithm']['engine'], operator: CourierJob['operator'], parameters: CourierJob['parameters']): CourierJob =>
  ({ operator, parameters, minimumSetSize: 10, disclosure: { minimumSetSize: 20 }, algorithm: { name: 'x', version: '1.0.0', engine } }) as CourierJob;

test('each engine is told operator and curve in its own words', () => {
  const ecdh = { protocol: 'ECDH', curve: 'Curve25519' };
  assert.deepEqual(engineParameters(job('spu', 'Difference', { protocol: 'RR22', curve: 'Curve25519' }), ['a', 'b']), { protocol: 'RR22', join: 'Difference', receivers: ['a', 'b'], broadcast: true });
  assert.deepEqual(engineParameters(job('spu', 'Intersection', ecdh), ['a']), { protocol: 'ECDH', join: 'Intersection', receivers: ['a'], broadcast: false, curve: '25519' });
  assert.deepEqual(engineParameters(job('sets', 'Cardinality', { ...ecdh, curve: 'SM2' }), ['a']), { operation: 'Cardinality', receivers: ['a'], curve: 'SM2', minimumSetSize: 20 });
  assert.deepEqual(engineParameters(job('sets', 'Difference', ecdh), ['b']), { operation: 'Difference', receivers: ['b'], curve: 'RISTRETTO255' });
});
