import { cpSync, existsSync, globSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { listFiles } from '../lib/files.ts';
import { repositoryRoot } from '../lib/paths.ts';

/** Folders of the npm workspaces, relative to the root of the checkout. */
export function workspaceFolders(): string[] {
  const { workspaces } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as { workspaces: string[] };
  const found = workspaces.flatMap((pattern) => globSync(pattern, { cwd: repositoryRoot }));
  return found.filter((folder) => existsSync(join(repositoryRoot, folder, 'package.json'))).sort();
}

const developmentOnly = new Set(['hack', 'e2e']);

function isShipped(path: string): boolean {
  // What services are tested with, such as a chaincode with altered rules, is no part of any of them.
  return !/\.test\.js$|\.d\.ts$|\.map$|\.tsbuildinfo$|\/services\/[^/]+\/dist\/testing\//.test(path);
}

/** Compiled files and package.json of every workspace that is deployed. */
export function shippedFiles(): string[] {
  return workspaceFolders()
    .filter((folder) => !developmentOnly.has(folder))
    .flatMap((folder) => {
      const root = join(repositoryRoot, folder);
      return [join(root, 'package.json'), ...listFiles(join(root, 'dist')).filter(isShipped)];
    });
}

/** Copies {@link shippedFiles} below `target`, each at its place in the checkout. */
export function copyShippedFiles(target: string): void {
  for (const file of shippedFiles()) {
    const to = join(target, relative(repositoryRoot, file));
    mkdirSync(dirname(to), { recursive: true });
    cpSync(file, to);
  }
}
