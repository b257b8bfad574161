import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, posix } from 'node:path';
import type { DataAsset } from '@collabnet/crds';
import { CliError, EXIT } from '../base/errors.ts';
import type { Io } from '../base/io.ts';
import { bytes } from '../base/text.ts';
import type { Kube } from '../kube/kube.ts';
import { waitFor } from '../kube/wait.ts';
import { helperPod } from './helper-pod.ts';
import { upload } from './upload.ts';

export interface PutOptions {
  readonly file: string;
  readonly path?: string | undefined;
  readonly image?: string | undefined;
  readonly createClaim?: string | undefined;
  readonly storageClass?: string | undefined;
  readonly timeoutMs: number;
}

/** Copies a local file into a claim, by a helper pod that is removed afterwards. */
export async function putData(kube: Kube, io: Io, name: string, options: PutOptions): Promise<{ claim: string; path: string; bytes: number; sha256: string }> {
  const size = await sizeOf(options.file);
  const { claim, path } = await destination(kube, name, options);
  await ensureClaim(kube, claim, options);
  const { image, pullSecrets } = options.image === undefined ? await operatorImage(kube) : { image: options.image, pullSecrets: [] };
  const pod = `data-put-${randomBytes(4).toString('hex')}`;
  await kube.call('helper pod', () => kube.core.createNamespacedPod({ namespace: kube.namespace, body: helperPod(pod, claim, image, pullSecrets) }));
  const remove = (): Promise<unknown> =>
    kube.core.deleteNamespacedPod({ namespace: kube.namespace, name: pod, gracePeriodSeconds: 0 }).catch(() => io.note(`could not remove pod ${pod}; it ends by itself within an hour`));
  const interrupted = (): void => void remove().then(() => process.exit(EXIT.interrupted));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    await running(kube, pod, options.timeoutMs);
    const sha256 = await upload(kube, pod, { path: options.file, size }, posix.join('/data', path), progressLine(io, size));
    return { claim, path, bytes: size, sha256 };
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    await remove();
  }
}

/** Claim and path: those of the DataAsset with this name, else the name is that of a claim. */
export async function destination(kube: Kube, name: string, options: Pick<PutOptions, 'file' | 'path'>): Promise<{ claim: string; path: string }> {
  const asset = await kube.get<DataAsset>('dataassets', name).catch((error: unknown) => {
    if (error instanceof CliError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  });
  const source = asset?.spec.source.file;
  const path = options.path ?? source?.path ?? basename(options.file);
  if (path.startsWith('/') || path.split('/').includes('..')) throw new CliError('USAGE', `--path ${path}: must be relative and stay inside the volume`);
  return { claim: source?.claimName ?? name, path };
}

async function ensureClaim(kube: Kube, claim: string, { createClaim, storageClass }: PutOptions): Promise<void> {
  try {
    await kube.claim(claim);
  } catch (error) {
    if (!(error instanceof CliError) || error.code !== 'NOT_FOUND') throw error;
    if (createClaim === undefined) throw new CliError('NOT_FOUND', `no DataAsset or PersistentVolumeClaim ${claim} in namespace ${kube.namespace}; make the claim with --create-claim SIZE, e.g. --create-claim 1Gi`, { cause: error });
    const body = {
      metadata: { name: claim, labels: { 'app.kubernetes.io/part-of': 'collabnet' } },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: createClaim } }, ...(storageClass === undefined ? {} : { storageClassName: storageClass }) },
    };
    await kube.call(`PersistentVolumeClaim ${claim}`, () => kube.core.createNamespacedPersistentVolumeClaim({ namespace: kube.namespace, body }));
  }
}

async function operatorImage(kube: Kube): Promise<{ image: string; pullSecrets: string[] }> {
  const apps = kube.config.makeApiClient(kube.client.AppsV1Api);
  const deployment = await apps.readNamespacedDeployment({ name: 'operator', namespace: kube.namespace }).catch(() => undefined);
  const spec = deployment?.spec?.template.spec;
  const image = spec?.containers[0]?.image;
  if (image === undefined) throw new CliError('NOT_FOUND', `no Deployment operator in namespace ${kube.namespace} to take the image from; give --image`);
  return { image, pullSecrets: (spec?.imagePullSecrets ?? []).flatMap(({ name }) => (name === undefined ? [] : [name])) };
}

async function running(kube: Kube, pod: string, timeoutMs: number): Promise<void> {
  const read = () => kube.call(`pod ${pod}`, () => kube.core.readNamespacedPod({ name: pod, namespace: kube.namespace }));
  await waitFor(
    read,
    ({ status }) => {
      const waiting = status?.containerStatuses?.[0]?.state?.waiting?.reason ?? '';
      if (/^(ErrImage|ImagePull|InvalidImage|CreateContainer)/.test(waiting)) throw new CliError('TRANSFER_FAILED', `the helper pod cannot start (${waiting}); give another image with --image`);
      if (status?.phase === 'Failed') throw new CliError('TRANSFER_FAILED', `the helper pod failed: ${status.message ?? status.reason ?? 'unknown'}`);
      return status?.phase === 'Running' ? true : undefined;
    },
    timeoutMs,
    `the start of the helper pod ${pod}`,
    250,
  );
}

async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new CliError('FILE_FAILED', `--file ${file}: cannot be read`, { cause });
  });
  if (!found.isFile()) throw new CliError('USAGE', `--file ${file}: is not a file`);
  return found.size;
}

function progressLine(io: Io, size: number): (sent: number) => void {
  let shown = 0;
  return (sent) => {
    const percent = size === 0 ? 100 : Math.floor((sent / size) * 100);
    if (!io.interactive || (percent < 100 && percent - shown < 5)) return;
    shown = percent;
    io.note(`${bytes(sent)} of ${bytes(size)} (${percent} %)`);
  };
}
