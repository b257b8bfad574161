import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '../lib/paths.ts';
import { say } from '../lib/progress.ts';
import { run } from '../lib/run.ts';
import type { SuiteResult } from './suite-result.ts';

/** Folders of the engines that are Go modules. */
export function goSuites(): string[] {
  return globSync('compute-images/*/go.mod', { cwd: repositoryRoot }).map((path) => dirname(path)).sort();
}

interface TestEvent {
  readonly Action: string;
  readonly Package?: string;
  readonly Test?: string;
  readonly Output?: string;
}

/** What `go test -json` tells: tests that have no tests below them count, and a package that fails without one. */
export function parseGoTest(name: string, output: string): SuiteResult & { readonly said: string } {
  const events = output.split('\n').flatMap((line): TestEvent[] => (line.startsWith('{') ? [JSON.parse(line) as TestEvent] : []));
  const ends = events.filter(({ Action }) => ['pass', 'fail', 'skip'].includes(Action));
  const tests = ends.flatMap(({ Action, Package = '', Test }) => (Test === undefined ? [] : [{ Action, id: `${Package} ${Test}` }]));
  const leaves = tests.filter(({ id }) => !tests.some((other) => other.id.startsWith(`${id}/`)));
  const count = (action: string): number => leaves.filter(({ Action }) => Action === action).length;
  const failed = tests.filter(({ Action }) => Action === 'fail');
  // One that was not compiled, or whose program crashed between tests.
  const packages = ends.filter(({ Action, Package = '', Test }) => Action === 'fail' && Test === undefined && !failed.some(({ id }) => id.startsWith(`${Package} `)));
  const isSaid = ({ Package = '', Test }: TestEvent): boolean => (Test === undefined ? packages.some((each) => each.Package === Package) : failed.some(({ id }) => id === `${Package} ${Test}`));
  const said = events.filter(isSaid).map(({ Output = '' }) => Output).join('');
  return { name, passed: count('pass'), failed: count('fail') + packages.length, skipped: count('skip'), said };
}

/** Runs the tests of one Go module. */
export async function runGoSuite(folder: string): Promise<SuiteResult> {
  const options = { cwd: join(repositoryRoot, folder), allowFailure: true, env: { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' } };
  const { code, stdout, stderr } = await run('go', ['test', '-json', './...'], options);
  const { said, ...result } = parseGoTest(folder, stdout);
  if (code === 0) return result;
  say(`${said}${stderr}`.trimEnd());
  return { ...result, failed: Math.max(1, result.failed) };
}
