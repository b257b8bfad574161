import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { approvalStatementOf, type Approval, type DataAsset, type StandingGrant } from '@collabnet/crds';
import type { GrantView } from '@collabnet/contracts';
import type { TestNetwork } from '@collabnet/contracts/testing';
import { approvalPayload, digestOf, newNonce, transactionBytes, type ApprovalStatement, type JsonObject } from '@collabnet/envelope';
import { standingGrantContent } from '@collabnet/flow';
import type { EmbeddedLedgerClient } from '@collabnet/ledger';
import { TestLedger } from '@collabnet/ledger/testing';
import { sm2Sign } from '@collabnet/sm';
import { InstitutionKeys } from '../../institution/institution-keys.ts';
import { NetworkSession } from '../../institution/network-session.ts';
import type { Informer, ReconcileContext } from '../../runtime/index.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { AssetRun, AssetTools } from './asset-run.ts';
import { withdrawGone } from './asset-sweep.ts';
import { settleGrant } from './grants.ts';
import { publishAsset, publishedAsset } from './steps/publish-asset.ts';
import { settleGrants } from './steps/settle-grants.ts';
import { testAsset } from './testing.ts';

const ASSET = 'bank-a/customers';
let ledger: TestLedger;
let net: TestNetwork;
let replica: EmbeddedLedgerClient;
let session: NetworkSession;

before(async () => {
  ({ ledger, net } = await TestLedger.found());
  const { keys, agree, did } = net.founder;
  replica = ledger.client();
  await replica.refresh();
  session = new NetworkSession({ name: 'demo', did, keys: new InstitutionKeys({ sign: keys, agree }), ledger: replica });
  await publishAsset(run(testAsset()));
});
after(() => ledger.close());

/** A reconcile of the asset, as far as the steps after the profile need one. */
function run(asset: DataAsset, options: { rows?: number; approvals?: Approval[] } = {}): AssetRun & { events: string[] } {
  const events: string[] = [];
  const status: NonNullable<DataAsset['status']> = structuredClone(asset.status ?? {});
  const ctx = {
    status,
    clock: systemClock,
    event: ({ reason }: { reason: string }) => void events.push(reason),
    setCondition: (condition: { type: string; status: 'True' | 'False'; reason: string; message: string }) => {
      status.conditions = [{ ...condition, lastTransitionTime: '' }];
    },
  } as unknown as ReconcileContext<DataAsset>;
  const tools = { informers: { approvals: { list: () => options.approvals ?? [] } } } as unknown as AssetTools;
  const rows = options.rows ?? 1;
  const profile = { assetId: ASSET, stamp: '', columnsFound: [], rows, fingerprint: String(rows).padStart(64, 'a').slice(0, 64), problems: [] };
  return { ctx, asset, tools, session, assetId: ASSET, profile, events };
}

let numbers = 0;

/** A grant as the command line makes it: content and detached signature of the data manager. */
function signed(change: (grant: Omit<StandingGrant, 'approval'>) => void = () => undefined, expires = Date.now() + 600_000): StandingGrant {
  const { did, manager } = net.founder;
  const grant: Omit<StandingGrant, 'approval'> = {
    id: `standing-${String((numbers += 1))}`,
    grantee: did,
    purpose: 'fraud screening',
    algorithms: [{ name: 'psi', versions: ['*'] }],
    trustModels: ['TwoPartySemiHonest'],
    form: { type: 'Count', count: 3, notAfter: '2099-01-01T00:00:00Z' },
  };
  change(grant);
  const body = standingGrantContent(ASSET, grant) as JsonObject;
  const approval = { nonce: newNonce(), expires: new Date(expires).toISOString(), signer: manager.did, keyID: manager.keyId, reason: 'agreed' };
  const statement = approvalStatementOf(net.id, {
    ...approval,
    networkRef: { name: 'demo' },
    subject: { kind: 'Grant', id: grant.id, digest: digestOf(body) },
    decision: 'Approve',
    signature: '',
    body,
  }) as ApprovalStatement;
  return { ...grant, approval: { ...approval, signature: sm2Sign(transactionBytes(approvalPayload(statement)), manager.keys.privateKey) } };
}

const onLedger = (id: string): Promise<GrantView> => replica.evaluate<GrantView>('grants', 'get', { id });

test("the data manager's signature, rebuilt from the specification, is accepted by the contract; a second look adopts the grant", async () => {
  const grant = signed();
  const expected = { id: grant.id, grantee: grant.grantee, state: 'Active', used: 0, count: 3 };
  assert.deepEqual(await settleGrant(session, ASSET, grant), expected);
  const { height } = replica.head();
  assert.deepEqual(await settleGrant(session, ASSET, grant), expected);
  assert.equal(replica.head().height, height, 'nothing was written again');
  assert.equal((await onLedger(grant.id)).person, net.founder.manager.did);
});

