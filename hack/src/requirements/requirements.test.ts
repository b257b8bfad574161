import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { repositoryRoot } from '../lib/paths.ts';
import { parseRequirements, STATUSES, type Requirement } from './table.ts';
import { testNames } from './test-names.ts';

const COUNT = 143;

/** What is wrong with a row, in words. */
function faults({ number, text, status, tests, missing, unread }: Requirement): string[] {
  const at = `row ${number}`;
  const needsTest = status !== 'not yet';
  return [
    ...(text === '' ? [`${at}: does not say what the function is`] : []),
    ...(STATUSES.some((each) => each === status) ? [] : [`${at}: status "${status}" is none of ${STATUSES.join(', ')}`]),
    ...unread.map((part) => `${at}: "${part}" is not \`path\` › name`),
    ...(needsTest && tests.length === 0 ? [`${at}: ${status}, but names no test`] : []),
    ...(!needsTest && tests.length > 0 ? [`${at}: not yet, but names a test`] : []),
    ...(status === 'partly' && missing === '' ? [`${at}: partly, but does not say what is missing`] : []),
    ...tests.flatMap(({ path, name }) => {
      const file = join(repositoryRoot, path);
      if (!/(\.test\.ts|suite\.ts|test_\w+\.py)$/.test(path)) return [`${at}: ${path} is no file of tests`];
      if (!existsSync(file)) return [`${at}: ${path} does not exist`];
      return testNames(path, readFileSync(file, 'utf8')).has(name) ? [] : [`${at}: ${path} has no test "${name}"`];
    }),
  ];
}

describe('docs/requirements.md', () => {
  const markdown = readFileSync(join(repositoryRoot, 'docs/requirements.md'), 'utf8');
  const rows = parseRequirements(markdown);

  it('has all functions, once each, in order', () => {
    assert.deepEqual(rows.map(({ number }) => number), Array.from({ length: COUNT }, (_, index) => index + 1));
  });

  it('names tests that exist', () => {
    assert.deepEqual(rows.flatMap(faults), []);
  });

  it('counts right in its summary', () => {
    const counted = STATUSES.map((status) => `${rows.filter((row) => row.status === status).length} ${status}`).join(', ');
    assert.ok(markdown.includes(`**${counted}**`), `the summary must say: **${counted}**`);
  });
});

describe('the check of the table', () => {
  const row = (status: string, tests: string, missing = ''): string[] => parseRequirements(`| 7 | a function | ${status} | ${tests} | ${missing} |`).flatMap(faults);
  const own = '`hack/src/requirements/requirements.test.ts` › finds what is wrong';

  it('finds what is wrong', () => {
    assert.deepEqual(row('shown', own), []);
    assert.deepEqual(row('partly', own, 'the rest'), []);
    assert.deepEqual(row('not yet', ''), []);
    assert.match(row('done', '').join(), /status "done"/);
    assert.match(row('shown', '').join(), /names no test/);
    assert.match(row('not yet', own).join(), /but names a test/);
    assert.match(row('partly', own).join(), /what is missing/);
    assert.match(row('shown', 'see the tests').join(), /is not `path`/);
    assert.match(row('shown', own.replace('wrong', 'right')).join(), /has no test "finds what is right"/);
    assert.match(row('shown', own.replace('hack/', 'hock/')).join(), /does not exist/);
    assert.match(row('shown', own.replace('requirements.test.ts', 'table.ts')).join(), /is no file of tests/);
  });

  it('reads names as they are written', () => {
    const source = "test('a', f); it(`b ${c}`, f); describe(\"d's\", f); test('e\\'s', f); test(\n  'g', f); latest('no')";
    assert.deepEqual([...testNames('x.test.ts', source)], ['a', 'b ${c}', "d's", "e's", 'g']);
    assert.deepEqual([...testNames('test_x.py', '    def test_one(self):\n    def other(self):')], ['test_one']);
  });
});
