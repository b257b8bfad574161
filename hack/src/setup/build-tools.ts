import { existsSync, lstatSync, mkdirSync, mkdtempSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { binDir, currentBinDir } from '../lib/paths.ts';
import { run } from '../lib/run.ts';
import { fabricSets, toolSetPath, toolSets, type ToolSet } from './tool-sets.ts';

/** Path of a built binary of a tool set. */
export function binaryPath(set: ToolSet, name: string): string {
  return join(binDir, `${name}-${set.version}`);
}

/** Path of the binary with this name in the version that this checkout asks for. */
export function tool(name: string): string {
  const set = [...toolSets(), ...fabricSets()].find((candidate) => name in candidate.binaries);
  if (!set) throw new Error(`no tool set builds ${name}`);
  return binaryPath(set, name);
}

/** True when every binary of the set is in the cache. */
export function isBuilt(set: ToolSet): boolean {
  return Object.keys(set.binaries).every((name) => existsSync(binaryPath(set, name)));
}

/** Fetches the modules of a set into Go's module cache, so that the compiler need not wait for the network. */
export async function downloadModules(set: ToolSet): Promise<void> {
  if (isBuilt(set)) return;
  // `go list -deps` fetches the modules that the packages need; `go mod download` would fetch the whole graph.
  await run('go', ['list', '-mod=readonly', '-deps', '-f', '', ...Object.values(set.binaries)], { cwd: toolSetPath(set), env: { GOFLAGS: '' } });
}

/**
 * Compiles what is missing of a set, statically linked, and renames it into the cache.
 * One `go build` for the whole set, because its programs share most packages.
 */
export async function buildToolSet(set: ToolSet): Promise<string | undefined> {
  const missing = Object.entries(set.binaries).filter(([name]) => !existsSync(binaryPath(set, name)));
  if (missing.length === 0) return `already there, ${set.version}`;
  mkdirSync(binDir, { recursive: true });
  const work = mkdtempSync(join(binDir, '.build-'));
  try {
    const linker = ['-s', '-w', ...Object.entries(set.linkerValues ?? {}).map(([key, value]) => `-X ${key}=${value}`)].join(' ');
    const flags = ['-mod=readonly', '-trimpath', '-buildvcs=false', '-ldflags', linker];
    const env = { CGO_ENABLED: '0', GOFLAGS: '' };
    const [first] = missing;
    if (missing.length === 1 && first) {
      await run('go', ['build', ...flags, '-o', join(work, first[0]), first[1]], { cwd: toolSetPath(set), env });
    } else {
      // With a folder as target Go names each file after its package, which is the name used here.
      await run('go', ['build', ...flags, '-o', `${work}/`, ...missing.map(([, goPackage]) => goPackage)], { cwd: toolSetPath(set), env });
    }
    for (const [name] of missing) renameSync(join(work, name), binaryPath(set, name));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return `built ${missing.map(([name]) => name).join(', ')}`;
}

/** Points the plain names in `bin/current` at the versions of this checkout. */
export function linkCurrent(sets: readonly ToolSet[] = toolSets()): void {
  mkdirSync(currentBinDir, { recursive: true });
  for (const set of sets) {
    for (const name of Object.keys(set.binaries)) {
      pointTo(join(currentBinDir, name), binaryPath(set, name));
    }
  }
}

/** Makes a symbolic link, or turns it, so that nobody finds none meanwhile. */
export function pointTo(link: string, target: string): void {
  if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(link) === target) return;
  const temporary = `${link}.${process.pid}`;
  symlinkSync(target, temporary);
  renameSync(temporary, link);
}
