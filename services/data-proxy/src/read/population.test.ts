import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AssetDefinition } from '../source/asset-definition.ts';
import { differenceOf, identifiersOf, PopulationBuilder, type Population } from './population.ts';

const secret = Buffer.alloc(32, 7);

function populationOf(ids: readonly number[], key: Uint8Array = secret): Population {
  const builder = new PopulationBuilder(key, ['id'], ['score', 'id']);
  for (let at = 0; at < ids.length; at += 100) builder.update(ids.slice(at, at + 100).map((id) => [`${id % 7}`, `person ${id}`]));
  return builder.finish();
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_unused, n) => from + n);

test('a population is the set of persons, whatever their order, their number of rows and the other columns', () => {
  const people = range(0, 3_000);
  assert.equal(populationOf(people).length, 3_000);
  assert.deepEqual(populationOf([...people, ...people].reverse()), populationOf(people));
  assert.notDeepEqual(populationOf(people, Buffer.alloc(32, 8)), populationOf(people));
});

test('differences are counted on both sides, up to what is asked for', () => {
  const people = populationOf(range(0, 1_000));
  assert.equal(differenceOf(people, populationOf(range(0, 1_000)), 5), 0);
  assert.equal(differenceOf(people, populationOf(range(0, 1_001)), 5), 1);
  assert.equal(differenceOf(people, populationOf(range(2, 1_001)), 5), 3);
  assert.equal(differenceOf(populationOf(range(2, 1_001)), people, 5), 3);
  assert.equal(differenceOf(people, populationOf([]), 5), 5);
  assert.equal(differenceOf(populationOf([]), populationOf([]), 5), 0);
});

test('an asset without identifiers has no population', () => {
  const asset = { columns: [{ name: 'score', type: 'Decimal', role: 'Feature' }] } as unknown as AssetDefinition;
  assert.deepEqual(identifiersOf(asset), []);
  const builder = new PopulationBuilder(secret, [], ['score']);
  builder.update([['1'], ['2']]);
  assert.equal(builder.finish().length, 0);
});
