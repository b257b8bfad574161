import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { connect, ledgerHostSubject, ledgerSubject, memberInbox, requestJson } from '@collabnet/messaging';
import { A, NET } from '@collabnet/messaging/testing/federation';

/** What the worker is started with. */
export interface ProbeSetup {
  readonly host: { readonly url: string; readonly creds: string };
  readonly operator: { readonly url: string; readonly creds: string };
}

/** Milliseconds each request took since the last report, and how many were not answered. */
export interface ProbeReport {
  readonly times: number[];
  readonly failures: string[];
}

const everyMs = 25;
const timeoutMs = 5_000;

/**
 * The ledger's host and an operator that submits to it over the control leaf, in a thread of their own, so that what is
 * measured is the servers and not this process's event loop.
 */
async function run({ host, operator }: ProbeSetup): Promise<void> {
  const common = { waitOnFirstConnect: false, stopWhenRefused: true };
  const ledger = await connect({ ...common, servers: host.url, creds: host.creds, name: 'ledger', inboxPrefix: memberInbox(NET, 'ledger') });
  ledger.subscribe(ledgerHostSubject(NET), { callback: (_error, message) => void message.respond('{"ok":true}') });
  await ledger.flush();
  const client = await connect({ ...common, servers: operator.url, creds: operator.creds, name: 'operator', inboxPrefix: memberInbox(NET, A) });
  await requestJson(client, ledgerSubject(NET, A, 'submit'), {}, { retries: 10 });
  let report: ProbeReport = { times: [], failures: [] };
  parentPort?.on('message', () => {
    parentPort?.postMessage(report);
    report = { times: [], failures: [] };
  });
  parentPort?.postMessage('ready');
  // About what a signed transaction takes.
  const body = { transaction: 'x'.repeat(4_000) };
  for (;;) {
    const begun = performance.now();
    const current = report;
    await requestJson(client, ledgerSubject(NET, A, 'submit'), body, { timeoutMs, retries: 0 }).then(
      () => current.times.push(performance.now() - begun),
      (error: Error) => current.failures.push(error.message),
    );
    await delay(everyMs);
  }
}

if (parentPort) void run(workerData as ProbeSetup);
