/** `from '…'`, `import '…'`, `import('…')` and `import.meta.resolve('…')`: whatever loads another module by name. */
const SPECIFIER = /(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+|\bimport\.meta\.resolve\(\s*)(['"`])([^'"`\n]+)\1/g;

/** Names of the modules that a TypeScript source imports, types included, in order. Comments count as code. */
export function importsOf(source: string): string[] {
  return [...source.matchAll(SPECIFIER)].map((match) => match[2] ?? '');
}

/** `@collabnet/ledger` of `@collabnet/ledger/testing`; undefined for anything that is no workspace. */
export function workspacePackageOf(specifier: string): string | undefined {
  return /^@collabnet\/[a-z0-9-]+/.exec(specifier)?.[0];
}
