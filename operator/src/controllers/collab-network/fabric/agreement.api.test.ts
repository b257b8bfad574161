import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { CollabNetwork } from '@collabnet/crds';
import { createAuthority, enrol } from '@collabnet/fabric-network';
import { freePort, TestNetwork } from '@collabnet/fabric-network/testing';
import { SecretStore } from '../../../institution/secret-store.ts';
import { Applier, systemClock, WaitError } from '../../../runtime/index.ts';
import { eventually, TestApiServer } from '../../../testing/index.ts';
import { testConfig } from '../../compute-task/testing/bank.ts';
import type { NetworkRun } from '../network-run.ts';
import { lifecycle } from './fabric-clients.ts';
import { CHAINCODE, chaincodePackage } from './chaincode-package.ts';
import { CHAINCODE_NOT_READY } from './contracts-problem.ts';
import type { FabricRun } from './fabric-run.ts';
import { fabricNames } from './names.ts';
import { definitionVersion, type OwnContracts } from './own-contracts.ts';
import { ensureDefinition } from './steps/ensure-definition.ts';

const [FIRST, SECOND, OTHER] = [
  { version: '1.0.0', digest: 'aa'.repeat(32) },
  { version: '1.1.0', digest: 'bb'.repeat(32) },
  { version: '1.1.0', digest: 'cc'.repeat(32) },
];

