import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { requestJson } from './request.ts';
import { dataSubject, ledgerHostSubject, ledgerSubject, memberInbox } from './subjects.ts';
import { A, B, Federation, NET } from './testing/federation.ts';
import { eventually } from './testing/nats-process.ts';
import { StallProxy } from './testing/stall-proxy.ts';

const ATTEMPT = { net: NET, task: '00112233445566778899aabbccddeeff', attempt: 'intersect-1' };

async function serveLedger(net: Federation): Promise<void> {
  const creds = net.hub.ledgerHost(NET).creds;
  const host = await net.connect(net.hubUrl, creds, memberInbox(NET, 'ledger'));
  host.subscribe(ledgerHostSubject(NET), { callback: (_error, message) => void message.respond('{"ok":true}') });
  await host.flush();
}

describe('faults of the leaf connections', () => {
  it('brings the leaves back after a hub restart without touching local clients', async () => {
    const net = await Federation.start();
    try {
      await serveLedger(net);
      const [operator, courierA, courierB] = [
        await net.operator(net.a, 'control'),
        await net.courier(net.a, [B], ATTEMPT),
        await net.courier(net.b, [A], ATTEMPT),
      ];
      let received = 0;
      courierB.subscribe(dataSubject(ATTEMPT, A, B), { callback: () => void (received += 1) });
      const changes: string[] = [];
      for (const client of [operator, courierA, courierB]) {
        void (async () => {
          for await (const status of client.status()) changes.push(status.type);
        })();
      }
      await requestJson(operator, ledgerSubject(NET, A, 'head'), {});
      await net.hubProcess.stop();
      await assert.rejects(requestJson(operator, ledgerSubject(NET, A, 'head'), {}, { timeoutMs: 300, retries: 0 }), {
        name: 'MessagingError',
      });
      await net.hubProcess.start();
      await net.leavesUp();
      await eventually(async () => {
        courierA.publish(dataSubject(ATTEMPT, A, B), 'frame');
        await delay(50);
        return received > 0;
      }, 15_000);
      await serveLedger(net);
      assert.deepEqual(await requestJson(operator, ledgerSubject(NET, A, 'head'), {}, { retries: 5 }), { ok: true });
      assert.deepEqual(
        changes.filter((type) => type !== 'ping'),
        [],
      );
    } finally {
      await net.stop();
    }
  });

  it('keeps control requests quick while the data leaf of the receiver is stuck', async () => {
    let hubLeafPort = 0;
    const proxy = await StallProxy.start(() => hubLeafPort);
    const net = await Federation.start({
      leafUrl: (member, channel, url) => {
        hubLeafPort = Number(new URL(url.replace('nats-leaf', 'http')).port);
        return member === B && channel === 'data' ? `nats-leaf://127.0.0.1:${proxy.port}` : url;
      },
    });
    try {
      await serveLedger(net);
      const [operatorA, operatorB] = [await net.operator(net.a, 'control'), await net.operator(net.b, 'control')];
      const [courierA, courierB] = [await net.courier(net.a, [B], ATTEMPT), await net.courier(net.b, [A], ATTEMPT)];
      let received = 0;
      courierB.subscribe(dataSubject(ATTEMPT, A, B), { callback: () => void (received += 1) });
      await courierB.flush();
      await eventually(async () => {
        courierA.publish(dataSubject(ATTEMPT, A, B), 'frame');
        await delay(50);
        return received > 0;
      });
      proxy.stall();
      const before = received;
      const frame = new Uint8Array(512 * 1024);
      // 24 MiB: beyond what the sockets take, so the rest waits in the hub, below its limit of 64 MiB.
      for (let index = 0; index < 48; index += 1) courierA.publish(dataSubject(ATTEMPT, A, B), frame);
      await courierA.flush();
      const times: number[] = [];
      for (let index = 0; index < 40; index += 1) {
        const started = performance.now();
        const [operator, member] = index % 2 === 0 ? ([operatorA, A] as const) : ([operatorB, B] as const);
        await requestJson(operator, ledgerSubject(NET, member, 'head'), {}, { timeoutMs: 2_000, retries: 0 });
        times.push(performance.now() - started);
      }
      assert.ok(received - before < 48, 'the data leaf is indeed stuck');
      assert.ok(Math.max(...times) < 1_000, `slowest control request took ${Math.max(...times).toFixed(0)} ms`);
    } finally {
      await net.stop();
      proxy.stop();
    }
  });
});
