import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { helm, kubectl } from '../demo/cluster.ts';
import { apply } from '../demo/objects.ts';
import { BANK_A } from '../demo/institutions.ts';
import { HackError } from '../lib/hack-error.ts';
import { repositoryRoot } from '../lib/paths.ts';

/** What `bench_bare.py` and `bench_mpc.py` print: seconds of the slower party, peak memory of the larger one, octets of both over loopback. */
export interface BareRun {
  readonly seconds: { readonly connect: number; readonly compute: number };
  readonly peakRssBytes: number;
  readonly exchangedBytes: number;
}

const SCRIPTS = ['bench_bare.py', 'bench_mpc.py', 'tests/__init__.py', 'tests/pods.py', 'tests/wheel.py'];
const NAMESPACE = BANK_A.namespace;
/** The pod waits for all runs of a bench, and ends by itself when the bench did not remove it. */
const LONGEST_S = 7_200;

interface Values {
  images: { engineSpu: { repository: string; tag: string; digest: string } };
}

/** A pod from the image that the institution's tasks run, in which two engines speak over loopback. */
export async function startBarePod(name: string): Promise<void> {
  const files = Object.fromEntries(SCRIPTS.map((path) => [path.replace('/', '.'), readFileSync(join(repositoryRoot, 'compute-images/spu', path), 'utf8')]));
  await apply(NAMESPACE, [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: files }, barePod(name, await engineImage())]);
  await kubectl(NAMESPACE, ['wait', 'pod', name, '--for=condition=Ready', '--timeout=60s']);
}

const BARE_TRIES = 3;

export function runBare(name: string, rows: number): Promise<BareRun> {
  return run(name, ['/opt/bench/bench_bare.py', '--rows', String(rows)]);
}

/** One step on shares, of tables with so many rows and feature columns. */
export function runBareMpc(name: string, operator: string, rows: number, columns: number, parameters: object): Promise<BareRun> {
  return run(name, ['/opt/bench/bench_mpc.py', '--operator', operator, '--rows', String(rows), '--columns', String(columns), '--parameters', JSON.stringify(parameters)]);
}

async function run(name: string, script: readonly string[]): Promise<BareRun> {
  // Over its own link the library ends its process now and then when a message cannot be sent; such a run has no time.
  for (let left = BARE_TRIES; ; left -= 1) {
    const { code, stdout, stderr } = await kubectl(NAMESPACE, ['exec', name, '--', 'python3.11', ...script], { allowFailure: true });
    if (code === 0) return JSON.parse(stdout) as BareRun;
    if (left === 1) throw new HackError('COMMAND_FAILED', `the bare engine failed ${BARE_TRIES} times: ${stderr.trim()}`);
  }
}

export async function removeBarePod(name: string): Promise<void> {
  await kubectl(NAMESPACE, ['delete', 'pod', name, '--ignore-not-found', '--grace-period=0', '--force']);
  await kubectl(NAMESPACE, ['delete', 'configmap', name, '--ignore-not-found']);
}

/** The image of the engine as the institution's release names it. */
export async function engineImage(): Promise<string> {
  const { stdout } = await helm(['get', 'values', 'institution', '--namespace', NAMESPACE, '--all', '--output', 'json']);
  const { repository, tag, digest } = (JSON.parse(stdout) as Values).images.engineSpu;
  return digest === '' ? `${repository}:${tag}` : `${repository}@${digest}`;
}

function barePod(name: string, image: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: LONGEST_S,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532, fsGroup: 65532, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'engines',
          image,
          imagePullPolicy: 'IfNotPresent',
          command: ['sleep', String(LONGEST_S)],
          env: [
            { name: 'TMPDIR', value: '/work' },
            { name: 'PYTHONPATH', value: '/opt/engine:/opt/bench' },
          ],
          volumeMounts: [
            { name: 'work', mountPath: '/work' },
            { name: 'scripts', mountPath: '/opt/bench', readOnly: true },
          ],
          // Both engines in one container. Without limits: how much they use is what the figure says.
          resources: { requests: { cpu: '200m', memory: '512Mi' } },
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
        },
      ],
      volumes: [
        { name: 'work', emptyDir: {} },
        { name: 'scripts', configMap: { name, items: SCRIPTS.map((path) => ({ key: path.replace('/', '.'), path })) } },
      ],
    },
  };
}
