import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMetrics, silentLogger } from '@collabnet/telemetry';
import { findCondition } from '../runtime/conditions.ts';
import { KubeClient } from '../runtime/kube-client.ts';
import { Manager } from '../runtime/manager.ts';
import { TestApiServer } from './apiserver.ts';
import { eventually } from './eventually.ts';
import { WIDGET, widgetCrd } from './widget.ts';
import type { Widget } from './widget.ts';

/**
 * Measures the runtime against a real API server: `node dist/testing/bench-runtime.js [objects]` (default 10000, 2 KiB each).
 * Prints one JSON line: seconds until every object is Ready, watch-to-reconcile P99 at 20 changes/s, memory at the end.
 */
const WORKERS = 10;
const CHANGES = 200;

/** The measured process: an operator as it runs in a pod. */
async function operator(): Promise<void> {
  const client = await KubeClient.load();
  const manager = new Manager({
    client,
    logger: silentLogger(),
    metrics: createMetrics('bench', { processMetrics: true }),
    leaderElection: { name: 'bench' },
  });
  const informer = manager.informer<Widget>(WIDGET);
  const delays: number[] = [];
  const isReady = (widget: Widget): boolean => findCondition(widget.status?.conditions, 'Ready')?.status === 'True';
  manager.controller<Widget>({
    name: 'widget',
    type: WIDGET,
    informer,
    workers: WORKERS,
    steps: [
      ({ object, status }) => {
        const sent = Number(object.metadata.annotations?.['sent']);
        if (sent > 0) delays.push(Date.now() - sent);
        status.phase = 'Done';
        return Promise.resolve();
      },
    ],
  });
  const startedAt = performance.now();
  const ending = new AbortController();
  const done = manager.run(ending.signal);
  await informer.synced;
  const syncedAt = performance.now();
  const objects = informer.size;
  await eventually('all ready', () => informer.list().every(isReady), 600_000);
  const readyAt = performance.now();
  process.stdout.write('ready\n');
  await eventually('changes', () => delays.length >= CHANGES, 60_000);
  const sorted = delays.toSorted((a, b) => a - b);
  const megabytes = (bytes: number): number => Math.round(bytes / 1024 / 1024);
  const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
  const result = {
    objects,
    syncSeconds: (syncedAt - startedAt) / 1000,
    allReadySeconds: (readyAt - startedAt) / 1000,
    watchToReconcileP50Ms: sorted[Math.floor(sorted.length * 0.5)],
    watchToReconcileP99Ms: sorted[Math.floor(sorted.length * 0.99)],
    rssMiB: megabytes(process.memoryUsage().rss),
    peakRssMiB: megabytes(peak),
    heapMiB: megabytes(process.memoryUsage().heapUsed),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  ending.abort();
  await done;
  await client.close();
}

async function bench(objects: number): Promise<void> {
  const server = await TestApiServer.start();
  const directory = mkdtempSync(join(tmpdir(), 'collabnet-bench-'));
  try {
    await server.installCrd(widgetCrd);
    const namespace = await server.namespace('bench');
    const text = 'x'.repeat(1_700);
    const make = async (from: number): Promise<void> => {
      for (let index = from; index < objects; index += 16) {
        await server.client.create<Widget>(
          WIDGET,
          { metadata: { name: `w${index}` }, spec: { size: index, text } },
          { namespace },
        );
      }
    };
    await Promise.all(Array.from({ length: 16 }, (_, from) => make(from)));
    const { headers, tls } = await server.connection().credentials();
    writeFileSync(join(directory, 'ca.crt'), tls.ca ?? '');
    writeFileSync(join(directory, 'namespace'), namespace);
    writeFileSync(join(directory, 'token'), headers['authorization']?.slice('Bearer '.length) ?? '');
    const env = {
      PATH: process.env['PATH'],
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
      KUBERNETES_SERVICE_PORT: String(server.port),
      COLLABNET_SERVICE_ACCOUNT_DIR: directory,
      NODE_OPTIONS: process.env['NODE_OPTIONS'],
    };
    const child = spawn(process.execPath, [import.meta.filename, '--operator'], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.on('data', (chunk: Buffer) => {
      if (chunk.toString().startsWith('ready')) void change(server.client, namespace);
      else process.stdout.write(chunk);
    });
    await new Promise((resolve) => child.once('exit', resolve));
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** 20 changes a second. */
async function change(client: KubeClient, namespace: string): Promise<void> {
  for (let index = 0; index < CHANGES; index++) {
    const body = { metadata: { annotations: { sent: String(Date.now()) } } };
    await client.patch(WIDGET, `w${index}`, body, { strategy: 'merge', namespace });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

await (process.argv[2] === '--operator' ? operator() : bench(Number(process.argv[2] ?? 10_000)));
