import { once } from 'node:events';
import { runMain } from '@collabnet/telemetry';
import { attestationSimulator } from './attestation-simulator.ts';

runMain('attestation-simulator', async ({ logger, signal, onShutdown }) => {
  const server = attestationSimulator();
  onShutdown(() => void server.close());
  await once(server.listen(Number(process.env['PORT'] ?? 8006), '127.0.0.1'), 'listening');
  logger.warn('protects nothing and proves nothing; for tasks with the trust model SimulatedTrustedExecution');
  await once(signal, 'abort');
});
