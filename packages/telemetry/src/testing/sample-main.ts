import { setTimeout as delay } from 'node:timers/promises';
import { runMain } from '../run-main.ts';

// A process for the tests of runMain; the argument says how it ends.
const behaviour = process.argv[2];

class SampleError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(`sample ${code}`);
    this.code = code;
  }
}

runMain(
  'sample',
  async (context) => {
    const { logger, signal } = context;
    context.onShutdown(() => logger.info('first registered'));
    context.onShutdown(() => logger.info('last registered'));
    if (behaviour?.startsWith('code:')) throw new SampleError(behaviour.slice(5));
    if (behaviour === 'return') return;
    if (behaviour === 'rejection') void Promise.reject(new Error('nobody waits for me'));
    logger.info('up');
    if (behaviour === 'stubborn') await delay(60_000);
    await new Promise<void>((_resolve, reject) => {
      const idle = setInterval(() => undefined, 1_000);
      signal.addEventListener('abort', () => {
        clearInterval(idle);
        reject(signal.reason as Error);
      });
    });
  },
  { shutdownTimeoutMs: 300, exitCodes: { SPECIAL: 42 } },
);
