import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from '../lib/paths.ts';
import { importsOf, workspacePackageOf } from './imports.ts';

interface Target {
  readonly name: string;
  /** Whether the workspaces are compiled before its recipe runs. */
  readonly built: boolean;
  /** Sources that its recipe starts. */
  readonly scripts: readonly string[];
}

/** The targets of a Makefile that start sources of this repository. */
function targetsOf(makefile: string): Target[] {
  return makefile.split(/\n(?=[a-z][a-z-]*:)/).flatMap((rule): Target[] => {
    const [, name, prerequisites = ''] = /^([a-z][a-z-]*):(?! *export)([^#\n]*)/.exec(rule) ?? [];
    const scripts = [...rule.matchAll(/\bnode (\S+\/src\/\S+\.ts)/g)].map(([, script = '']) => script);
    return name === undefined || scripts.length === 0 ? [] : [{ name, built: prerequisites.split(/\s+/).includes('build'), scripts }];
  });
}

/** Files through which a source needs a compiled workspace; types alone need none. */
function needsCompiled(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file) || !existsSync(file)) return [];
  seen.add(file);
  const source = readFileSync(file, 'utf8').replaceAll(/^(?:import|export) type [^;]*;/gm, '');
  return importsOf(source).flatMap((specifier) => {
    if (workspacePackageOf(specifier) !== undefined) return [`${relative(repositoryRoot, file)} -> ${specifier}`];
    return specifier.startsWith('.') ? needsCompiled(join(dirname(file), specifier), seen) : [];
  });
}

test('on a fresh checkout nothing is started that needs compiled workspaces before they are compiled', () => {
  const targets = targetsOf(readFileSync(join(repositoryRoot, 'Makefile'), 'utf8'));
  const before = targets.filter(({ built }) => !built);
  assert.ok(before.length >= 5 && targets.length > before.length, `the Makefile is no longer read as it is written: ${JSON.stringify(targets)}`);
  const wrong = before.flatMap(({ name, scripts }) => scripts.flatMap((script) => needsCompiled(join(repositoryRoot, script)).map((why) => `make ${name}: ${why}`)));
  assert.deepEqual(wrong, []);
});
