import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from './turns.ts';

test('one sender may have so many requests under way, and takes nothing from the others', async () => {
  const turns = new Turns(2);
  const ends: (() => void)[] = [];
  const wait = (): Promise<void> => new Promise((resolve) => ends.push(resolve));
  const first = turns.take('a', wait);
  const failing = turns.take('a', () => wait().then(() => Promise.reject(new Error('failed'))));
  await assert.rejects(turns.take('a', wait), { code: 'UNAVAILABLE' });
  assert.equal(await turns.take('b', () => Promise.resolve(1)), 1);
  for (const end of ends) end();
  await Promise.all([first, assert.rejects(failing, /failed/)]);
  assert.equal(await turns.take('a', () => Promise.resolve(2)), 2, 'a failed one has made room too');
});
