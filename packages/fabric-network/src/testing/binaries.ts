import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Finds a program of Fabric in the directory COLLABNET_BIN, in the cache that `make fabric-tools` fills, or on PATH. */
export function fabricBinary(name: 'peer' | 'orderer' | 'configtxgen' | 'configtxlator' | 'osnadmin' | 'ccaas-builder'): string {
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'collabnet', 'bin');
  const folders = [process.env['COLLABNET_BIN'], join(cache, 'current'), cache, ...(process.env['PATH'] ?? '').split(':')];
  for (const folder of folders) {
    if (!folder || !existsSync(folder)) continue;
    if (existsSync(join(folder, name))) return join(folder, name);
    const versioned = readdirSync(folder).find((entry) => entry.startsWith(`${name}-`) && /^[\da-f.]+$/.test(entry.slice(name.length + 1)));
    if (versioned !== undefined) return join(folder, versioned);
  }
  throw new Error(`${name}: not found; run \`make fabric-tools\` or set COLLABNET_BIN to the directory that holds it`);
}
