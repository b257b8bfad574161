import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { B, Federation, NET } from '@collabnet/messaging/testing/federation';
import { ThrottleProxy } from '@collabnet/messaging/testing/throttle-proxy';
import { institutionWindow } from '@collabnet/wire';
import { BulkPair } from '../testing/bulk-pair.ts';
import type { ProbeReport, ProbeSetup } from '../testing/control-probe.ts';

const tasks = 20;
/** As the operator gives it where so many attempts may run at once. */
const window = Math.floor(institutionWindow / tasks);
const megabyte = 1_000_000;

/** Asks the ledger over the control leaf all the time, from a thread of its own. */
class ControlProbe {
  readonly #worker: Worker;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  static async start({ hub, hubUrl, a }: Federation): Promise<ControlProbe> {
    const setup: ProbeSetup = {
      host: { url: hubUrl, creds: hub.ledgerHost(NET).creds ?? '' },
      operator: { url: a.url, creds: a.nats.operatorUsers(NET, a.token).control.creds ?? '' },
    };
    const worker = new Worker(new URL('../testing/control-probe.js', import.meta.url), { workerData: setup });
    await once(worker, 'message');
    return new ControlProbe(worker);
  }

  /** Since the last report. */
  async report(): Promise<ProbeReport & { p99: number }> {
    const answer = once(this.#worker, 'message') as Promise<[ProbeReport]>;
    this.#worker.postMessage('report');
    const [report] = await answer;
    const sorted = [...report.times].sort((left, right) => left - right);
    return { ...report, p99: sorted[Math.floor(0.99 * (sorted.length - 1))] ?? Number.NaN };
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

function assertControl(report: ProbeReport): void {
  assert.ok(report.times.length > 20, 'the probe was at work');
  // One that took 5 s counts as failed.
  assert.deepEqual(report.failures, []);
}

/** What the servers have said of leaf connections that ended or took nothing; a courier's own connection may do both. */
function cutsOf({ hubProcess, a, b }: Federation): string[] {
  return [hubProcess, a.process, b.process].flatMap(({ output }) => output.match(/.*(Leafnode connection closed|lid:\d+ - Slow Consumer).*/gi) ?? []);
}

/** Pairs of which the first is through before the others begin: then both data leaves stand. */
async function openPairs(federation: Federation, count: number, from = 0): Promise<BulkPair[]> {
  const first = await BulkPair.open(federation, from, { window });
  const rest = Array.from({ length: count - 1 }, (_, index) => BulkPair.open(federation, from + 1 + index, { window }));
  return [first, ...(await Promise.all(rest))];
}

async function memoryOf({ hubProcess, a, b }: Federation): Promise<number[]> {
  const peaks = await Promise.all([hubProcess, a.process, b.process].map((each) => each.peakMemory()));
  return peaks.map((each) => Math.round(each / megabyte));
}

const slowest = (times: readonly number[]): number => Math.max(...times) / 1_000;

describe('20 attempts at once between two institutions', () => {
  let federation: Federation;
  let probe: ControlProbe;
  before(async () => {
    federation = await Federation.start();
    probe = await ControlProbe.start(federation);
  });
  after(async () => {
    await probe.stop();
    await federation.stop();
  });

  test('a peer that reads a hundredth as fast, and one that is frozen for 30 s, hold up nobody else', { timeout: 180_000 }, async () => {
    const size = 12 * megabyte;
    await delay(3_000);
    const idle = await probe.report();
    const others = await openPairs(federation, tasks - 2);
    const before = cutsOf(federation);
    const without = await Promise.all(others.map((pair) => pair.carry(size)));
    const alone = await probe.report();
    await Promise.all(others.map((pair) => pair.close()));

    const frozenLink = await ThrottleProxy.start(() => Number(new URL(federation.b.url).port));
    const again = await openPairs(federation, tasks - 2, 100);
    const rate = size / (slowest(without) * 100);
    const slow = await BulkPair.open(federation, 200, { window, readRate: rate });
    const frozen = await BulkPair.open(federation, 201, { window, urlOfB: `nats://127.0.0.1:${frozenLink.port}` });
    const late = [slow.carry(size), frozen.carry(size)];
    await delay(200);
    frozenLink.pause();
    const thaw = delay(30_000).then(() => frozenLink.resume());
    const beside = await Promise.all(again.map((pair) => pair.carry(size)));
    const loaded = await probe.report();
    assert.ok(slow.receivedBytes < size / 4 && frozen.receivedBytes < size, 'the two were indeed behind');
    await thaw;
    slow.readRate = Number.POSITIVE_INFINITY;
    await Promise.all(late);
    const after30s = await probe.report();

    const memory = await memoryOf(federation);
    const p99 = [idle, alone, loaded, after30s].map((each) => each.p99.toFixed(1)).join(', ');
    process.stdout.write(`# 18 attempts of 12 MB: ${slowest(without).toFixed(1)} s without, ${slowest(beside).toFixed(1)} s beside a slow and a frozen one\n`);
    process.stdout.write(`# p99 of a ledger request, ms: ${p99} (idle, 18 attempts, 20 attempts, until the frozen one was done)\n`);
    process.stdout.write(`# peak memory of hub, A, B: ${memory.join(', ')} MB\n`);
    assert.deepEqual(cutsOf(federation), before);
    for (const each of [idle, alone, loaded, after30s]) assertControl(each);
    assert.ok(slowest(beside) < 2 * slowest(without) + 5, `${slowest(beside)} s beside them, ${slowest(without)} s without`);
    assert.ok(Math.max(...memory) < 256, `${memory.join(', ')} MB`);
    await Promise.all([...again, slow, frozen].map((pair) => pair.close()));
    frozenLink.stop();
  });
});

test('20 attempts over a data leaf of 4 MB/s adapt to it: it is not cut, and the control leaf stays quick', { timeout: 180_000 }, async () => {
  let hubLeafPort = 0;
  const link = await ThrottleProxy.start(() => hubLeafPort, 4 * megabyte);
  const federation = await Federation.start({
    leafUrl: (member, channel, url) => {
      hubLeafPort = Number(new URL(url.replace('nats-leaf', 'http')).port);
      return member === B && channel === 'data' ? `nats-leaf://127.0.0.1:${link.port}` : url;
    },
  });
  const probe = await ControlProbe.start(federation);
  try {
    const pairs = await openPairs(federation, tasks);
    const before = cutsOf(federation);
    const times = await Promise.all(pairs.map((pair) => pair.carry(3 * megabyte)));
    const report = await probe.report();
    const [seconds, resent, memory] = [slowest(times), pairs.reduce((sum, pair) => sum + pair.resent, 0), await memoryOf(federation)];
    process.stdout.write(`# 60 MB over 4 MB/s: ${seconds.toFixed(1)} s, ${resent} frames sent again; ledger p99 ${report.p99.toFixed(1)} ms; peak memory ${memory.join(', ')} MB\n`);
    assert.deepEqual(cutsOf(federation), before);
    assertControl(report);
    assert.ok(seconds > 10, 'the link is indeed slow');
    assert.ok(seconds < 120, `${seconds} s for what the link carries in 15 s`);
    assert.ok(Math.max(...memory) < 256, `${memory.join(', ')} MB`);
    await Promise.all(pairs.map((pair) => pair.close()));
  } finally {
    await probe.stop();
    await federation.stop();
    link.stop();
  }
});
