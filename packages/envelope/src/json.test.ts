import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalJson, digestOf, isJsonObject } from './json.ts';
import type { Json } from './json.ts';

test('RFC 8785 §3.2.2 and §3.2.3: numbers, strings and the order of members', () => {
  const value = {
    numbers: JSON.parse('[333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001]') as number[],
    string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
    literals: [null, true, false],
  };
  const expected =
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
    '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}';
  assert.equal(canonicalJson(value), expected);
  const order = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 };
  assert.equal(canonicalJson(order), '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}');
  assert.equal(canonicalJson(-0), '0');
});

const json = fc.jsonValue({ maxDepth: 4, noUnicodeString: false }) as fc.Arbitrary<Json>;

test('the canonical form survives a round trip and does not depend on the order of members', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.string({ unit: 'grapheme' }).filter((k) => k !== '__proto__'),
        json,
        { noNullPrototype: true },
      ),
      (value) => {
        if (!isJsonObject(value)) return;
        const text = canonicalJson(value);
        assert.equal(canonicalJson(JSON.parse(text)), text);
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        assert.equal(digestOf(reversed), digestOf(value));
      },
    ),
  );
});

test('what JSON cannot say is refused by path, not dropped', () => {
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  const hole: unknown[] = [];
  hole[1] = 1;
  const bad: [unknown, RegExp][] = [
    [undefined, /\$ is of type undefined/],
    [{ a: { b: undefined } }, /\$\.a\.b/],
    [[1, undefined], /\$\[1\]/],
    [hole, /\$\[0\]/],
    [Number.NaN, /finite/],
    [{ a: Infinity }, /\$\.a is not a finite/],
    [(): void => undefined, /function/],
    [{ a: Symbol('x') }, /symbol/],
    [{ [Symbol('x')]: 1 }, /symbol members/],
    [1n, /bigint/],
    [new Date(0), /class/],
    [{ a: new Map() }, /class/],
    [new Uint8Array(2), /class/],
    ['\ud800', /surrogate/],
    [JSON.parse('{"__proto__":{"x":1}}'), /member name/],
    [cycle, /deeper than 64/],
  ];
  for (const [value, message] of bad) assert.throws(() => canonicalJson(value), { code: 'JSON_UNSUPPORTED', message });
  assert.equal(isJsonObject([]), false);
  assert.equal(isJsonObject(null), false);
  assert.equal(isJsonObject(bad[1]![0]), false);
});
