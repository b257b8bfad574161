import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mayImport } from './allowed.ts';
import { importsOf } from './imports.ts';
import { readWorkspaces } from './workspace.ts';

describe('direction of imports', () => {
  const workspaces = readWorkspaces();
  const folders = new Map(workspaces.map(({ name, folder }) => [name, folder]));
  const folderOf = (name: string): string => folders.get(name) ?? `${name}, which is no workspace`;

  it('is kept by the dependencies of every package.json', () => {
    const wrong = workspaces.flatMap(({ folder, dependencies }) =>
      dependencies.filter((name) => !mayImport(folder, folderOf(name))).map((name) => `${folder} -> ${folderOf(name)}`),
    );
    assert.deepEqual(wrong, []);
  });

  it('is kept by every import, tests included', () => {
    const wrong = workspaces.flatMap(({ folder, imports }) =>
      imports.filter(({ target }) => !mayImport(folder, folderOf(target))).map(({ file, target }) => `${file} -> ${folderOf(target)}`),
    );
    assert.deepEqual(wrong, []);
    assert.ok(workspaces.flatMap(({ imports }) => imports).length > 300, 'the scan no longer finds the imports');
  });

  it('is stated where it is used: what is imported is a dependency and a project reference', () => {
    const missing = workspaces.flatMap(({ folder, dependencies, references, imports }) =>
      [...new Set(imports.map(({ target }) => target))].flatMap((target) => [
        ...(dependencies.includes(target) ? [] : [`${folder}/package.json: ${target}`]),
        ...(references.includes(folderOf(target)) ? [] : [`${folder}/tsconfig.json: ${folderOf(target)}`]),
      ]),
    );
    assert.deepEqual(missing, []);
  });

  it('is not got round by paths into another workspace', () => {
    assert.deepEqual(workspaces.flatMap(({ escapes }) => escapes), []);
  });

  it('has no circle', () => {
    const below = new Map(workspaces.map(({ folder, dependencies }) => [folder, dependencies.map(folderOf)]));
    const visit = (folder: string, path: readonly string[]): void => {
      assert.ok(!path.includes(folder), [...path, folder].join(' -> '));
      for (const next of below.get(folder) ?? []) visit(next, [...path, folder]);
    };
    for (const { folder } of workspaces) visit(folder, []);
  });

  it('is what the design says', () => {
    const no = [
      ['services/data-proxy', 'services/result-store'], ['operator', 'services/embedded-ledger'], ['operator', 'compute-images/courier'],
      ['contracts', 'packages/ledger'], ['contracts', 'packages/messaging'], ['contracts', 'crds'], ['packages/wire', 'contracts'],
      ['packages/envelope', 'packages/ledger'], ['packages/flow', 'crds'], ['crds', 'packages/sm'], ['compute-images/courier', 'operator'],
      ['cli', 'operator'], ['hack', 'e2e'], ['e2e', 'operator'], ['packages/ledger', 'packages/ledger-fabric'], ['packages/fabric-network', 'packages/ledger-fabric'],
      ['packages/fabric-execution', 'packages/ledger'], ['contracts', 'packages/fabric-execution'],
    ] as const;
    for (const [from, to] of no) assert.equal(mayImport(from, to), false, `${from} -> ${to}`);
    const yes = [['packages/ledger', 'contracts'], ['contracts', 'packages/flow'], ['operator', 'contracts'], ['services/data-proxy', 'packages/ledger'], ['e2e', 'hack']] as const;
    for (const [from, to] of yes) assert.equal(mayImport(from, to), true, `${from} -> ${to}`);
    assert.throws(() => mayImport('gadgets', 'crds'), /has no place/);
  });
});

it('every way to import is seen', () => {
  const source = [
    "import { a } from '@other/a';", "import type { b } from '@other/b/testing';", "export * from './c.ts';", "import 'd';",
    "await import('e');", "import {\n  f,\n} from 'f';", "type G = import('g').G;", "import.meta.resolve(`@other/h/x`)",
  ].join('\n');
  assert.deepEqual(importsOf(source), ['@other/a', '@other/b/testing', './c.ts', 'd', 'e', 'f', 'g', '@other/h/x']);
});
