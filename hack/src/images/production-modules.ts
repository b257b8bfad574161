import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hashFiles } from '../lib/files.ts';
import { cacheDir, repositoryRoot } from '../lib/paths.ts';
import { run } from '../lib/run.ts';
import { workspaceFolders } from './workspaces.ts';

function manifests(): string[] {
  return ['package.json', 'package-lock.json', ...workspaceFolders().map((folder) => join(folder, 'package.json'))];
}

/** Digest of everything that decides which modules are installed. */
export function productionModulesKey(): string {
  return hashFiles(manifests().map((path) => join(repositoryRoot, path))).slice(0, 16);
}

/**
 * Installs what runs in production (no development dependencies, no install scripts) from the lock file into a
 * cached folder and returns it. Links to the workspaces in it point to where the image holds them.
 */
export async function productionModules(): Promise<string> {
  const target = join(cacheDir, 'node-modules', productionModulesKey());
  if (existsSync(target)) return target;
  mkdirSync(dirname(target), { recursive: true });
  const work = mkdtempSync(join(dirname(target), '.install-'));
  try {
    for (const path of manifests()) {
      mkdirSync(dirname(join(work, path)), { recursive: true });
      cpSync(join(repositoryRoot, path), join(work, path));
    }
    await run('npm', ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'], { cwd: work });
    const result = join(work, '.result');
    mkdirSync(result);
    // npm puts a version that only one workspace uses below that workspace.
    for (const folder of ['.', ...workspaceFolders()]) {
      const modules = join(folder, 'node_modules');
      if (!existsSync(join(work, modules))) continue;
      mkdirSync(join(result, folder), { recursive: true });
      renameSync(join(work, modules), join(result, modules));
    }
    renameSync(result, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return target;
}
