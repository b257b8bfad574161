import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { API_VERSION, type CollabNetworkSpecInput, type ComputeTaskSpecInput, type DataAsset, type DataAssetSpecInput } from '@collabnet/crds';
import { newNonce, signDelegation, signTransaction, type SignedTransaction, type TransactionPayload } from '@collabnet/envelope';
import { apply, collabnet, get, NETWORK } from '@collabnet/hack';
import { generateSm2KeyPair, sm2Sign } from '@collabnet/sm';
import { readyConsortium, type Consortium } from './fixture/consortium.ts';
import { BANK_A } from './fixture/institutions.ts';
import { fileAsset, putFile, TEST_COLUMNS } from './support/assets.ts';
import { isReady, type Conditioned } from './support/conditions.ts';
import { institutionKey, proposalOf, submitAsBankA } from './support/forged-transactions.ts';
import { eventually, patch, remove, stalled, tryApply } from './support/objects.ts';
import { proposed, psiTask, removeTasks, taskAt, taskName, type TaskOptions } from './support/tasks.ts';

let consortium: Consortium;
before(async () => {
  consortium = await readyConsortium();
});

type Change<Spec> = (spec: Spec) => void;

/** Applies a good object with one fault; it must be refused, and the answer must name what to mend. */
async function refused<Spec>(kind: string, good: Spec, fault: Change<Spec>, answer: RegExp): Promise<void> {
  const spec = structuredClone(good);
  fault(spec);
  const { code, stderr } = await tryApply(BANK_A.namespace, { apiVersion: API_VERSION, kind, metadata: { name: 'never-stored' }, spec });
  assert.notEqual(code, 0, `${kind} was to be refused`);
  assert.match(stderr, answer);
  assert.equal(await get(BANK_A.namespace, kind, 'never-stored'), undefined);
}

