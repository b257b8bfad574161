import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDid, isDid, keyIdOf, parseDid, parseKeyId } from './did.ts';

const network = '0123456789abcdef'.repeat(4);
const edge = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789');
const inner = fc.string({ unit: fc.constantFrom(...'abz019.-'), minLength: 1, maxLength: 61 });

test('format and parse are inverse for every subject code', () => {
  fc.assert(
    fc.property(edge, inner, edge, (first, middle, last) => {
      const subjectCode = first + middle + last;
      const did = formatDid(network, subjectCode);
      assert.deepEqual(parseDid(did), { networkPrefix: network.slice(0, 32), subjectCode });
      assert.deepEqual(parseKeyId(keyIdOf(did, 'key-1')), { did, fragment: 'key-1' });
    }),
  );
});

test('malformed DIDs and subject codes are refused', () => {
  const prefix = `did:collab:${network.slice(0, 32)}`;
  const bad = [
    '',
    'did:web:x',
    `${prefix}:`,
    `${prefix}:ab`,
    `${prefix}:-ab`,
    `${prefix}:abc.`,
    `${prefix}:Abc`,
    `${prefix}:a b`,
  ];
  bad.push(
    `${prefix}:abc#key-1`,
    `${prefix}:abc:d`,
    `${prefix}:abc\n`,
    `did:collab:${network}:abc`,
    `${prefix.toUpperCase()}:abc`,
  );
  bad.push(`${prefix}:${'a'.repeat(64)}`);
  for (const did of bad) {
    assert.throws(() => parseDid(did), { code: 'DID_MALFORMED' }, JSON.stringify(did));
    assert.equal(isDid(did), false);
  }
  for (const code of ['', 'ab', 'A-b', 'a_b', '-ab', 'a'.repeat(64), 'abc\n']) {
    assert.throws(() => formatDid(network, code), { code: 'DID_MALFORMED' }, JSON.stringify(code));
  }
  assert.throws(() => formatDid('abc', 'bank-a'), { code: 'DID_MALFORMED' });
  assert.throws(() => keyIdOf(formatDid(network, 'bank-a'), 'a#b'), { code: 'DID_MALFORMED' });
  assert.throws(() => parseKeyId(`${formatDid(network, 'bank-a')}#a#b`), { code: 'DID_MALFORMED' });
});
