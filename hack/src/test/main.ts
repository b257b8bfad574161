/** `--unit`: compiles and runs the unit tests of all workspaces. `--e2e`: runs the end-to-end suites on a cluster; `--e2e=SUITE` one of them. */
import { basename, join } from 'node:path';
import { ledgerDriver } from '../demo/ledger.ts';
import { foreignKubeconfig } from '../cluster/foreign-cluster.ts';
import { files } from '../cluster/layout.ts';
import { workspaceFolders } from '../images/workspaces.ts';
import { HackError } from '../lib/hack-error.ts';
import { runMain } from '../lib/main-guard.ts';
import { currentBinDir, repositoryRoot } from '../lib/paths.ts';
import { say } from '../lib/progress.ts';
import { run } from '../lib/run.ts';
import { runNodeSuite, testFiles } from './node-suite.ts';
import { pythonSuites, runPythonSuite } from './python-suite.ts';
import { suiteLine, totalLine, withEmptyAsFailure, type SuiteResult } from './suite-result.ts';

const results: SuiteResult[] = [];

function add(result: SuiteResult): void {
  say(suiteLine(result));
  results.push(withEmptyAsFailure(result));
}

/** A step that must succeed before tests can run; its failure is shown and counts as one. */
async function prepared(name: string, command: string, args: readonly string[]): Promise<boolean> {
  const { code } = await run(command, args, { cwd: repositoryRoot, show: true, allowFailure: true });
  if (code !== 0) add({ name, passed: 0, failed: 1, skipped: 0 });
  return code === 0;
}

async function timed(suite: () => Promise<SuiteResult>): Promise<SuiteResult> {
  const started = performance.now();
  return { ...(await suite()), seconds: (performance.now() - started) / 1000 };
}

/**
 * A suite that fails is run once more, and says so: what fails twice is broken, what fails once is named. Most suites start
 * real servers, and a crowded machine can make one miss its time.
 */
async function twice(name: string, suite: () => Promise<SuiteResult>): Promise<SuiteResult> {
  const first = { ...(await suite()), name };
  if (first.failed === 0) return first;
  say(`UNSTABLE ${name}: ${first.failed} of ${first.passed + first.failed} failed; running the suite once more`);
  return { ...(await suite()), name };
}

async function unitTests(): Promise<void> {
  if (!(await prepared('compile', 'tsc', ['-b']))) return;
  if (!(await prepared('programs of Fabric', process.execPath, [join(repositoryRoot, 'hack', 'src', 'setup', 'fabric.ts')]))) return;
  for (const workspace of workspaceFolders().filter((folder) => folder !== 'e2e')) {
    const tests = testFiles(workspace);
    if (tests.length > 0) add(await timed(() => twice(workspace, () => runNodeSuite(workspace, tests, 2))));
  }
  for (const suite of pythonSuites()) add(await timed(() => runPythonSuite(suite)));
}

/** Suites that a run of all over the embedded ledger runs over Fabric, too; `LEDGER=fabric` runs every suite over it. */
const ALSO_ON_FABRIC: readonly string[] = ['task'];

async function endToEndTests(only: string | undefined): Promise<void> {
  const suites = testFiles('e2e').filter((file) => only === undefined || basename(file, '.test.js') === only);
  if (suites.length === 0) throw new HackError('BAD_ARGUMENT', `--e2e=${only ?? ''}: no such suite; there are ${testFiles('e2e').map((file) => basename(file, '.test.js')).join(', ')}`);
  const hack = (path: string): string => join(repositoryRoot, 'hack', path);
  const suite = (file: string): string => basename(file, '.test.js');
  const alsoOnFabric = only === undefined && ledgerDriver() === 'embedded' ? suites.filter((file) => ALSO_ON_FABRIC.includes(suite(file))) : [];
  const needsFabric = alsoOnFabric.length > 0 || ledgerDriver() === 'fabric';
  const ready =
    (await prepared('setup', hack('setup.sh'), [])) &&
    (await prepared('compile', 'tsc', ['-b'])) &&
    (await prepared('cluster', process.execPath, [hack('src/cluster/main.ts'), 'up'])) &&
    (await prepared('images', process.execPath, [hack('src/images/main.ts')])) &&
    (!needsFabric || (await prepared('image of the Fabric nodes', process.execPath, [hack('src/images/main.ts'), 'fabric'])));
  if (!ready) return;
  process.env['KUBECONFIG'] = foreignKubeconfig() ?? files.adminKubeconfig;
  process.env['PATH'] = `${currentBinDir}:${process.env['PATH'] ?? ''}`;
  // One file after another: they share the machine, and a crowded one makes timing tests lie.
  for (const file of suites) add(await timed(() => twice(`e2e/${suite(file)}`, () => runNodeSuite('e2e', [file], 1))));
  for (const file of alsoOnFabric) {
    process.env['COLLABNET_LEDGER'] = 'fabric';
    add(await timed(() => twice(`e2e/${suite(file)} on Fabric`, () => runNodeSuite('e2e', [file], 1))));
  }
}

runMain(async () => {
  const options = process.argv.slice(2);
  if (options.length === 0 || options.some((option) => !/^--(unit|e2e|e2e=.+)$/.test(option))) {
    throw new HackError('BAD_ARGUMENT', 'usage: main.ts [--unit] [--e2e[=SUITE]]');
  }
  const endToEnd = options.find((option) => option.startsWith('--e2e'));
  if (options.includes('--unit')) await unitTests();
  if (endToEnd !== undefined) await endToEndTests(endToEnd.split('=')[1]);
  say(totalLine(results));
  if (results.length === 0 || results.some(({ failed }) => failed > 0)) process.exitCode = 1;
});
