import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { workspaceFolders } from '../images/workspaces.ts';
import { listFiles } from '../lib/files.ts';
import { repositoryRoot } from '../lib/paths.ts';
import { importsOf, workspacePackageOf } from './imports.ts';

/** One import of another workspace. */
export interface WorkspaceImport {
  /** Relative to the root of the checkout. */
  readonly file: string;
  /** Name of the package. */
  readonly target: string;
}

/** What a workspace says, and what it does, about the others. */
export interface Workspace {
  /** Relative to the root of the checkout, such as `packages/ledger`. */
  readonly folder: string;
  readonly name: string;
  /** Names of the workspaces in dependencies and devDependencies. */
  readonly dependencies: readonly string[];
  /** Folders of the workspaces in the project references of its tsconfig.json. */
  readonly references: readonly string[];
  readonly imports: readonly WorkspaceImport[];
  /** Relative imports that leave the workspace's `src`. */
  readonly escapes: readonly string[];
}

/** Reads every npm workspace of the checkout. */
export function readWorkspaces(): Workspace[] {
  return workspaceFolders().map(readWorkspace);
}

function readWorkspace(folder: string): Workspace {
  const root = join(repositoryRoot, folder);
  const json = <T>(name: string): T => JSON.parse(readFileSync(join(root, name), 'utf8')) as T;
  const { name, dependencies = {}, devDependencies = {} } = json<{ name: string; dependencies?: object; devDependencies?: object }>('package.json');
  const { references = [] } = json<{ references?: { path: string }[] }>('tsconfig.json');
  const sources = listFiles(join(root, 'src')).filter((path) => path.endsWith('.ts'));
  const found = sources.flatMap((file) => importsOf(readFileSync(file, 'utf8')).map((specifier) => ({ file, specifier })));
  return {
    folder,
    name,
    dependencies: Object.keys({ ...dependencies, ...devDependencies }).filter((each) => workspacePackageOf(each) !== undefined),
    references: references.map(({ path }) => relative(repositoryRoot, join(root, path))),
    imports: found.flatMap(({ file, specifier }) => {
      const target = workspacePackageOf(specifier);
      return target === undefined ? [] : [{ file: relative(repositoryRoot, file), target }];
    }),
    escapes: found.flatMap(({ file, specifier }) => (leaves(root, file, specifier) ? [`${relative(repositoryRoot, file)} imports ${specifier}`] : [])),
  };
}

function leaves(root: string, file: string, specifier: string): boolean {
  if (!specifier.startsWith('.')) return false;
  const target = join(dirname(file), specifier);
  // What is not there is a text in a test: the compiler would have refused it.
  return relative(join(root, 'src'), target).startsWith('..') && existsSync(target);
}
