import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { MINUTE, TestNetwork } from '@collabnet/contracts/testing';
import { canonicalJson } from '@collabnet/envelope';
import type { FabricGenesis, StateReader } from '@collabnet/fabric-execution';
import { MemoryReader, StampedDriver } from '@collabnet/fabric-execution/testing';
import type { AnswerRead } from './contract-worker.ts';
import { runJob } from './run-job.ts';
import { WorkerPool } from './worker-pool.ts';

const AFTER_ASCII = '\u007f';

/** Answers from a state in memory as a peer would: values as octets of text, ranges by start and end. */
function answers(reader: StateReader): AnswerRead {
  return (request) =>
    Promise.resolve().then(() => {
      const textOf = (key: string): string | undefined => {
        const value = reader.get(key);
        return value && canonicalJson(value);
      };
      if ('get' in request) return { text: textOf(request.get) };
      if ('getAll' in request) return { texts: request.getAll.map(textOf) };
      const { start, end, limit } = request.range;
      assert.ok(end.endsWith(AFTER_ASCII));
      const entries = reader.range(end.slice(0, -1), { limit: 10_000 }).filter(({ key }) => key >= start);
      return { entries: entries.slice(0, limit).map(({ key, value }) => ({ key, text: canonicalJson(value) })) };
    });
}

describe('workers', () => {
  const pool = new WorkerPool(2);
  after(() => pool.close());

  test('come to what the contracts come to without them, many at once', async () => {
    let genesis: FabricGenesis | undefined;
    const net = await TestNetwork.found((payload, sign) => {
      genesis = { payload, signature: sign(canonicalJson(payload)) };
      return new StampedDriver(payload, genesis.signature);
    });
    assert.ok(genesis);
    const { reader } = net.driver as StampedDriver;
    const empty = new MemoryReader();
    assert.deepEqual(await pool.run({ name: 'found', genesis }, answers(empty)), runJob(empty, { name: 'found', genesis }));
    const person = await net.signConsent(net.founder.manager, 'Membership', { id: 'ab'.repeat(32), digest: 'ab'.repeat(32) });
    const signed = await Promise.all(Array.from({ length: 12 }, (_, n) => net.sign(net.founder, 'catalogue', 'publish', net.assetOf(net.founder, `asset-${n}`), { expires: net.driver.now() + MINUTE })));
    const jobs = [...signed, person].map((tx) => ({ name: 'submit' as const, tx, seenHeight: 0, time: net.driver.now() }));
    const results = await Promise.all(jobs.map((job) => pool.run(job, answers(reader))));
    assert.deepEqual(results, jobs.map((job) => runJob(reader, job)));
    const last = results.at(-1);
    assert.ok(last && 'refusal' in last && last.refusal.code === 'NOT_FOUND');
  });

  test('fail where the state cannot be read, and never answer as if it were empty', async () => {
    const net = await TestNetwork.found((payload, sign) => new StampedDriver(payload, sign(canonicalJson(payload))));
    const { reader } = net.driver as StampedDriver;
    const job = { name: 'submit' as const, tx: await net.sign(net.founder, 'catalogue', 'publish', net.assetOf(net.founder)), seenHeight: 0, time: net.driver.now() };
    const lost = await pool.run(job, () => Promise.reject(new Error('the stream has ended')));
    assert.ok('failure' in lost && lost.failure.includes('the stream has ended'));
    const bent = await pool.run(job, (request) => Promise.resolve('getAll' in request ? { texts: request.getAll.map(() => '{"not":"stamped"}') } : { text: undefined }));
    assert.ok('failure' in bent && bent.failure.includes('without a stamp'));
    assert.ok('writes' in (await pool.run(job, answers(reader))));
  });
});
