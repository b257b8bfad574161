import { createMetrics, PREFIX, runMain } from '@collabnet/telemetry';
import { startOperator } from './operator.ts';

runMain('operator', async ({ logger, signal }) => {
  const metrics = createMetrics(PREFIX.operator, { processMetrics: true });
  await startOperator({ environment: process.env, logger, metrics, signal });
});
