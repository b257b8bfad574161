import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matches } from './selector.ts';

const labels = { app: 'a', tier: 'web' };

describe('matches', () => {
  it('takes the empty selector for everything', () => {
    assert.equal(matches({}, {}), true);
    assert.equal(matches({}, labels), true);
  });

  it('wants all of matchLabels and matchExpressions', () => {
    assert.equal(matches({ matchLabels: { app: 'a', tier: 'web' } }, labels), true);
    assert.equal(matches({ matchLabels: { app: 'a', tier: 'db' } }, labels), false);
    assert.equal(matches({ matchLabels: { app: 'a' }, matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, labels), false);
  });

  it('knows the four operators', () => {
    const one = (operator: string, key: string, values?: string[]): boolean => matches({ matchExpressions: [{ key, operator, values }] }, labels);
    assert.deepEqual([one('In', 'app', ['a', 'b']), one('In', 'app', ['b']), one('In', 'none', ['a'])], [true, false, false]);
    assert.deepEqual([one('NotIn', 'app', ['a']), one('NotIn', 'app', ['b']), one('NotIn', 'none', ['a'])], [false, true, true]);
    assert.deepEqual([one('Exists', 'app'), one('Exists', 'none')], [true, false]);
    assert.deepEqual([one('DoesNotExist', 'app'), one('DoesNotExist', 'none')], [false, true]);
  });

  it('refuses an operator it does not know', () => {
    assert.throws(() => matches({ matchExpressions: [{ key: 'app', operator: 'Gt', values: ['1'] }] }, labels), /Gt is unknown/);
  });
});
