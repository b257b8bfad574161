import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { dataHash, headerHash } from './block-hash.ts';

test('a header is hashed in DER, whose integers have a sign', () => {
  const previous = Buffer.alloc(32, 1);
  const data = Buffer.alloc(32, 2);
  const hashes: [number, string][] = [[0, '020100'], [127, '02017f'], [128, '02020080'], [255, '020200ff'], [256, '02020100'], [65_535, '020300ffff']];
  for (const [number, integer] of hashes) {
    const body = `${integer}0420${previous.toString('hex')}0420${data.toString('hex')}`;
    const der = Buffer.from(`30${(body.length / 2).toString(16)}${body}`, 'hex');
    assert.equal(headerHash(number, previous, data), createHash('sha256').update(der).digest('hex'), String(number));
  }
  // Block 0 has no previous hash.
  assert.equal(headerHash(0, Buffer.alloc(0), data), createHash('sha256').update(Buffer.from(`302702010004000420${data.toString('hex')}`, 'hex')).digest('hex'));
});

test('data are hashed one after the other', () => {
  assert.equal(dataHash([Buffer.from('a'), Buffer.from('bc')]), createHash('sha256').update('abc').digest('hex'));
});
