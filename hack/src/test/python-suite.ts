import { existsSync, globSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { repositoryRoot } from '../lib/paths.ts';
import { say } from '../lib/progress.ts';
import { run } from '../lib/run.ts';
import type { SuiteResult } from './suite-result.ts';

/** Folders below compute-images that hold Python tests (`test_*.py`), with the folder their imports start from. */
export function pythonSuites(): { readonly name: string; readonly folder: string; readonly top: string }[] {
  const tests = globSync('compute-images/*/**/test_*.py', { cwd: repositoryRoot, exclude: (path) => path.includes('node_modules') });
  const folders = [...new Set(tests.map((path) => dirname(path)))].sort();
  return folders.map((folder) => {
    const engine = folder.split('/').slice(0, 2).join('/');
    // unittest wants packages between the top folder and the tests; without them the test folder is its own top.
    const isPackage = existsSync(join(repositoryRoot, folder, '__init__.py'));
    return { name: folder, folder, top: isPackage ? engine : folder };
  });
}

function counted(text: string, word: string): number {
  return Number(new RegExp(`\\b${word}=(\\d+)`).exec(text)?.[1] ?? 0);
}

/** Reads the closing lines of `python3 -m unittest`. */
export function parseUnittest(name: string, output: string, code: number): SuiteResult {
  const ran = Number(/^Ran (\d+) tests?/m.exec(output)?.[1] ?? 0);
  const ending = /^(?:OK|FAILED|NO TESTS RAN)\b.*$/m.exec(output)?.[0] ?? '';
  const skipped = counted(ending, 'skipped');
  const failed = counted(ending, 'failures') + counted(ending, 'errors') + counted(ending, 'unexpected successes');
  // A failing exit without a count (for instance a crash of the interpreter) is one failure.
  return { name, passed: Math.max(0, ran - failed - skipped), failed: failed === 0 && code !== 0 && ran > 0 ? 1 : failed, skipped };
}

/** Names of what failed, each once, as `python3 -m unittest` takes them: tests, or classes whose preparation failed. */
export function failedUnittests(output: string): string[] {
  return [...new Set([...output.matchAll(/^(?:FAIL|ERROR): \S+ \(([\w.]+)\)/gm)].flatMap(([, id]) => id ?? []))];
}

/**
 * Runs the Python tests of one folder. What fails is run once more by itself, and is named: most tests start several engines,
 * which a crowded machine can make miss their time.
 */
export async function runPythonSuite({ name, folder, top }: ReturnType<typeof pythonSuites>[number]): Promise<SuiteResult> {
  const unittest = async (...args: string[]): Promise<SuiteResult & { readonly said: string; readonly ids: readonly string[] }> => {
    const paths = [name.split('/').slice(0, 2).join('/'), top].map((path) => resolve(repositoryRoot, path));
    const env = { PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: [...new Set(paths)].join(delimiter) };
    const { code, stdout, stderr } = await run('python3', ['-m', 'unittest', ...args], { cwd: repositoryRoot, allowFailure: true, env });
    return { ...parseUnittest(name, stderr, code), said: `${stdout}${stderr}`.trimEnd(), ids: failedUnittests(stderr) };
  };
  const { said, ids, ...first } = await unittest('discover', '-s', folder, '-t', top);
  if (first.failed === 0) return first;
  say(said);
  if (ids.length === 0) return first;
  say(`UNSTABLE ${name}: ${ids.join(', ')} failed; running ${ids.length === 1 ? 'it' : 'them'} once more`);
  const again = await unittest(...ids);
  if (again.failed > 0) say(again.said);
  if (again.passed + again.failed === 0) return first;
  return { ...first, passed: first.passed + first.failed - again.failed, failed: again.failed };
}
