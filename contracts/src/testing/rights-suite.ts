import { after, before, describe, test } from 'node:test';
import { DEFAULT_RIGHTS } from '../index.ts';
import { consentActions } from '@collabnet/envelope';
import { generateSm2KeyPair } from '@collabnet/sm';
import { makeInstitution, podOf } from './actors.ts';
import { Bench, digest } from './bench.ts';
import type { MakeDriver } from './driver.ts';
import { refused } from './expect.ts';

/** Who may call what, straight from the table of rights. */
export function rightsSuite(makeDriver: MakeDriver): void {
  describe('rights', () => {
    let bench: Bench;
    before(async () => {
      bench = await Bench.make(makeDriver);
    });
    after(() => bench.net.close());

    for (const [action, right] of Object.entries(DEFAULT_RIGHTS)) {
      if (action === 'algorithms.revokeForeign') continue;
      const consent = consentActions.includes(action) && action !== 'grants.revoke';

      if (!right.principals.includes('institution')) {
        test(`${action} is not for an institution's key`, () =>
          refused(bench.net.send(bench.b, action, {}), consent ? 'CONSENT_REQUIRED' : 'FORBIDDEN'));
      }
      if (!right.principals.includes('person')) {
        test(`${action} is not for a person`, () => refused(bench.net.send(bench.b.manager, action, {}), 'FORBIDDEN'));
      }
      if (consent) {
        test(`${action} cannot be delegated`, async () => {
          const { net, b } = bench;
          const pair = generateSm2KeyPair();
          const delegation = { ...(await net.delegate(b, pair, ['flows.touch'])), actions: [action] };
          const pod = podOf(b, pair);
          await refused(net.send(pod, action, {}, { delegations: [delegation] }), 'CONSENT_REQUIRED');
        });
      }
      if (right.roles?.includes('DataManager') === true && !right.roles.includes('SecurityOfficer')) {
        test(`${action} is not for a security officer`, () =>
          refused(bench.net.send(bench.b.officer, action, {}), 'FORBIDDEN'));
      }
      if (right.roles?.includes('Operator') === true && !right.roles.some((role) => role === 'AlgorithmProvider')) {
        test(`${action} needs the role of the table`, () => refused(bench.net.send(bench.b, action, {}), 'FORBIDDEN'));
      }
      test(`${action} is not for strangers`, async () => {
        const stranger = makeInstitution(bench.net.id, 'stranger');
        const actor = right.principals.includes('institution') ? stranger : stranger.manager;
        await refused(bench.net.send(actor, action, {}), 'INVALID_SIGNATURE');
      });
    }

    test('what belongs to one institution is not decided by another', async () => {
      const { net, a, b } = bench;
      const flow = await bench.bring('Pending');
      await refused(net.send(b, 'catalogue.publish', net.assetOf(a, 'foreign')), 'FORBIDDEN', 'assetId');
      await refused(net.send(b, 'catalogue.withdraw', { assetId: 'bank-a/customers' }), 'FORBIDDEN');
      const foreign = net.grantOf(a, b);
      await refused(
        net.consent(b.manager, 'Grant', { id: foreign.id, digest: digest(foreign as never) }, { body: foreign }),
        'FORBIDDEN',
      );
      await net.grant(a, foreign);
      await refused(net.revoke(b, foreign), 'FORBIDDEN');
      await refused(net.revoke(b, foreign, b), 'FORBIDDEN');
      await refused(net.revoke(a, foreign, a.officer), 'FORBIDDEN');
      const own = await bench.reservation(flow, a);
      await refused(net.send(b, 'flows.reserve', own), 'INVALID_ARGUMENT', 'inputCommitments');
    });

    test('a member that takes no part can neither consent, confirm, compute nor cancel', async () => {
      const { net, a, b } = bench;
      const c = await net.admit('bank-c', [a, b]);
      const flow = await bench.propose();
      await refused(bench.approve(flow, c), 'FORBIDDEN');
      await refused(bench.approve(flow, c, 'Refuse'), 'FORBIDDEN');
      await refused(bench.confirm(flow, c), 'FORBIDDEN');
      await refused(net.send(c, 'flows.cancel', { flowId: flow.flowId, reason: '' }), 'FORBIDDEN');
      const running = await bench.bring('Running');
      await refused(net.send(c, 'flows.reserve', await bench.reservation(running, b)), 'FORBIDDEN');
      await refused(bench.start(running, c), 'FORBIDDEN');
      await refused(bench.touch(running, c), 'FORBIDDEN');
      await refused(bench.fail(running, c), 'FORBIDDEN');
      await refused(bench.submit(c, bench.receipt(running, b)), 'FORBIDDEN');
      await refused(bench.submit(a, bench.receipt(running, b)), 'FORBIDDEN', 'party');
    });

    test('a stranger to every flow cannot propose one between others', async () => {
      const { net } = bench;
      const d = makeInstitution(net.id, 'bank-d', ['ComputeParty', 'DataProvider']);
      const join = await net.askToJoin(d, 'invite-bank-d', await net.invite('invite-bank-d'));
      for (const voter of [bench.a, bench.b]) await net.voteOn(voter.manager, join);
      await net.activate(d);
      await refused(bench.propose(bench.proposal(), d), 'FORBIDDEN', 'parties');
    });
  });
}