/** Institutions on one channel, each with an operator of its own release. */
describe('the agreement about contracts', { timeout: 300_000 }, () => {
  let server: TestApiServer;
  let nodes: TestNetwork;
  const base = new Map<string, Omit<FabricRun, 'contracts' | 'problems' | 'expires'>>();
  const events: string[] = [];

  before(async () => {
    server = await TestApiServer.start();
    nodes = await TestNetwork.found({ members: ['alpha', 'beta', 'gamma'] });
    for (const { institution, peer } of nodes.members) {
      const { mspId } = institution;
      const client = server.connect({ namespace: await server.namespace(mspId) });
      const network = { metadata: { name: 'demo', namespace: mspId, uid: mspId }, spec: { founding: {} } } as CollabNetwork;
      const service = { host: '127.0.0.1', port: await freePort() };
      const fabric = { node: () => peer.endpoint, chaincode: () => service };
      const ctx = { client, clock: systemClock, event: ({ reason }: { reason: string }) => events.push(`${mspId} ${reason}`) };
      const run = { ctx, network, services: { secrets: new SecretStore(client, new Applier(client)), config: testConfig(), fabric } } as unknown as NetworkRun;
      const identity = await enrol({ authority: institution.identityAuthority, commonName: 'operator', role: 'admin', days: 1 });
      base.set(mspId, {
        run,
        names: fabricNames(network),
        mspId,
        channel: nodes.channel,
        networkId: 'ab'.repeat(32),
        orderers: [],
        peers: [{ network, role: 'peer', ordinal: 0 }],
        peer: { network, role: 'peer', ordinal: 0 },
        otherPeers: [],
        renewalProblems: [],
        authorities: { identity: institution.identityAuthority, tls: institution.tlsAuthority, contracts: institution.tlsAuthority },
        administrator: { identity, tls: await createAuthority({ mspId, purpose: 'tls', days: 1 }) },
      });
    }
  });
  after(async () => {
    await nodes?.close();
    await server?.stop();
  });

  /** One look of an institution's operator whose release has these contracts. */
  async function look(mspId: string, contracts: OwnContracts, problems: readonly WaitError[] = []): Promise<FabricRun> {
    const known = base.get(mspId);
    assert.ok(known);
    let refusal: unknown;
    const looked = (): Promise<FabricRun | undefined> => {
      const fabric: FabricRun = { ...known, contracts, problems: [...problems], expires: 0 };
      return ensureDefinition(fabric).then(
        () => fabric,
        (error: unknown) => void (refusal = error),
      );
    };
    // Peers that have just started refuse what they will do once they know each other.
    return eventually(`${mspId} with ${contracts.version}`, looked, 30_000).catch((cause: unknown) => {
      throw new Error(String(refusal), { cause });
    });
  }

  const sequence = async (mspId: string): Promise<number | undefined> => {
    const agreement = lifecycle({ ...(base.get(mspId) as FabricRun), contracts: FIRST });
    try {
      return (await agreement.committed(CHAINCODE))?.sequence;
    } finally {
      agreement.close();
    }
  };

  test('a founder whose peer has forgotten what was approved waits for it, and founds nothing again', async () => {
    const fabric: FabricRun = { ...(base.get('alpha') as FabricRun), contracts: FIRST, problems: [], expires: 0 };
    const { secrets } = fabric.run.services;
    await chaincodePackage(fabric);
    await secrets.update(fabric.names.chaincodePackage, (values) => ({ ...values, approved: `${nodes.channel}/1/contracts:ab` }));
    const reason = (): Promise<unknown> => ensureDefinition(fabric).then(() => 'approved', (error: WaitError) => error.reason);
    await eventually('waiting', async () => (await reason()) === 'FabricCatchingUp', 30_000);
    assert.deepEqual(events, []);
    await secrets.update(fabric.names.chaincodePackage, ({ approved: _, ...values }) => values);
  });

  test('nothing is in force before more than half have approved, and it is said who has not', async () => {
    const alone = await look('alpha', FIRST);
    assert.equal(alone.contractsInForce, undefined);
    assert.equal(alone.contractsWait?.reason, 'ContractsAwaitingApproval');
    assert.match(alone.contractsWait.message, /approved by alpha, not by beta, gamma/);
    assert.deepEqual(alone.problems, [alone.contractsWait], 'nothing can be written');
    const second = await look('beta', FIRST);
    assert.deepEqual([second.contractsInForce, second.contractsWait, second.problems], [{ version: definitionVersion(FIRST), sequence: 1 }, undefined, []]);
    await eventually('known to the third', async () => (await sequence('gamma')) === 1);
    const third = await look('gamma', FIRST);
    assert.equal(third.contractsInForce?.sequence, 1, 'who comes later approves what is in force');
    assert.deepEqual(events, ['alpha ContractsApproved', 'beta ContractsApproved', 'beta ContractsCommitted', 'gamma ContractsApproved']);
  });

  test('another look approves and commits nothing again', async () => {
    const before = events.length;
    const height = await nodes.member('alpha').peer.admin.height(nodes.channel);
    for (const mspId of ['alpha', 'beta', 'gamma']) assert.deepEqual((await look(mspId, FIRST)).problems, []);
    assert.deepEqual([events.length, await nodes.member('alpha').peer.admin.height(nodes.channel)], [before, height]);
  });

  test('what does not serve yet is not approved', async () => {
    const before = events.length;
    const away = new WaitError(CHAINCODE_NOT_READY, 'no ready pod', 1);
    const starting = await look('alpha', SECOND, [away]);
    assert.deepEqual([starting.contractsWait, starting.contractsInForce?.sequence], [away, 1]);
    assert.equal((await look('alpha', FIRST, [away])).contractsWait, undefined, 'what is approved stays so');
    assert.equal(events.length, before);
  });

  test('the next version waits for the others while the one of before stays in force', async () => {
    const waiting = await look('alpha', SECOND);
    assert.deepEqual(waiting.contractsInForce?.version, definitionVersion(FIRST));
    assert.match(waiting.contractsWait?.message ?? '', /as sequence 2: approved by alpha, not by beta, gamma.*1\.0\.0\+sha256/);
    assert.deepEqual(waiting.problems, [], 'it can still be written');
    // Another build of that version is another decision.
    assert.match((await look('gamma', OTHER)).contractsWait?.message ?? '', /approved by gamma, not by alpha, beta/);
    assert.equal(await sequence('alpha'), 1);
  });

  test('an approval is withdrawn by going back to the release before', async () => {
    await look('alpha', FIRST);
    assert.match((await look('beta', SECOND)).contractsWait?.message ?? '', /approved by beta, not by alpha, gamma/);
    assert.equal((await look('alpha', FIRST)).contractsWait, undefined);
  });

  test('two that put it into force at once are no failure', async () => {
    const both = await Promise.all([look('beta', SECOND), look('alpha', SECOND)]);
    await eventually('known to both', async () => (await sequence('alpha')) === 2 && (await sequence('beta')) === 2);
    for (const { problems } of [...both, await look('alpha', SECOND)]) assert.deepEqual(problems, []);
  });

  test('who has not approved is not forced, is told what to do, and goes on after its upgrade', async () => {
    await eventually('known to the third', async () => (await sequence('gamma')) === 2);
    const height = await nodes.member('gamma').peer.admin.height(nodes.channel);
    for (const release of [FIRST, OTHER]) {
      const outvoted = await look('gamma', release);
      assert.equal(outvoted.problems[0]?.reason, 'ContractsOutdated');
      assert.match(outvoted.problems[0].message, /Upgrade the release/);
      assert.equal(outvoted.contractsInForce?.sequence, 2);
    }
    assert.equal(await nodes.member('gamma').peer.admin.height(nodes.channel), height, 'nothing was approved');
    const upgraded = await look('gamma', SECOND);
    assert.deepEqual([upgraded.problems, upgraded.contractsInForce?.sequence], [[], 2]);
    // An older release does not take the channel back.
    assert.equal((await look('alpha', FIRST)).problems[0]?.reason, 'ContractsOutdated');
    assert.equal(await sequence('alpha'), 2);
  });
});
