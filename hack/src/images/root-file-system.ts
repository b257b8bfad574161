import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { cacheDir } from '../lib/paths.ts';
import { run } from '../lib/run.ts';

/** Root file systems by name: Debian packages that are unpacked, nothing is configured or run. */
export const rootFileSystems = {
  'collabnet-base': ['base-files', 'libc6', 'libstdc++6', 'libgcc-s1', 'tzdata', 'netbase'],
  'collabnet-python-base': ['base-files', 'libc6', 'libstdc++6', 'libgcc-s1', 'libgomp1', 'tzdata', 'netbase', 'coreutils', 'dash', 'python3.11'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type RootFileSystem = keyof typeof rootFileSystems;

const release = 'bookworm';

/** Digest of what a root file system is made from. */
export function rootFileSystemKey(name: RootFileSystem): string {
  return createHash('sha256').update(JSON.stringify([release, rootFileSystems[name]])).digest('hex').slice(0, 16);
}

/** Unpacks ca-certificates alone: its dependencies would bring a shell and Perl into the image. */
async function addCertificates(root: string, work: string): Promise<void> {
  await run('apt-get', ['download', '-q', 'ca-certificates'], { cwd: work });
  const archive = readdirSync(work).find((file) => file.startsWith('ca-certificates_'));
  if (archive === undefined) throw new Error('apt-get download left no ca-certificates package');
  await run('dpkg-deb', ['-x', join(work, archive), root]);
  // The package would make the bundle when it is configured.
  await run('sh', ['-c', 'mkdir -p "$1/etc/ssl/certs" && cat "$1"/usr/share/ca-certificates/mozilla/*.crt > "$1/etc/ssl/certs/ca-certificates.crt"', 'sh', root]);
}

/** Makes the root file system as a tar in the cache and returns its path. */
export async function makeRootFileSystem(name: RootFileSystem): Promise<string> {
  const target = join(cacheDir, 'images', `${name}-${rootFileSystemKey(name)}.tar`);
  if (existsSync(target)) return target;
  mkdirSync(join(cacheDir, 'images'), { recursive: true });
  const work = mkdtempSync(join(cacheDir, 'images', '.root-'));
  try {
    const root = join(work, 'root');
    await run('mmdebstrap', ['--quiet', '--variant=extract', `--include=${rootFileSystems[name].join(',')}`, release, root]);
    await addCertificates(root, work);
    for (const unneeded of ['usr/share/doc', 'usr/share/man', 'usr/share/locale', 'var/lib/apt', 'var/cache', 'var/log']) {
      rmSync(join(root, unneeded), { recursive: true, force: true });
    }
    mkdirSync(join(root, 'home', 'nonroot'), { recursive: true });
    await run('chown', ['-R', '65532:65532', join(root, 'home', 'nonroot')]);
    if (name === 'collabnet-python-base') await run('ln', ['-sf', 'python3.11', join(root, 'usr', 'bin', 'python3')]);
    const temporary = `${target}.${process.pid}`;
    await run('tar', ['--sort=name', '--mtime=@0', '--numeric-owner', '-C', root, '-cf', temporary, '.']);
    renameSync(temporary, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return target;
}
