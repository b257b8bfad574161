import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { attemptInbox, attemptToken, connect, networkToken, taskToken } from '@collabnet/messaging';
import { createMetrics, PREFIX, runMain, startHttpEndpoints, taskFields } from '@collabnet/telemetry';
import { Attempt } from './attempt/attempt.ts';
import { serveControl } from './attempt/control-server.ts';
import { writeTerminationLog } from './attempt/termination-log.ts';
import { loadAssignment } from './config/load-job.ts';
import { courierMetrics } from './courier-metrics.ts';
import { asCourierError } from './errors.ts';
import { Workplace } from './work/workplace.ts';

const { env } = process;
/** The kubelet ends a sidecar once the engine is gone; a courier that ended before would be started again. */
const waitForSignalMs = 120_000;

runMain('courier', async ({ logger: processLogger, signal, onShutdown }) => {
  const assignment = await loadAssignment(env['COURIER_CONFIG'] ?? '/etc/courier').catch(async (error: unknown) => {
    const { code, message, retryable } = asCourierError(error);
    await writeTerminationLog(env['TERMINATION_LOG'], { failure: { code, message, retryable, exchanged: false } });
    throw error;
  });
  const { job } = assignment;
  const logger = processLogger.child(taskFields(job));
  const address = { net: networkToken(job.networkId), task: taskToken(job.flowId), attempt: attemptToken(job.step, job.attempt) };
  const connection = await connect({
    servers: job.nats.url,
    creds: () => readFileSync(assignment.natsCredsFile, 'utf8'),
    name: `courier ${address.task} ${address.attempt}`,
    inboxPrefix: attemptInbox(address),
    ...(assignment.natsCaFile === undefined ? {} : { tls: { caFile: assignment.natsCaFile } }),
    logger,
    signal,
  });
  onShutdown(() => connection.close());
  const attempt = new Attempt({
    assignment,
    connection,
    address,
    place: new Workplace(env['COLLABNET_WORK'] ?? '/work'),
    logger,
    terminationLog: env['TERMINATION_LOG'],
    handshakeTimeoutMs: Number(env['COURIER_HANDSHAKE_SECONDS'] ?? 60) * 1000,
  });
  const metrics = createMetrics(PREFIX.courier, { processMetrics: true });
  courierMetrics(metrics, attempt);
  const endpoints = await startHttpEndpoints({
    port: Number(env['COURIER_HTTP_PORT'] ?? 8081),
    registry: metrics.registry,
    ready: () => ({ ok: attempt.state !== 'Fetching' && attempt.state !== 'Failed', reason: attempt.failure?.code ?? attempt.state }),
  });
  onShutdown(() => endpoints.close());
  serveControl(connection, address, attempt, logger);
  await attempt.run(signal);
  if (!signal.aborted) await Promise.race([once(signal, 'abort'), delay(waitForSignalMs, undefined, { ref: true })]);
});
