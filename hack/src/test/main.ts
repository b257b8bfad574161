/** `--unit`: compiles and runs the unit tests of all workspaces. `--e2e`: runs the end-to-end suites on a cluster; `--e2e=SUITE` one of them. */
import { basename, join } from 'node:path';
import { ledgerDriver } from '../demo/ledger.ts';
import { foreignKubeconfig } from '../cluster/foreign-cluster.ts';
import { files as clusterFiles } from '../cluster/layout.ts';
import { workspaceFolders } from '../images/workspaces.ts';
import { HackError } from '../lib/hack-error.ts';
import { runMain } from '../lib/main-guard.ts';
import { currentBinDir, repositoryRoot } from '../lib/paths.ts';
import { say } from '../lib/progress.ts';
import { run } from '../lib/run.ts';
import { endToEndPlan, needsFabric, type SuiteRun } from './end-to-end-plan.ts';
import { goSuites, runGoSuite } from './go-suite.ts';
import { inLanes } from './in-lanes.ts';
import { laneCount } from './lane.ts';
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
  // What only tests need; the others never pay for it.
  for (const [name, file] of [['programs of Fabric', 'fabric.ts'], ['cert-manager', 'cert-manager.ts']] as const) {
    if (!(await prepared(name, process.execPath, [join(repositoryRoot, 'hack', 'src', 'setup', file)]))) return;
  }
  for (const workspace of workspaceFolders().filter((folder) => folder !== 'e2e')) {
    const tests = testFiles(workspace);
    if (tests.length > 0) add(await timed(() => twice(workspace, () => runNodeSuite(workspace, tests, 2))));
  }
  for (const suite of pythonSuites()) add(await timed(() => runPythonSuite(suite)));
  for (const suite of goSuites()) add(await timed(() => twice(suite, () => runGoSuite(suite))));
}

/** On a machine of two processors a third lane gains nothing: the tests' own time limits begin to be missed. */
const LANES = 2;

async function endToEndTests(only: string | undefined): Promise<void> {
  const files = testFiles('e2e').map((file) => ({ file, suite: basename(file, '.test.js') }));
  const suites = files.map(({ suite }) => suite);
  if (only !== undefined && !suites.includes(only)) throw new HackError('BAD_ARGUMENT', `--e2e=${only}: no such suite; there are ${suites.join(', ')}`);
  const lanes = laneCount(only === undefined ? LANES : 1);
  const driver = ledgerDriver();
  const plan = endToEndPlan(suites, lanes, driver, only);
  const hack = (path: string): string => join(repositoryRoot, 'hack', path);
  const fabric = [...plan.inLanes.flat(), ...plan.alone].some((each) => needsFabric(each, driver));
  const ready =
    (await prepared('setup', hack('setup.sh'), [])) &&
    (await prepared('compile', 'tsc', ['-b'])) &&
    (await prepared('cluster', process.execPath, [hack('src/cluster/main.ts'), 'up'])) &&
    (await prepared('images', process.execPath, [hack('src/images/main.ts')])) &&
    (!fabric || (await prepared('image of the Fabric nodes', process.execPath, [hack('src/images/main.ts'), 'fabric'])));
  if (!ready) return;
  process.env['KUBECONFIG'] = foreignKubeconfig() ?? clusterFiles.adminKubeconfig;
  process.env['PATH'] = `${currentBinDir}:${process.env['PATH'] ?? ''}`;
  const runSuite = async ({ name, suite, env }: SuiteRun, lane: number): Promise<void> => {
    const of = files.filter((each) => each.suite === suite).map(({ file }) => file);
    const tests = (): Promise<SuiteResult> => runNodeSuite('e2e', of, 1, { ...env, COLLABNET_LANE: String(lane) });
    // Who asks for one suite sees what failed, and can ask for that alone: hundreds of cells are not run again for one.
    add(await timed(only === undefined ? () => twice(name, tests) : async () => ({ ...(await tests()), name })));
  };
  await inLanes(plan.inLanes, lanes, async (chain, lane) => {
    for (const each of chain) await runSuite(each, lane);
  });
  for (const each of plan.alone) await runSuite(each, 1);
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
