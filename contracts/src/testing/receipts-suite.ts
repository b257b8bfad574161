import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { FlowProposal, ProposedStep } from '@collabnet/flow';
import type { FlowRecord, Page, Receipt, ReceiptRecord } from '../index.ts';
import { Bench } from './bench.ts';
import type { MakeDriver } from './driver.ts';
import { refused } from './expect.ts';

/** The end of a step: receipts, transcripts, the next step. */
export function receiptsSuite(makeDriver: MakeDriver): void {
  describe('receipts', () => {
    let bench: Bench;
    before(async () => {
      bench = await Bench.make(makeDriver);
    });
    after(() => bench.net.close());

    test('exactly one per step and party; the same again is adopted, another one refused', async () => {
      const { a, b } = bench;
      const flow = await bench.bring('Touched');
      const mine = bench.receipt(flow, a);
      const first = await bench.submit<ReceiptRecord>(a, mine);
      assert.deepEqual(await bench.submit(a, mine), first);
      const other = bench.receipt(flow, a, (receipt) => (receipt.peakMemory.engine = 1));
      await refused(bench.submit(a, other), 'CONFLICT', 'receipt');
      await refused(bench.fail(flow, a), 'CONFLICT', 'attempt');
      assert.equal((await bench.flow(flow)).state, 'Running');
      await bench.submit(b, bench.receipt(flow, b));
      const done = await bench.flow(flow);
      assert.equal(done.state, 'Succeeded');
      assert.deepEqual(await bench.submit(a, mine), first, 'also after the end');
      await refused(bench.submit(a, other), 'CONFLICT', 'receipt');
      const { items } = await bench.net.query<Page<ReceiptRecord>>('flows.receipts', { flowId: flow.flowId });
      assert.deepEqual(items.map((each) => each.party).sort(), [a.did, b.did].sort());
    });

    const mismatches: [string, (receipt: Receipt) => void][] = [
      ['what was sent', (receipt) => (transcript(receipt).sentDigest = '33'.repeat(32))],
      ['what was received', (receipt) => (transcript(receipt).receivedDigest = '33'.repeat(32))],
      ['the octets', (receipt) => (transcript(receipt).sentBytes += 1)],
      ['the octets received', (receipt) => (transcript(receipt).receivedBytes -= 1)],
      ['the frames', (receipt) => (transcript(receipt).receivedFrames += 1)],
      ['the frames sent', (receipt) => (transcript(receipt).sentFrames += 1)],
    ];
    for (const [what, change] of mismatches) {
      test(`two accounts that differ in ${what} fail the flow`, async () => {
        const flow = await bench.bring('Touched');
        await bench.submit(bench.a, bench.receipt(flow, bench.a));
        await bench.submit(bench.b, bench.receipt(flow, bench.b, change));
        const ended = await bench.flow(flow);
        assert.deepEqual([ended.state, ended.reason], ['Failed', 'TRANSCRIPT_MISMATCH']);
      });
    }

    const faults: [string, (receipt: Receipt) => void][] = [
      ['network', (receipt) => (receipt.network = '0'.repeat(64))],
      ['flowId', (receipt) => (receipt.flowId = '0'.repeat(64))],
      ['attempt', (receipt) => (receipt.attempt = 2)],
      ['specDigest', (receipt) => (receipt.specDigest = '0'.repeat(64))],
      ['algorithm', (receipt) => (receipt.algorithm = { name: 'spu-psi', version: '2.0.0' })],
      ['inputCommitments', (receipt) => (receipt.inputCommitments[0]!.commitment = 'ee'.repeat(32))],
      ['transcripts', (receipt) => (receipt.transcripts = {})],
      ['party', (receipt) => (receipt.party = Object.keys(receipt.transcripts)[0] ?? '')],
    ];
    test('a receipt that contradicts the ledger is refused', async () => {
      const flow = await bench.bring('Touched');
      for (const [member, change] of faults) {
        await refused(
          bench.submit(bench.a, bench.receipt(flow, bench.a, change)),
          'INVALID_ARGUMENT',
          `receipt.${member}`,
        );
      }
      const foreign = { ...bench.receipt(flow, bench.a), signature: bench.receipt(flow, bench.b)['signature'] };
      await refused(bench.submit(bench.a, foreign), 'PROOF_INVALID', 'signature');
      await refused(
        bench.submit(bench.a, { ...bench.receipt(flow, bench.a), attempt: 2 }),
        'ILLEGAL_TRANSITION',
        'attempt',
      );
    });

    test('a half finished attempt leaves its receipt behind and the next attempt needs a new one', async () => {
      const { a, b } = bench;
      const flow = await bench.bring('Touched');
      const old = bench.receipt(flow, a);
      await bench.submit(a, old);
      assert.equal((await bench.fail(flow, b)).state, 'Pending');
      await bench.run(flow, 2);
      assert.equal((await bench.submit<ReceiptRecord>(a, bench.receipt(flow, a, undefined, 2))).attempt, 2);
      await bench.submit(b, bench.receipt(flow, b, undefined, 2));
      assert.equal((await bench.flow(flow)).state, 'Succeeded');
    });

    describe('of rows that are handed on', () => {
      const algorithm = { name: 'hand-on', version: '1.0.0' };
      const given = { input: 'left', commitment: 'aa'.repeat(32) };
      const proposal = (change: (step: ProposedStep) => void = () => {}): FlowProposal =>
        bench.proposal(({ steps: [step] }) => {
          if (step === undefined) throw new Error('one step');
          Object.assign(step, { operator: 'Deliver', algorithm, inputs: step.inputs.slice(0, 1), receivers: [bench.b.did] });
          change(step);
        });
      /** Brings a delivery of bank-a to where receipts are due, and has both submitted. */
      const delivered = async (received: Receipt['received']): Promise<FlowRecord> => {
        const { net, a, b } = bench;
        const flow = await bench.propose(proposal());
        await bench.approve(flow, a);
        await bench.confirm(flow, a);
        await bench.reserve(flow, a);
        await net.send(b, 'flows.reserve', { ...(await bench.reservation(flow, b)), inputCommitments: [] });
        await bench.start(flow);
        await bench.touch(flow);
        await bench.submit(a, bench.receipt(flow, a, (receipt) => (receipt.algorithm = algorithm)));
        await bench.submit(b, bench.receipt(flow, b, (receipt) => Object.assign(receipt, { algorithm, inputCommitments: [], ...(received && { received }) })));
        return bench.flow(flow);
      };
      before(() => bench.net.approveAlgorithm([bench.a, bench.b], { ...bench.net.algorithmOf(), name: algorithm.name, operators: ['Deliver'] }));

      test('the receiver must have what the giver committed to', async () => {
        const from = bench.a.did;
        assert.equal((await delivered([{ from, ...given }])).state, 'Succeeded');
        const faults: Receipt['received'][] = [undefined, [], [{ from, ...given, commitment: 'ab'.repeat(32) }], [{ from: bench.b.did, ...given }], [{ from, ...given, input: 'right' }], [{ from, ...given }, { from, ...given }]];
        for (const received of faults) {
          const ended = await delivered(received);
          assert.deepEqual([ended.state, ended.reason], ['Failed', 'CUSTODY_MISMATCH'], JSON.stringify(received));
          assert.match(ended.message ?? '', new RegExp(`what ${bench.b.did} says it received`));
        }
      });

      test('one input goes to others than its giver', async () => {
        const { a, b } = bench;
        await refused(bench.propose(proposal((step) => (step.receivers = [a.did, b.did]))), 'INVALID_ARGUMENT', 'steps[0].inputs');
        await refused(bench.propose(proposal((step) => (step.inputs = bench.proposal().steps[0]?.inputs ?? []))), 'INVALID_ARGUMENT', 'steps[0].inputs');
      });
    });

    describe('of a step in a trusted execution environment', () => {
      const algorithm = { name: 'joint-query', version: '1.0.0' };
      const shown = 'cc'.repeat(32);
      type Said = Pick<Receipt, 'attestation' | 'received'>;
      /** Brings a query that bank-b hosts to where receipts are due, and has both submitted. */
      const queried = async (ofGiver: Said, ofHost: Said): Promise<FlowRecord> => {
        const { a, b } = bench;
        const flow = await bench.bring(
          'Touched',
          bench.proposal((content) => {
            content.trustModel = 'SimulatedTrustedExecution';
            const [step] = content.steps;
            if (step !== undefined) Object.assign(step, { operator: 'SqlQuery', algorithm });
          }),
        );
        await bench.submit(a, bench.receipt(flow, a, (receipt) => Object.assign(receipt, { algorithm, ...ofGiver })));
        await bench.submit(b, bench.receipt(flow, b, (receipt) => Object.assign(receipt, { algorithm, ...ofHost })));
        return bench.flow(flow);
      };
      before(() =>
        bench.net.approveAlgorithm([bench.a, bench.b], { ...bench.net.algorithmOf(), name: algorithm.name, operators: ['SqlQuery'], program: 'SELECT count(*) AS rows FROM left', trustModels: ['SimulatedTrustedExecution'] }),
      );

      test('all say the same of its host, which had what was committed to', async () => {
        const [host, giver] = [bench.b.did, bench.a.did];
        const received = [{ from: giver, input: 'left', commitment: 'aa'.repeat(32) }];
        const [seen, told] = [{ attestation: { host, results: { [host]: shown } } }, { attestation: { host, results: { [giver]: shown } }, received }];
        assert.equal((await queried(seen, told)).state, 'Succeeded');
        const faults: [Said, Said, string][] = [
          [{}, told, 'ATTESTATION_MISMATCH'],
          [seen, { received }, 'ATTESTATION_MISMATCH'],
          [{}, {}, 'ATTESTATION_MISMATCH'],
          [{ attestation: { host, results: { [host]: 'cd'.repeat(32) } } }, told, 'ATTESTATION_MISMATCH'],
          [{ attestation: { host: giver, results: { [host]: shown } } }, told, 'ATTESTATION_MISMATCH'],
          [seen, { ...told, attestation: { host, results: {} } }, 'ATTESTATION_MISMATCH'],
          [seen, { attestation: told.attestation }, 'CUSTODY_MISMATCH'],
          [seen, { ...told, received: [{ ...received[0]!, commitment: 'ab'.repeat(32) }] }, 'CUSTODY_MISMATCH'],
        ];
        for (const [ofGiver, ofHost, reason] of faults) {
          const ended = await queried(ofGiver, ofHost);
          assert.deepEqual([ended.state, ended.reason], ['Failed', reason], JSON.stringify([ofGiver, ofHost]));
        }
      });
    });

    test('steps run one after the other', async () => {
      const { a, b } = bench;
      const flow = await bench.bring('Pending', bench.proposal(undefined, 2));
      await refused(bench.reserve(flow, a, 1, 'match-2'), 'ILLEGAL_TRANSITION');
      await bench.run(flow);
      for (const party of [a, b]) await bench.submit(party, bench.receipt(flow, party));
      const between = await bench.flow(flow);
      assert.deepEqual([between.state, between.currentStep], ['Pending', 'match-2']);
      await bench.run(flow, 1, 'match-2');
      for (const party of [b, a]) await bench.submit(party, bench.receipt(flow, party, undefined, 1, 'match-2'));
      assert.equal((await bench.flow(flow)).state, 'Succeeded');
      assert.deepEqual(
        [(await bench.step(flow)).state, (await bench.step(flow, 'match-2')).state],
        ['Succeeded', 'Succeeded'],
      );
    });
  });
}

function transcript(receipt: Receipt): Receipt['transcripts'][string] {
  return Object.values(receipt.transcripts)[0]!;
}
