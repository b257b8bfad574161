import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assetDefinition } from '../source/asset-definition.ts';
import { Disclosures } from './disclosures.ts';

let directory: string;
before(async () => void (directory = await mkdtemp(join(tmpdir(), 'disclosures-'))));
after(() => rm(directory, { recursive: true }));

test('of the populations of an asset the newest are kept, as many as there is room for', () => {
  const disclosures = new Disclosures({ directory, mostOctets: 2 * 8 * 100 });
  const asset = assetDefinition.parse({ assetId: 'bank/a', networkId: 'n', path: 'a.csv', minimumSetSize: 10, columns: [{ name: 'id', type: 'String', role: 'Identifier' }] });
  const population = (first: number): BigUint64Array => BigUint64Array.from({ length: 100 }, (_unused, n) => BigInt(first + n));
  const spend = (first: number): string | undefined => disclosures.spend({ network: 'n', asset, flow: `from ${first}`, population: population(first) })?.code;
  assert.deepEqual([0, 1_000, 2_000].map(spend), [undefined, undefined, undefined]);
  assert.equal(spend(1_001), 'DISCLOSURE_DIFFERENCE');
  assert.equal(spend(2_001), 'DISCLOSURE_DIFFERENCE');
  assert.equal(spend(1), undefined, 'the oldest is forgotten');
  disclosures.close();
});
