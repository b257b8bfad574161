import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { repositoryRoot } from '../lib/paths.ts';
import { say } from '../lib/progress.ts';
import { listFiles } from '../lib/files.ts';
import type { SuiteResult } from './suite-result.ts';

/** Tests that take many minutes, `*.long.test.ts`: run by `make test-all`. */
const LONG = /\.long\.test\.ts$/;

/**
 * Compiled test files of a workspace. They follow from the sources, so that the leftover of a deleted test never runs.
 *
 * @param long with those that take many minutes
 */
export function testFiles(workspace: string, long = process.env['COLLABNET_LONG_TESTS'] === '1'): string[] {
  const root = join(repositoryRoot, workspace);
  const sources = listFiles(join(root, 'src'), (name) => name === 'node_modules').filter((path) => path.endsWith('.test.ts') && (long || !LONG.test(path)));
  return sources.map((path) => join(root, 'dist', path.slice(join(root, 'src').length + 1).replace(/\.ts$/, '.js')));
}

function showFailure(name: string, file: string | undefined, line: number | undefined, error: unknown): void {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  say(`  FAILED ${name} (${file ?? '?'}:${line ?? '?'})\n${text.replaceAll(/^/gm, '    ')}`);
}

/**
 * Runs test files, each in a process of its own, and shows what fails.
 *
 * @param env what they find in the environment, beside what this process has
 */
export async function runNodeSuite(name: string, files: readonly string[], concurrency: number, env: Readonly<Record<string, string>> = {}): Promise<SuiteResult> {
  const missing = files.filter((file) => !existsSync(file));
  if (missing.length > 0) {
    for (const file of missing) say(`  FAILED ${name}: ${file} was not compiled`);
    return { name, passed: 0, failed: missing.length, skipped: 0 };
  }
  const result = { name, passed: 0, failed: 0, skipped: 0 };
  const stream = run({ files: [...files], concurrency, isolation: 'process', env: { ...process.env, ...env } });
  stream.on('test:fail', ({ name: test, file, line, details }) => {
    // A suite fails because of a test in it, which is reported by itself.
    if (details.type !== 'suite') showFailure(test, file, line, details.error);
  });
  stream.on('test:summary', ({ file, counts }) => {
    if (file !== undefined) return;
    result.passed = counts.passed;
    result.skipped = counts.skipped + counts.todo;
    // Cancelled tests (for instance after a timeout) count as failed.
    result.failed = counts.tests - counts.passed - result.skipped;
  });
  // The stream must be read to its end, else it stops.
  for await (const event of stream) void event;
  return result;
}
