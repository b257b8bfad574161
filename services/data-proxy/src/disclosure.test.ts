import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { FlowRecord } from '@collabnet/contracts';
import { toBase64Url } from '@collabnet/sm';
import { TestProxy, type Answer } from './testing-proxy.ts';

let proxy: TestProxy;
before(async () => void (proxy = await TestProxy.start()));
after(() => proxy.close());

/** Publishes the content as it is now and reads it for a task that was agreed to after that. */
async function disclosed(): Promise<{ flow: FlowRecord; answer: Answer }> {
  await proxy.publish();
  const flow = await proxy.bench.bring('Pending');
  return { flow, answer: await proxy.read(await proxy.capability(flow)) };
}

const refusal = ({ answer }: { answer: Answer }): string | undefined => answer.problem?.code;

describe('what may be disclosed of an asset', () => {
  test('the same persons any number of times; others only if enough of them differ from all that was disclosed before', async () => {
    await proxy.writeRows(200);
    assert.equal((await disclosed()).answer.status, 200);
    assert.equal((await disclosed()).answer.status, 200);
    await proxy.writeRows(201);
    const near = await disclosed();
    assert.equal(refusal(near), 'DISCLOSURE_REFUSED');
    assert.doesNotMatch(near.answer.problem?.detail ?? '', /differ|fewer|\d{2}/, 'the reason would tell about the data');
    await proxy.writeRows(200, 0, 28);
    assert.equal(refusal(await disclosed()), 'DISCLOSURE_REFUSED', '28 gone and 28 new are 56 persons');
    await proxy.writeRows(200, 0, 56);
    assert.equal((await disclosed()).answer.status, 200);
    await proxy.writeRows(201, 0, 56);
    assert.equal(refusal(await disclosed()), 'DISCLOSURE_REFUSED', 'near to the second');
    await proxy.writeRows(199);
    assert.equal(refusal(await disclosed()), 'DISCLOSURE_REFUSED', 'near to the first');
  });

  test('is remembered over a restart, and the owner sets how many must differ', async () => {
    await proxy.stop();
    await proxy.run();
    await proxy.writeRows(205);
    assert.equal(refusal(await disclosed()), 'DISCLOSURE_REFUSED');
    await proxy.configure({}, { minimumDifference: 5 });
    await proxy.config.reload();
    assert.equal((await disclosed()).answer.status, 200);
  });

  test('a refused read is not counted as a disclosure, and is in the record of reads', async () => {
    await proxy.configure({}, { minimumDifference: 100 });
    await proxy.config.reload();
    await proxy.writeRows(240);
    assert.equal(refusal(await disclosed()), 'DISCLOSURE_REFUSED');
    assert.equal(proxy.log.list(0, 1_000).at(-1)?.outcome, 'DISCLOSURE_REFUSED');
    await proxy.writeRows(310);
    assert.equal((await disclosed()).answer.status, 200, 'near to 240 only, which nobody has seen');
  });

  test('to so many tasks within the period, whoever asks; the attempts of one task count once', async () => {
    await proxy.writeRows(310);
    const count = 2;
    await proxy.configure({}, { maximumTasks: { count, periodMs: 3_600_000 } });
    await proxy.config.reload();
    proxy.ledger.advanceTime(3_600_001);
    const { flow, answer } = await disclosed();
    assert.equal(answer.status, 200);
    assert.equal((await disclosed()).answer.status, 200);
    assert.equal(refusal(await disclosed()), 'DISCLOSURE_REFUSED');
    assert.equal((await proxy.read(await proxy.capability(flow))).status, 200, 'the first task may read again');
    proxy.ledger.advanceTime(3_600_001);
    assert.equal((await disclosed()).answer.status, 200, 'the period is over');
  });

  test('a task that is cancelled and proposed again, with other input of its proposer, is another task', async () => {
    const { bench } = proxy;
    await proxy.configure({}, { maximumTasks: { count: 1, periodMs: 3_600_000 } });
    await proxy.config.reload();
    proxy.ledger.advanceTime(3_600_001);
    const { flow, answer } = await disclosed();
    assert.equal(answer.status, 200);
    await bench.net.send(bench.a, 'flows.cancel', { flowId: flow.flowId, reason: 'another input' });
    await bench.net.publish(bench.a, { ...bench.net.assetOf(bench.a), fingerprint: 'ee'.repeat(32) });
    const again = await bench.bring('Pending');
    assert.notEqual(again.flowId, flow.flowId);
    assert.equal(refusal({ answer: await proxy.read(await proxy.capability(again)) }), 'DISCLOSURE_REFUSED');
  });

  test('content that may not be read any more is not counted as disclosed', async () => {
    await proxy.configure({});
    await proxy.config.reload();
    await proxy.writeRows(310);
    const { fingerprint } = await proxy.publish();
    const frozen = { fingerprint, fingerprintSalt: toBase64Url(proxy.salt) };
    const flow = await proxy.bench.bring('Pending');
    await proxy.writeRows(450);
    assert.equal((await proxy.read(await proxy.capability(flow, frozen))).problem?.code, 'INPUT_CHANGED');
    await proxy.writeRows(460);
    assert.equal((await disclosed()).answer.status, 200, 'near to 450 only, which nobody has seen');
  });
});
