import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { KINDS } from '../kinds.ts';
import { chartTemplate, manifestYaml } from './chart.ts';
import { manifestOf } from './manifest.ts';

/** Every generated file by its path from the root of the project. */
export function generatedFiles(): Map<string, string> {
  const files = new Map<string, string>();
  for (const definition of KINDS) {
    const manifest = manifestOf(definition);
    files.set(join('crds', 'manifests', `${definition.plural}.yaml`), manifestYaml(manifest));
    files.set(join('charts', 'collabnet-crds', 'templates', `crd-${definition.plural}.yaml`), chartTemplate(manifest));
  }
  return files;
}

/** Paths whose content on disk is not what the schemas say. */
export function staleFiles(root: string): string[] {
  return [...generatedFiles()].filter(([path, content]) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== content).map(([path]) => path);
}

export function writeFiles(root: string): string[] {
  const stale = new Set(staleFiles(root));
  for (const [path, content] of generatedFiles()) {
    if (!stale.has(path)) continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return [...stale];
}
