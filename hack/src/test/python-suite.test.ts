import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { failedUnittests, parseUnittest, runPythonSuite } from './python-suite.ts';

describe('parseUnittest', () => {
  it('reads a good run', () => {
    assert.deepEqual(parseUnittest('x', '...\n-----\nRan 7 tests in 0.1s\n\nOK (skipped=2)\n', 0), { name: 'x', passed: 5, failed: 0, skipped: 2 });
  });

  it('adds failures and errors', () => {
    const result = parseUnittest('x', 'Ran 10 tests in 1s\n\nFAILED (failures=1, errors=2)\n', 1);
    assert.deepEqual(result, { name: 'x', passed: 7, failed: 3, skipped: 0 });
  });

  it('finds nothing executed when unittest found no tests', () => {
    assert.deepEqual(parseUnittest('x', 'Ran 0 tests in 0s\n\nNO TESTS RAN\n', 5), { name: 'x', passed: 0, failed: 0, skipped: 0 });
  });

  it('does not take a crash after the tests for a success', () => {
    assert.equal(parseUnittest('x', 'Ran 3 tests in 0s\n\nOK\n', 139).failed, 1);
  });
});

const SUITE = `
import pathlib, unittest

SEEN = pathlib.Path(__file__).with_name('seen')

class FlakyTest(unittest.TestCase):
    def test_good(self):
        pass

    def test_first_time_only(self):
        seen, _ = SEEN.exists(), SEEN.touch()
        self.assertTrue(seen)

    def test_some_parts(self):
        for part in range(3):
            with self.subTest(part):
                self.assertNotIn(part, BROKEN)
`;

describe('a Python suite with failures', () => {
  it('names what failed, each once', () => {
    const said = 'FAIL: test_a (tests.test_x.XTest.test_a) [0]\nFAIL: test_a (tests.test_x.XTest.test_a) [1]\nERROR: setUpClass (tests.test_y.YTest)\nok\n';
    assert.deepEqual(failedUnittests(said), ['tests.test_x.XTest.test_a', 'tests.test_y.YTest']);
  });

  it('runs these once more: what passes then is passed, what fails twice is not', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'collabnet-python-'));
    try {
      for (const [broken, passed, failed] of [['()', 3, 0], ['(0, 1)', 1, 2]] as const) {
        await rm(join(folder, 'seen'), { force: true });
        await writeFile(join(folder, 'test_flaky.py'), `BROKEN = ${broken}\n${SUITE}`);
        assert.deepEqual(await runPythonSuite({ name: 'x', folder, top: folder }), { name: 'x', passed, failed, skipped: 0 });
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