describe('admission refuses', () => {
  test('tasks that contradict themselves, and takes the good one', async () => {
    const { spec } = psiTask(consortium, 'never-stored');
    const { code, stderr } = await tryApply(BANK_A.namespace, psiTask(consortium, 'never-stored'), '--dry-run=server');
    assert.equal(code, 0, stderr);
    const cases: [Change<ComputeTaskSpecInput>, RegExp][] = [
      [(task) => (task.steps[0]!.roles.receivers = ['c']), /spec\.steps.*must be names in spec\.parties: add the party or correct the name/],
      [(task) => (task.steps[0]!.inputs[1]!.party = 'nobody'), /inputs\[\]\.party must be a name in spec\.parties/],
      [(task) => (task.steps[0]!.inputs[0]!.keys = ['id_card']), /inputs\[\]\.keys must have the same length in every input/],
      [(task) => (task.steps[0]!.outputs[0]!.receivers = ['b']), /outputs\[\]\.receivers must be among roles\.receivers/],
      [(task) => (task.parties[1]!.did = task.parties[0]!.did), /parties\[\]\.did must be unique: an institution is one party/],
      [(task) => (task.parties[1]!.did = 'bank-b'), /spec\.parties\[1\]\.did: Invalid value: "bank-b"/],
      [(task) => (task.steps[0]!.operator = 'Merge' as 'Difference'), /operator: Unsupported value: "Merge": supported values: "Intersection", "Difference", "Union", "Cardinality"/],
      [(task) => delete (task as Partial<ComputeTaskSpecInput>).purpose, /spec\.purpose: Required value/],
      [(task) => (task.approvalTimeout = 'soon'), /spec\.approvalTimeout: Invalid value: "soon"/],
    ];
    for (const [fault, answer] of cases) await refused('ComputeTask', spec, fault, answer);
  });

  test('assets that contradict themselves', async () => {
    const { spec } = fileAsset('never-stored', 'some.csv');
    const cases: [Change<DataAssetSpecInput>, RegExp][] = [
      [(asset) => (asset.lawfulBasis.basis = 'Consent'), /subjectAuthorisation is required when basis is Consent/],
      [(asset) => Object.assign(asset, { classification: { ...asset.classification, personalInformation: true }, lawfulBasis: { ...asset.lawfulBasis, basis: 'NotPersonal' } }), /NotPersonal contradicts classification\.personalInformation true: correct one of them/],
      [(asset) => (asset.source.file.path = '../other/secret.csv'), /path must stay inside the volume: remove '\.\.'/],
      [(asset) => (asset.classification.jrtLevel = 6), /jrtLevel: Invalid value: 6: .*less than or equal to 5/],
      [(asset) => (asset.columns = [...TEST_COLUMNS, TEST_COLUMNS[0]!]), /spec\.columns\[2\]: Duplicate value/],
      [(asset) => (asset.source.file.encoding = 'latin-1' as 'gbk'), /encoding: Unsupported value: "latin-1"/],
    ];
    for (const [fault, answer] of cases) await refused('DataAsset', spec, fault, answer);
  });

  test('networks, persons and decisions that contradict themselves', async () => {
    const network: CollabNetworkSpecInput = { displayName: 'x', didRef: { name: 'bank-a' }, join: { invitationSecretRef: { name: 'x' } } };
    await refused('CollabNetwork', network, (spec) => delete spec.join, /exactly one of founding and join must be set/);
    await refused('CollabNetwork', network, (spec) => (spec.founding = { hubURL: 'tls://hub:7422', hubClientURL: 'tls://hub:4222' }), /exactly one of founding and join must be set/);
    await refused('ParticipantDID', { type: 'Person', subjectCode: 'bank-a.eve', displayName: 'Eve', roles: ['DataManager'] }, () => undefined, /publicKeyMultibase is required for a Person: make the key with 'kubectl collabnet key create/);
    await refused('ParticipantDID', { type: 'Institution', subjectCode: 'bank-z', displayName: 'Z', roles: ['DataManager'] }, () => undefined, /roles must fit type/);
    await refused('Approval', { networkRef: { name: NETWORK } }, () => undefined, /spec\.subject: Required value/);
  });

  test('a changed spec of a task, whatever became of it', async () => {
    const name = taskName('fixed');
    const task = psiTask(consortium, name);
    await apply(BANK_A.namespace, [task]);
    try {
      const { code, stderr } = await tryApply(BANK_A.namespace, { ...task, spec: { ...task.spec, purpose: 'another purpose' } });
      assert.notEqual(code, 0);
      assert.match(stderr, /purpose is immutable: only suspend and priority may change; to run again, create another ComputeTask with a new runID/);
    } finally {
      await removeTasks(name);
    }
  });
});

describe('the ledger does not bear out a task with', () => {
  const cases: [string, TaskOptions, Change<ComputeTaskSpecInput>, string, RegExp][] = [
    ['an unknown party', {}, (spec) => (spec.parties[1]!.did = spec.parties[1]!.did.replace(/[^:]+$/, 'bank-zero')), 'UnknownParty', /spec\.parties\[1\]\.did: .*bank-zero is not known in this network; see the members/],
    ['an unknown asset', {}, (spec) => (spec.steps[0]!.inputs[1]!.asset = 'no-such-asset'), 'UnknownAsset', /spec\.steps\[0\]\.inputs\[1\]\.asset: bank-b\/no-such-asset is not on the ledger; its owner publishes it/],
    ['an unknown column', {}, (spec) => (spec.steps[0]!.inputs[1]!.keys = ['cert_no', 'no_such_column']), 'ColumnNotPublished', /spec\.steps\[0\]\.inputs\[1\]\.keys\[1\]: bank-b\/customers publishes no column no_such_column; it publishes cert_no, office/],
    ['an unknown algorithm', { algorithm: '9.9.9' }, () => undefined, 'UnknownAlgorithm', /spec\.steps\[0\]\.algorithm: psi 9\.9\.9 is not registered/],
  ];
  for (const [title, options, fault, reason, message] of cases) {
    test(title, async () => {
      const name = taskName('unknown');
      const task = psiTask(consortium, name, options);
      fault(task.spec);
      await apply(BANK_A.namespace, [task]);
      try {
        const found = await stalled(taskAt(BANK_A, name));
        assert.equal(found.reason, reason, found.message);
        assert.match(found.message, message);
      } finally {
        await removeTasks(name);
      }
    });
  }
});

describe('the ledger does not take a proposal', () => {
  let proposal: SignedTransaction;
  let name: string;
  before(async () => {
    name = taskName('copied');
    await apply(BANK_A.namespace, [psiTask(consortium, name)]);
    const { status } = await proposed(name);
    proposal = await proposalOf(status?.flowID ?? '');
  });
  after(() => removeTasks(name));

  /** The same proposal under a new nonce, changed and signed anew. */
  async function forged(key: string, change: Partial<TransactionPayload> = {}): Promise<SignedTransaction> {
    const payload = { ...proposal.payload, nonce: newNonce(), expires: Date.now() + 60_000, ...change };
    return signTransaction(payload, (message) => sm2Sign(message, key));
  }

  test('transaction fault: a proposal that is replayed, altered, or signed by another key than it says is refused', async () => {
    const stranger = generateSm2KeyPair().privateKey;
    const altered = { ...proposal, payload: { ...proposal.payload, nonce: newNonce() } };
    const answers = await submitAsBankA(consortium, [proposal, altered, await forged(stranger)]);
    assert.deepEqual(answers.map(({ ok, error }) => [ok, error?.code]), [
      [false, 'REPLAYED'],
      [false, 'INVALID_SIGNATURE'],
      [false, 'INVALID_SIGNATURE'],
    ]);
  });

  test('transaction fault: a proposal of a workload without a delegation, or with one for something else, is refused', async () => {
    const [pair, owner] = [generateSm2KeyPair(), await institutionKey()];
    const workload = { principal: { type: 'workload', scheme: 'DID', id: `${consortium.bankA}.pod` }, keyId: `${consortium.bankA}.pod#attempt` } as const;
    const delegation = await signDelegation(
      {
        schema: 'collabnet.dev/delegation/v1',
        network: consortium.networkId,
        id: newNonce(),
        delegator: { id: consortium.bankA, keyId: proposal.payload.keyId },
        delegate: { type: 'workload', id: `${consortium.bankA}.pod`, publicKey: pair.publicKey },
        actions: ['flows.touch'],
        notBefore: Date.now() - 60_000,
        expires: Date.now() + 600_000,
      },
      (message) => sm2Sign(message, owner),
    );
    const answers = await submitAsBankA(consortium, [await forged(pair.privateKey, workload), await forged(pair.privateKey, { ...workload, delegations: [delegation] })]);
    assert.deepEqual(answers.map(({ ok }) => ok), [false, false]);
    assert.match(answers.map(({ error }) => error?.code).join(' '), /^(INVALID_SIGNATURE|FORBIDDEN) FORBIDDEN$/);
  });
});

describe('a source is refused', () => {
  const gbk = Buffer.concat([Buffer.from('id,amount\na1,1\n'), Buffer.from([0xc4, 0xe3, 0xba, 0xc3]), Buffer.from(',2\n')]);
  const cases: [string, string, string | Buffer, string, RegExp][] = [
    ['with a broken record, by its line', 'broken', 'id,amount\na1,1\na2,2,3\na3,3\n', 'SourceRowBroken', /line 3\b/],
    ['with a value of another type, by line and column', 'typed', 'id,amount\na1,1\na2,many\n', 'SourceCellType', /line 3\b.*amount|amount.*line 3\b/],
    ['when it is empty', 'empty', '', 'SourceEmpty', /empty/i],
    ['in another encoding than it says, by its line', 'encoded', gbk, 'SourceEncoding', /line 3\b.*encoding|encoding.*line 3\b/],
    ['without a column that the asset offers, by its name', 'partial', 'id,sum\na1,1\n', 'SourceColumnMissing', /amount/],
  ];
  before(() => Promise.all(cases.map(([, path, content]) => putFile(BANK_A, `bad/${path}.csv`, content))));

  for (const [title, path, , reason, message] of cases) {
    test(title, async () => {
      const name = `bad-${path}`;
      await apply(BANK_A.namespace, [fileAsset(name, `bad/${path}.csv`)]);
      try {
        const found = await stalled({ namespace: BANK_A.namespace, kind: 'dataasset', name });
        assert.equal(found.reason, reason, found.message);
        assert.match(found.message, message);
      } finally {
        await remove(BANK_A.namespace, 'dataasset', name);
      }
    });
  }

  test('when its claim does not exist, and its neighbours go on', async () => {
    const asset = fileAsset('bad-claim', 'some.csv');
    asset.spec.source.file.claimName = 'no-such-claim';
    await apply(BANK_A.namespace, [asset]);
    try {
      const { message } = await stalled({ namespace: BANK_A.namespace, kind: 'dataasset', name: 'bad-claim' });
      assert.match(message, /spec\.source\.file\.claimName: PersistentVolumeClaim no-such-claim .* create it or correct the name/);
      await eventually<Conditioned, true>({ namespace: BANK_A.namespace, kind: 'dataasset', name: 'customers' }, 'was to stay Ready', (object) => isReady(object) || undefined);
    } finally {
      await remove(BANK_A.namespace, 'dataasset', 'bad-claim');
    }
  });
});

test('a grant whose signature does not fit its content is refused, and the asset stays in the catalogue', async () => {
  const { stdout } = await collabnet(BANK_A.namespace, ['grant', 'create', 'customers', '--to', consortium.bankB, '--purpose', 'signed text', '--algorithm', 'psi@1.0.0', '--count', '1', '--key', BANK_A.person.name, '--yes', '--dry-run', '-o', 'json']);
  const signed = JSON.parse(stdout) as { id: string; purpose: string };
  const before_ = (await get<DataAsset>(BANK_A.namespace, 'dataasset', 'customers'))?.spec.grants ?? [];
  await patch(BANK_A.namespace, 'dataasset', 'customers', { spec: { grants: [...before_, { ...signed, purpose: 'another text' }] } });
  try {
    const state = await eventually<DataAsset & Conditioned, { state: string; message?: string | undefined }>(
      { namespace: BANK_A.namespace, kind: 'dataasset', name: 'customers' },
      'was to judge the grant',
      ({ status }) => status?.grants?.find(({ id, state }) => id === signed.id && state !== 'Pending'),
    );
    assert.equal(state.state, 'Invalid');
    assert.match(state.message ?? '', /^INVALID_SIGNATURE: .*is not that of/);
    const asset = await get<Conditioned>(BANK_A.namespace, 'dataasset', 'customers');
    assert.equal(asset !== undefined && isReady(asset), true);
  } finally {
    const now = (await get<DataAsset>(BANK_A.namespace, 'dataasset', 'customers'))?.spec.grants ?? [];
    await patch(BANK_A.namespace, 'dataasset', 'customers', { spec: { grants: now.filter(({ id }) => id !== signed.id) } });
  }
});
