import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { AlgorithmRecord, AssetVersionRecord, AssetView, Page } from '../index.ts';
import { Bench, digest } from './bench.ts';
import type { MakeDriver } from './driver.ts';
import { refused } from './expect.ts';

/** Assets, algorithms and the paging of every list. */
export function catalogueSuite(makeDriver: MakeDriver): void {
  describe('catalogue and algorithms', () => {
    let bench: Bench;
    before(async () => {
      bench = await Bench.make(makeDriver);
    });
    after(() => bench.net.close());

    test('publishing the same again changes nothing, other content is the next version', async () => {
      const { net, a } = bench;
      const first = await net.publish<AssetVersionRecord>(a, net.assetOf(a, 'versioned'));
      assert.deepEqual(await net.publish(a, net.assetOf(a, 'versioned')), first);
      const changed = { ...net.assetOf(a, 'versioned'), rows: 10 };
      assert.equal((await net.publish<AssetVersionRecord>(a, changed)).version, 2);
      const view = await net.query<AssetView>('catalogue.get', { assetId: 'bank-a/versioned' });
      assert.equal(view.latest.content.rows, 10);
      const versions = await net.query<Page<AssetVersionRecord>>('catalogue.versions', { assetId: 'bank-a/versioned' });
      assert.deepEqual(
        versions.items.map((each) => each.version),
        [1, 2],
      );
    });

    test('a withdrawn asset is not used any more and can be published again', async () => {
      const { net, b } = bench;
      await net.publish(b, net.assetOf(b, 'seasonal'));
      await net.send(b, 'catalogue.withdraw', { assetId: 'bank-b/seasonal' });
      const using = bench.proposal((proposal) => (proposal.steps[0]!.inputs[1]!.asset = 'bank-b/seasonal'));
      await refused(bench.propose(using), 'ASSET_UNAVAILABLE', 'steps[0].inputs[1].asset');
      await net.publish(b, net.assetOf(b, 'seasonal'));
      await bench.propose(using);
    });

    test('every list comes in pages that together hold everything once', async () => {
      const { net, a, b } = bench;
      for (let n = 0; n < 5; n += 1) await net.publish(a, net.assetOf(a, `paged-${n}`));
      for (let n = 0; n < 3; n += 1) await net.invite(`invite-paged-${n}`);
      for (let n = 0; n < 3; n += 1) await net.grant(b, net.grantOf(b, a, { purpose: 'paging' }));
      for (let n = 0; n < 3; n += 1) await bench.propose();
      for (let n = 2; n < 5; n += 1) await net.send(a, 'algorithms.register', net.algorithmOf(`${n}.0.0`));
      await net.publish(a, { ...net.assetOf(a, 'paged-0'), rows: 1 });
      await net.publish(a, { ...net.assetOf(a, 'paged-0'), rows: 2 });
      const lists: [string, object][] = [
        ['membership.members', {}],
        ['membership.joins', {}],
        ['membership.invitations', {}],
        ['identity.list', {}],
        ['identity.list', { controller: b.did }],
        ['catalogue.list', {}],
        ['catalogue.byOwner', { owner: a.did }],
        ['catalogue.versions', { assetId: 'bank-a/paged-0' }],
        ['catalogue.flows', { assetId: 'bank-a/customers' }],
        ['algorithms.list', {}],
        ['algorithms.list', { state: 'Registered' }],
        ['grants.byAsset', { asset: 'bank-b/customers' }],
        ['grants.byAsset', { asset: 'bank-b/customers', grantee: a.did }],
        ['grants.byGrantee', { grantee: a.did }],
        ['flows.list', { party: b.did }],
        ['flows.list', { party: b.did, open: true, state: 'AwaitingApproval' }],
      ];
      for (const [name, args] of lists) {
        const whole = await net.query<Page<unknown>>(name, { ...args, limit: 200 });
        assert.equal(whole.next, undefined, name);
        const paged: unknown[] = [];
        let after: string | undefined;
        do {
          const page = await net.query<Page<unknown>>(name, {
            ...args,
            limit: 2,
            ...(after === undefined ? {} : { after }),
          });
          assert.ok(page.items.length === 2 || page.next === undefined, `${name}: a page that is not the last is full`);
          paged.push(...page.items);
          after = page.next;
        } while (after !== undefined);
        assert.deepEqual(paged, whole.items, name);
        assert.ok(name === 'membership.joins' || paged.length >= 2, `${name} has ${paged.length}`);
        await refused(net.query(name, { ...args, limit: 201 }), 'INVALID_ARGUMENT', 'limit');
      }
    });

    test('an algorithm is approved by a majority, and its versions never change', async () => {
      const { net, a, b } = bench;
      const content = net.algorithmOf('7.0.0');
      await net.send(a, 'algorithms.register', content);
      await refused(net.send(a, 'algorithms.register', { ...content, leakage: 'nothing' }), 'ALREADY_EXISTS');
      const subject = { id: 'spu-psi/7.0.0', digest: digest(content) };
      await refused(
        net.consent(a.manager, 'Algorithm', { ...subject, digest: 'ab'.repeat(32) }),
        'CONFLICT',
        'subject.digest',
      );
      assert.equal((await net.consent<AlgorithmRecord>(a.manager, 'Algorithm', subject)).state, 'Registered');
      const using = bench.proposal((proposal) => (proposal.steps[0]!.algorithm.version = '7.0.0'));
      await refused(bench.propose(using), 'ALGORITHM_UNAVAILABLE', 'steps[0].algorithm');
      assert.equal((await net.consent<AlgorithmRecord>(b.officer, 'Algorithm', subject)).state, 'Approved');
      await bench.propose(using);
      await refused(net.send(b, 'algorithms.retire', { name: 'spu-psi', version: '7.0.0' }), 'FORBIDDEN');
      await net.send(a, 'algorithms.retire', { name: 'spu-psi', version: '7.0.0' });
      await refused(net.consent(b.officer, 'Algorithm', subject, { decision: 'Refuse' }), 'ILLEGAL_TRANSITION');
      await net.send(a, 'algorithms.revoke', { name: 'spu-psi', version: '7.0.0', reason: 'flaw' });
      await refused(net.send(a, 'algorithms.retire', { name: 'spu-psi', version: '7.0.0' }), 'ILLEGAL_TRANSITION');
    });
  });
}
