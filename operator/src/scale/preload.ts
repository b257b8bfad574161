import dns from 'node:dns';

/**
 * Preloaded (`--import`) into the processes of a bench: gives the names of Services their loopback addresses, as the
 * DNS of a cluster would, and answers SIGUSR2 with the heap after a full collection. Nothing else about the processes
 * differs from what runs in a pod.
 */
const addresses = JSON.parse(process.env['SCALE_HOSTS'] ?? '{}') as Record<string, string>;
const original = dns.lookup;
type Callback = (error: Error | null, address: string | { address: string; family: number }[], family?: number) => void;

dns.lookup = ((hostname: string, options: unknown, callback?: Callback) => {
  const done = (typeof options === 'function' ? options : callback) as Callback;
  const address = addresses[hostname];
  if (address === undefined) {
    (original as (...args: unknown[]) => void)(hostname, options, callback);
    return;
  }
  if ((options as { all?: boolean } | undefined)?.all === true) process.nextTick(() => done(null, [{ address, family: 4 }]));
  else process.nextTick(() => done(null, address, 4));
}) as typeof dns.lookup;

const collect = (globalThis as { gc?: () => void }).gc;
if (collect !== undefined) {
  process.on('SIGUSR2', () => {
    for (let round = 0; round < 3; round++) collect();
    process.stderr.write(`heap-after-collection ${process.memoryUsage().heapUsed}\n`);
  });
}
