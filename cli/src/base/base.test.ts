import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseReference } from '../decide/reference.ts';
import { countOption, durationOption, timeOption } from './duration.ts';
import { CliError, exitCodeOf } from './errors.ts';
import { table } from './table.ts';
import { ago, bytes } from './text.ts';

describe('parts of the command line', () => {
  it('read references', () => {
    assert.deepEqual(parseReference('common'), { kind: 'Flow', task: 'common' });
    assert.deepEqual(parseReference('ComputeTask/common'), { kind: 'Flow', task: 'common' });
    assert.deepEqual(parseReference('join/ab'), { kind: 'Membership', id: 'ab' });
    assert.deepEqual(parseReference('algorithm/psi@1.0.0'), { kind: 'Algorithm', name: 'psi', version: '1.0.0' });
    assert.deepEqual(parseReference('person/lin'), { kind: 'Person', participant: 'lin' });
    for (const wrong of ['', 'task/', 'algorithm/psi', 'algorithm/psi@1@2', 'grant/x', 'secret/x']) {
      assert.throws(() => parseReference(wrong), { code: 'USAGE' }, wrong);
    }
  });

  it('align columns, also of wide characters', () => {
    assert.equal(table(['A', 'B'], [['银行', 1], ['x', undefined]]), 'A      B\n银行   1\nx      -');
  });

  it('write times and sizes for people', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    assert.equal(ago('2025-12-31T23:58:30Z', now), '90s');
    assert.equal(ago('2025-12-30T00:00:00Z', now), '2d');
    assert.equal(bytes(1536), '1.5 KiB');
    assert.equal(bytes(undefined), undefined);
  });

  it('refuse wrong option values by name', () => {
    assert.equal(durationOption('--for', '1h30m'), 5_400_000);
    assert.equal(timeOption('--until', '2026-01-01'), 1_767_225_600_000);
    assert.throws(() => durationOption('--for', 'long'), { code: 'USAGE', message: /--for long/ });
    assert.throws(() => timeOption('--until', 'tomorrow'), { code: 'USAGE', message: /--until tomorrow/ });
    for (const wrong of ['0', '-1', '1.5', 'x']) assert.throws(() => countOption('--count', wrong), { code: 'USAGE' });
  });

  it('map errors to exit codes', () => {
    assert.equal(exitCodeOf(new CliError('TIMEOUT', 'x')), 5);
    assert.equal(exitCodeOf(Object.assign(new Error('x'), { code: 'BLOCK_INVALID' })), 6);
    assert.equal(exitCodeOf(new Error('x')), 1);
    assert.equal(exitCodeOf(undefined), 1);
  });
});
