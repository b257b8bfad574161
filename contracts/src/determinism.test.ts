import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { contractsBundleDigest } from './bundle/bundle-digest.ts';

/**
 * Every ledger node runs these rules and must come to the same result: no clock, randomness, locale, network, process,
 * nor functions whose last bit differs between machines.
 */
const FORBIDDEN: readonly RegExp[] = [
  /\bDate\s*[.(]/,
  /\bMath\.(random|sin|cos|tan|asin|acos|atan|atan2|exp|expm1|log|log10|log1p|log2|pow|sqrt|cbrt|hypot|sinh|cosh|tanh|fround)\b/,
  /\bIntl\b/,
  /\btoLocale\w*\b/,
  /\blocaleCompare\b/,
  /\b(performance|process|globalThis|fetch|setTimeout|setInterval|setImmediate|queueMicrotask|WebAssembly)\b/,
  /\bcrypto\b/,
  /\bnavigator\b/,
  /\bnewNonce\b|\bnewPayload\b|\brandomBytes\b|\bgenerateSm2KeyPair\b/,
  /\basync\b|\bawait\b|\bPromise\b/,
  /\beval\b|\bnew Function\b|\bimport\(|\brequire\(/,
  // When memory is collected, what other threads do, where the code lies.
  /\b(WeakRef|FinalizationRegistry|Atomics|SharedArrayBuffer)\b|\.stack\b/,
  // Unicode tables come with the version of Node; so does the clock of Temporal.
  /\bTemporal\b|\.normalize\(|\bto(Upper|Lower)Case\b|\\p\{/,
  // As implementation-defined as Math.pow.
  /\*\*/,
];
const ALLOWED_IMPORTS = ['zod', '@collabnet/sm', '@collabnet/did', '@collabnet/envelope', '@collabnet/flow'];

const root = join(import.meta.dirname, '..', 'src');

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ['testing', 'bundle'].includes(entry.name) ? [] : sources(path);
    return path.endsWith('.ts') && !path.endsWith('.test.ts') ? [path] : [];
  });
}

function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

function faults(text: string): string[] {
  const code = codeOf(text);
  const words = FORBIDDEN.flatMap((pattern) => code.match(pattern)?.[0] ?? []);
  const imports = [...code.matchAll(/\bfrom '([^']+)'/g)].map((match) => match[1] ?? '');
  const foreign = imports.filter((name) =>
    name.startsWith('.') ? /\/(testing|bundle)\//.test(name) : !ALLOWED_IMPORTS.includes(name),
  );
  return [...words, ...foreign];
}

describe('determinism', () => {
  test('the scan finds what it looks for', () => {
    assert.deepEqual(faults('const now = Date.now();'), ['Date.']);
    assert.deepEqual(faults("import { readFile } from 'node:fs/promises';"), ['node:fs/promises']);
    assert.deepEqual(faults("import { Bench } from '../testing/bench.ts';"), ['../testing/bench.ts']);
    assert.deepEqual(faults('const x = Math.random() + Math.floor(1);'), ['Math.random']);
    assert.deepEqual(faults('const x = 2 ** 0.5;'), ['**']);
    assert.deepEqual(faults("const x = name.normalize('NFC').toLowerCase();"), ['.normalize(']);
    assert.deepEqual(faults('const x = /\\p{L}/u.test(error.stack);'), ['.stack', '\\p{']);
    assert.deepEqual(faults('// Date.now() is not used\nconst x = Math.max(1, 2);'), []);
  });

  test('the digest of the rules is a digest, and the same each time', () => {
    assert.match(contractsBundleDigest(), /^[0-9a-f]{64}$/);
    assert.equal(contractsBundleDigest(), contractsBundleDigest());
  });

  test('no rule depends on anything but state, block and transaction', () => {
    const files = sources(root);
    assert.ok(files.length > 40, `found only ${files.length} files in ${root}`);
    const found = files.flatMap((file) =>
      faults(readFileSync(file, 'utf8')).map((fault) => `${file.slice(root.length + 1)}: ${fault}`),
    );
    assert.deepEqual(found, []);
  });
});
