import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CURRENT_RELEASE, keys } from '@collabnet/contracts';
import { Bench, MINUTE, START, TestNetwork, type TestInstitution } from '@collabnet/contracts/testing';
import { canonicalJson, type JsonObject } from '@collabnet/envelope';
import { executeCall, executeUpgrade, type Outcome } from './execute-call.ts';
import { foundNetwork } from './found-call.ts';
import { isPartyKey, partyKey } from './party-keys.ts';
import { decodeStamped, encodeStamped } from './stamp.ts';
import { StampedDriver } from './testing/stamped-driver.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const organisation = (mspId: string): Parameters<TestNetwork['admit']>[2] => ({ mspId, rootCertificates: [PEM], tlsRootCertificates: [PEM], peers: [{ host: `peer.${mspId}`, port: 7051 }] });

interface Setup {
  readonly net: TestNetwork;
  readonly driver: StampedDriver;
  readonly founded: ReturnType<typeof foundNetwork>;
}

async function setup(ledger: 'fabric' | 'embedded' = 'fabric'): Promise<Setup> {
  let founded: Setup['founded'] | undefined;
  const net = await TestNetwork.found(
    (payload, sign) => {
      const signature = sign(canonicalJson(payload));
      founded = foundNetwork({ get: () => undefined, range: () => [] }, { payload, signature });
      return new StampedDriver(payload, signature);
    },
    {},
    ledger,
  );
  return { net, driver: net.driver as StampedDriver, founded: founded as Setup['founded'] };
}

/** What a call comes to; nothing is kept. */
async function planned({ net, driver }: Setup, actor: TestInstitution, method: string, args: object): Promise<Outcome> {
  const [contract = '', name = ''] = method.split('.');
  return executeCall(driver.reader, { tx: await net.sign(actor, contract, name, args), seenHeight: 0, time: net.driver.now() });
}

const written = ({ writes }: { writes: readonly { key: string }[] }): string[] => writes.map(({ key }) => key).filter(isPartyKey);

