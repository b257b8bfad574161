import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { FlowProposal } from '@collabnet/flow';
import type { AlgorithmContent } from '../index.ts';
import { Bench } from './bench.ts';
import type { MakeDriver } from './driver.ts';
import { refused } from './expect.ts';

/** Algorithms that bring a program of their own, which members vote on. */
export function programsSuite(makeDriver: MakeDriver): void {
  describe('programs of algorithms', () => {
    let bench: Bench;
    before(async () => {
      bench = await Bench.make(makeDriver);
    });
    after(() => bench.net.close());

    const content = (changes: Partial<AlgorithmContent>): AlgorithmContent => ({ ...bench.net.algorithmOf(), name: 'exposure', operators: ['Join', 'Program'], program: 'reveal total = sum(score)', ...changes });

    test('belong to the operator that runs them, and can be read', async () => {
      const { net, a } = bench;
      const faults: [Partial<AlgorithmContent> & { program?: string }, RegExp][] = [
        [{ program: 'reveal total = score' }, /^program: line 1: would reveal a value of every row/],
        [{ program: 'total = sum(score)' }, /^program: reveals nothing/],
        [{ operators: ['Join'] }, /^program: is for the operators SqlQuery and Program/],
      ];
      for (const [changes, message] of faults) await assert.rejects(net.send(a, 'algorithms.register', content(changes)), { code: 'INVALID_ARGUMENT', message });
      const bare = { ...net.algorithmOf(), name: 'exposure', operators: ['Program' as const] };
      await assert.rejects(net.send(a, 'algorithms.register', bare), { message: /^program: the operator Program needs one/ });
    });

    test('run where each column is given once', async () => {
      const { net, a, b } = bench;
      await net.approveAlgorithm([a, b], content({ program: 'reveal total = sum(score * rate)' }));
      const algorithm = { name: 'exposure', version: '1.0.0' };
      const proposal = (columns: [string[], string[]]): FlowProposal =>
        bench.proposal(({ steps: [join, run], parties }) => {
          if (join === undefined || run === undefined) throw new Error('two steps');
          Object.assign(join, { name: 'join', operator: 'Join', algorithm, receivers: parties });
          const inputs = parties.map((party, n) => ({ name: `rows-${n}`, party, from: { step: 'join', output: 'out' }, keys: ['id'], columns: columns[n] ?? [] }));
          Object.assign(run, { name: 'run', operator: 'Program', algorithm, inputs });
        }, 2);
      await refused(bench.propose(proposal([['score'], ['income']])), 'INVALID_ARGUMENT', 'steps[1].inputs');
      await refused(bench.propose(proposal([['score', 'rate'], ['score']])), 'INVALID_ARGUMENT', 'steps[1].inputs');
      assert.equal((await bench.propose(proposal([['rate'], ['score']]))).state, 'AwaitingApproval');
    });
  });
}