test('a grant changed after it was signed, or signed by somebody else, is Invalid and says so; the others go on', async () => {
  const widened = { ...signed(), purpose: 'advertising' };
  const grant = signed();
  const forged = { ...signed(), approval: { ...signed().approval, signature: grant.approval.signature } };
  const late = signed(() => undefined, Date.now() - 120_000);
  const asset = testAsset('customers', ({ spec }) => (spec.grants = [widened, forged, late, grant]));
  const reconcile = run(asset);
  await settleGrants(reconcile);
  const states = reconcile.ctx.status.grants ?? [];
  assert.deepEqual(states.map(({ state }) => state), ['Invalid', 'Invalid', 'Invalid', 'Active']);
  assert.match(states[0]?.message ?? '', /SIGNATURE/);
  assert.match(states[2]?.message ?? '', /EXPIRED/);
  const [condition] = reconcile.ctx.status.conditions ?? [];
  assert.equal(condition?.status, 'False');
  assert.ok(condition.message.includes(widened.id) && !condition.message.includes(grant.id));
});

test('what is taken out of the specification is revoked for good, and cannot be put back', async () => {
  const grant = signed();
  const withGrant = testAsset('customers', ({ spec }) => (spec.grants = [grant]));
  await settleGrants(run(withGrant));
  assert.equal((await onLedger(grant.id)).state, 'Active');
  const without = run(testAsset());
  await settleGrants(without);
  assert.equal((await onLedger(grant.id)).state, 'Revoked');
  assert.ok(without.events.includes('GrantRevoked'));
  const again = run(withGrant);
  await settleGrants(again);
  const [state] = again.ctx.status.grants ?? [];
  assert.equal(state?.state, 'Revoked');
  assert.match(state.message ?? '', /new id/);
});

test('revoked: true takes a grant back, and keeps one that never came to the ledger off it', async () => {
  const grant = signed();
  await settleGrant(session, ASSET, grant);
  assert.equal((await settleGrant(session, ASSET, { ...grant, revoked: true })).state, 'Revoked');
  const unborn = await settleGrant(session, ASSET, { ...signed(), revoked: true });
  assert.equal(unborn.state, 'Revoked');
  await assert.rejects(onLedger(unborn.id), { code: 'NOT_FOUND' });
});

test('consents to single tasks, and grants made by an Approval, are not revoked for being absent', async () => {
  const single = net.grantOf(net.founder, net.founder, { form: { type: 'SingleTask', flow: 'ab'.repeat(32) } });
  const byApproval = net.grantOf(net.founder, net.founder, { form: { type: 'Count', count: 1 } });
  await net.grant(net.founder, single);
  await net.grant(net.founder, byApproval);
  await replica.refresh();
  const approval = { spec: { subject: { kind: 'Grant', id: byApproval.id } } } as Approval;
  await settleGrants(run(testAsset(), { approvals: [approval] }));
  assert.equal((await onLedger(single.id)).state, 'Active');
  assert.equal((await onLedger(byApproval.id)).state, 'Active');
  await settleGrants(run(testAsset()));
  assert.equal((await onLedger(single.id)).state, 'Active');
  assert.equal((await onLedger(byApproval.id)).state, 'Revoked');
});

test('an id that another content has is not taken for this grant', async () => {
  const grant = signed();
  await settleGrant(session, ASSET, grant);
  const other = signed((each) => {
    each.id = grant.id;
    each.purpose = 'other';
  });
  const state = await settleGrant(session, ASSET, other);
  assert.equal(state.state, 'Invalid');
  assert.match(state.message ?? '', /another content/);
});

test('a ledger that cannot be reached is waited for, not taken for a refusal', async () => {
  ledger.cut = true;
  try {
    await assert.rejects(settleGrant(session, ASSET, signed()), { name: 'WaitError', reason: 'LedgerUnavailable' });
  } finally {
    ledger.cut = false;
  }
});

test('unchanged data publishes nothing; changed data makes a version; a deleted asset is withdrawn and can come back', async () => {
  const first = (await publishedAsset(session, ASSET))?.version ?? 0;
  const { height } = replica.head();
  await publishAsset(run(testAsset()));
  assert.equal(replica.head().height, height);
  const changed = run(testAsset(), { rows: 2 });
  await publishAsset(changed);
  assert.equal(changed.ctx.status.version, first + 1);

  const logger = { info: () => undefined } as unknown as Parameters<typeof withdrawGone>[0]['logger'];
  const sweep = (asset: DataAsset | undefined): Promise<void> => {
    const assets = { get: (key: string) => (key === 'bank/customers' ? asset : undefined) } as unknown as Informer<DataAsset>;
    return withdrawGone({ logger, tools: { namespace: 'bank', informers: { assets } as AssetTools['informers'] } }, session);
  };
  await sweep(testAsset());
  assert.equal((await publishedAsset(session, ASSET))?.state, 'Active');
  await sweep(undefined);
  assert.equal((await publishedAsset(session, ASSET))?.state, 'Withdrawn');
  const back = run(testAsset(), { rows: 2 });
  await publishAsset(back);
  assert.equal(back.ctx.status.version, first + 2);
});