describe('party keys', () => {
  test('are made for the founder with the network, and for each member when it is admitted', async () => {
    const all = await setup();
    const { net, driver, founded } = all;
    const { founder: a } = net;
    assert.deepEqual([written(founded), founded.policies], [[partyKey(a.did)], [{ key: partyKey(a.did), mspId: 'bank-a' }]]);
    const outcomes: Outcome[] = [];
    const execute = driver.execute.bind(driver);
    driver.execute = (tx) => {
      outcomes.push(executeCall(driver.reader, { tx, seenHeight: 0, time: net.driver.now() }));
      return execute(tx);
    };
    const b = await net.admit('bank-b', [a], organisation('bank-b'));
    // The last one takes the membership up.
    const vote = outcomes.at(-2) as Outcome;
    assert.deepEqual([written(vote), vote.policies, vote.endorsers], [[partyKey(b.did)], [{ key: partyKey(b.did), mspId: 'bank-b' }], []]);
    assert.ok(outcomes.filter((each) => each !== vote).every((each) => written(each).length === 0), 'asking to join and taking it up make none');
    await net.send(b, 'membership.leave', {});
    assert.deepEqual([written(outcomes.at(-1) as Outcome), outcomes.at(-1)?.policies], [[], []]);
  });

  test('are written by what needs their members, blindly: concurrent transactions do not conflict', async () => {
    const all = await setup();
    const { net } = all;
    const { founder: a } = net;
    const outcome = await planned(all, a, 'catalogue.publish', net.assetOf(a));
    assert.deepEqual([written(outcome), outcome.policies, outcome.endorsers], [[partyKey(a.did)], [], ['bank-a']]);
    assert.equal(outcome.reads.some(isPartyKey), false);
    assert.deepEqual(outcome.writes.map(({ key }) => key), outcome.writes.map(({ key }) => key).sort());
    const text = outcome.writes.find(({ key }) => isPartyKey(key))?.text ?? '';
    assert.deepEqual(decodeStamped(text), { height: outcome.height, time: outcome.time, value: {} });
    // Whatever its member has put there meanwhile.
    all.driver.reader.apply([{ key: partyKey(a.did), text: 'garbage' }]);
    assert.deepEqual(await planned(all, a, 'catalogue.publish', net.assetOf(a, 'other')).then(({ endorsers }) => endorsers), ['bank-a']);
  });

  test('of all owners are written where a task opens and starts', async () => {
    const all = await setup();
    const { net } = all;
    const b = await net.admit('bank-b', [net.founder], organisation('bank-b'));
    await net.approveAlgorithm([net.founder, b]);
    for (const owner of [net.founder, b]) await net.publish(owner);
    const bench = new Bench(net, b);
    const flow = await bench.bring('Approved');
    await bench.confirm(flow, bench.a);
    const opening = await planned(all, b, 'flows.confirm', { flowId: flow.flowId });
    assert.deepEqual([opening.endorsers, opening.policies], [['bank-a', 'bank-b'], []]);
    await bench.confirm(flow, b);
    await bench.reserve(flow, bench.a);
    await bench.reserve(flow, b);
    const start = await planned(all, b, 'flows.start', { flowId: flow.flowId, step: 'match', attempt: 1 });
    assert.deepEqual(written(start), [bench.a.did, b.did].map(partyKey).sort());
    const cancel = await planned(all, b, 'flows.cancel', { flowId: flow.flowId, reason: 'tested' });
    assert.deepEqual([written(cancel), cancel.endorsers], [[], []]);
  });

  test('stand for what the rules cannot see: a start that is dated back to before a grant ended is in order for them', async () => {
    const all = await setup();
    const { net, driver } = all;
    const { founder: a } = net;
    const b = await net.admit('bank-b', [a], organisation('bank-b'));
    await net.approveAlgorithm([a, b]);
    for (const owner of [a, b]) await net.publish(owner);
    for (const owner of [a, b]) await net.grant(owner, net.grantOf(owner, a, { form: { type: 'Period', notBefore: START, notAfter: START + 5 * MINUTE } }));
    const bench = new Bench(net, b);
    const flow = await bench.propose();
    await bench.open(flow);
    for (const party of [a, b]) await bench.reserve(flow, party);
    driver.advanceTime(6 * MINUTE);
    const tx = await net.sign(a, 'flows', 'start', { flowId: flow.flowId, step: 'match', attempt: 1 });
    const at = (time: number): Outcome => executeCall(driver.reader, { tx, seenHeight: 0, time });
    const [honest, back] = [at(driver.now()), at(driver.now() - 2 * MINUTE)];
    assert.deepEqual([(honest.result as JsonObject)['state'], honest.endorsers], ['Failed', []]);
    assert.deepEqual([(back.result as JsonObject)['state'], back.endorsers], ['Running', ['bank-a', 'bank-b']]);
  });

  test('do not exist where the ledger has no peers', async () => {
    const all = await setup('embedded');
    assert.deepEqual([written(all.founded), all.founded.policies], [[], []]);
    const outcome = await planned(all, all.net.founder, 'catalogue.publish', all.net.assetOf(all.net.founder));
    assert.deepEqual([written(outcome), outcome.endorsers], [[], []]);
  });

  test('are made for all members by the upgrade from a version without them, and by no later one', async () => {
    const { net, driver } = await setup();
    const b = await net.admit('bank-b', [net.founder], organisation('bank-b'));
    const upgradeFrom = (rules: string, to: string): Outcome => {
      const before = driver.reader.get(keys.network);
      driver.reader.apply([{ key: keys.network, text: encodeStamped({ ...(before?.value as JsonObject), rules }, { height: 0, time: START }) }]);
      return executeUpgrade(driver.reader, { seenHeight: 0, time: START }, { ...CURRENT_RELEASE, version: to });
    };
    const first = upgradeFrom('1.0.0', '1.1.0');
    assert.deepEqual(first.policies.map(({ key, mspId }) => [key, mspId]).sort(), [[partyKey(net.founder.did), 'bank-a'], [partyKey(b.did), 'bank-b']].sort());
    assert.deepEqual([written(first).length, first.endorsers], [2, []]);
    assert.deepEqual(upgradeFrom('1.1.0', '1.2.0').policies, []);
  });
});
