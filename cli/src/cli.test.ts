import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { approvalStatementOf, type ApprovalSpec, type ComputeTask, type DataAsset } from '@collabnet/crds';
import { changeId, joinDigest, joinProof, type ChangeStatement, type JoinRequest } from '@collabnet/contracts';
import { describeInstitution, makeInstitution, STATED_CONTRACTS } from '@collabnet/contracts/testing';
import { CERTIFICATES, sample, startApiserver, type TestApiserver } from '@collabnet/crds/testing';
import { approvalPayload, canonicalJson, digestOf, newNonce, newPayload, signTransaction, transactionBytes, type JsonObject } from '@collabnet/envelope';
import { flowId, flowSpecFromTask, standingGrantContent } from '@collabnet/flow';
import { SoftToken } from '@collabnet/pkcs11/testing';
import { decodeSm2Multikey, generateSm2KeyPair, sm2Sign, sm2Verify } from '@collabnet/sm';
import { parse } from 'yaml';
import { TestCli } from './testing/cli.ts';
import { TestInstitution } from './testing/institution.ts';
import { stepsOn } from './testing/steps.ts';

function wrongPin({ folder }: SoftToken): string {
  const path = join(folder, 'wrong-pin');
  writeFileSync(path, '0000');
  return path;
}

const ALGORITHM = { name: 'psi', version: '1.0.0', engine: 'spu', operators: ['Intersection', 'Difference'], image: 'collabnet/engine-spu:dev', trustClass: 'ReviewedProtocol', trustModels: ['TwoPartySemiHonest'], leakage: 'sizes of both sets' };

describe('kubectl collabnet against an API server and a ledger', { timeout: 600_000 }, () => {
  let server: TestApiserver;
  let cli: TestCli;
  let bank: TestInstitution;
  let personKey: string;

  const { ok, fails, apply, setStatus, get, condition, whileRelaying } = stepsOn(() => ({ server, cli, bank }));

  before(async () => {
    server = await startApiserver();
    cli = new TestCli(server.kubeconfig);
    assert.ok(server.kubectl(['apply', '--server-side', '-f', join(import.meta.dirname, '..', '..', 'crds', 'manifests')]).ok);
    assert.ok(server.kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']).ok);
    const { publicKeyMultibase } = JSON.parse(await ok('key', 'create', 'lin', '-o', 'json')) as { publicKeyMultibase: string };
    personKey = decodeSm2Multikey(publicKeyMultibase);
    bank = await TestInstitution.found(personKey);
    const { digest } = await bank.send('algorithms', 'register', ALGORITHM);

    apply(sample('collabnetwork-founder'));
    setStatus('collabnetwork', 'lending', {
      networkID: bank.networkId,
      membership: 'Founder',
      ledger: { driver: 'embedded', height: 1, verifiedAt: new Date().toISOString() },
      members: [{ did: bank.did, displayName: 'Bank A', roles: ['Operator'], state: 'Active' }],
      algorithms: [{ name: 'psi', version: '1.0.0', state: 'Registered', digest, provider: bank.did, leakage: ALGORITHM.leakage }],
      invitations: [{ name: 'bank-b', id: 'i-1', secretName: 'lending-invitation-bank-b', state: 'Issued' }],
    });
    apply(parse(await ok('key', 'show', 'lin', '--manifest', '--subject-code', 'bank-a.lin', '--display-name', 'Lin Wei')) as object);
  });
  after(async () => {
    cli.remove();
    await bank.node.close();
    await server.stop();
  });

  it('never overwrites a key and lists keys without a passphrase', async () => {
    await fails(1, /key lin is there already/, 'key', 'create', 'lin');
    assert.match(await ok('key', 'list'), /^NAME +PUBLIC KEY +KEPT BY\nlin +z\w+ +passphrase/);
    await fails(2, /--manifest needs --subject-code/, 'key', 'show', 'lin', '--manifest');
    await fails(3, /no key nobody/, 'key', 'show', 'nobody');
  });

  it('lists and describes operators', async () => {
    assert.match(await ok('operators', 'list'), /^OPERATOR +VERSION +ENGINES +COMPUTES\n[^]*Cardinality +1\.0\.0 +sets +How many/);
    assert.match(await ok('operators', 'describe', 'cardinality'), /operator +Cardinality 1\.0\.0[^]*curve +Curve25519, SM2 +Curve25519[^]*a receiver +the number of common keys/);
    await fails(3, /there is no operator merge; there are Intersection, Difference, Union, Cardinality/, 'operators', 'describe', 'merge');
  });

  it('asks before signing, and signs nothing without an answer', async () => {
    await fails(4, /repeat with --yes/, 'approve', 'algorithm/psi@1.0.0', '--key', 'lin', '--reason', 'Reviewed');
    assert.equal(server.kubectl(['get', 'approvals', '-o', 'name']).stdout, '');
  });

  it('takes a decision to the ledger and shows what is decided', async () => {
    const result = await whileRelaying(cli.run('approve', 'algorithm/psi@1.0.0', '--key', 'lin', '--reason', 'Reviewed', '--yes'));
    assert.equal(result.code, 0, result.stderr);
    assert.match(result.stdout, /^approved: recorded at height 2/);
    assert.match(result.stderr, /leaks +sizes of both sets/);
    const [vote] = bank.node.blocks(2, 1)[0]?.transactions ?? [];
    assert.equal(vote?.payload.principal.id, `${bank.did}.lin`);
    assert.deepEqual(vote?.payload.public['reason'], 'Reviewed');
  });

  it('reports a refusal by the ledger with exit code 4', async () => {
    const result = await whileRelaying(cli.run('refuse', 'algorithm/psi/1.0.0', '--key', 'lin', '--reason', 'Changed my mind', '--yes'));
    assert.equal(result.code, 4, result.stderr);
    assert.match(result.stderr, /the ledger refused the decision \(Test\): .*(voted Approve|decided: Approved)/);
  });

  it('gives up waiting with exit code 5', async () => {
    await fails(5, /within 1 s; it may still happen/, 'approve', 'algorithm/psi@1.0.0', '--key', 'lin', '--reason', 'x', '--yes', '--timeout', '1s');
  });

  it('names the fix for an unknown key, target, namespace', async () => {
    await ok('key', 'create', 'stranger');
    await fails(1, /key stranger belongs to no ParticipantDID .*key show stranger --manifest/, 'approve', 'algorithm/psi@1.0.0', '--key', 'stranger', '--reason', 'x', '--yes');
    await fails(3, /algorithm psi@2\.0\.0 is not registered/, 'approve', 'algorithm/psi@2.0.0', '--key', 'lin', '--reason', 'x');
    await fails(2, /kind must be task, join, algorithm or person/, 'approve', 'pod/x', '--key', 'lin', '--reason', 'x');
    await fails(2, /grant create/, 'approve', 'grant/x', '--key', 'lin', '--reason', 'x');
    await fails(3, /ComputeTask default\/nothing/, 'approve', 'nothing', '--key', 'lin', '--reason', 'x');
    await fails(3, /choose the namespace with -n/, 'network', 'members', '-n', 'elsewhere');
    await fails(2, /--context nowhere: not in the kubeconfig/, 'task', 'list', '--context', 'nowhere');
    await fails(2, /--timeout soon/, 'task', 'wait', 'x', '--timeout', 'soon');
    await fails(2, /required option '--reason <text>'/, 'approve', 'x', '--key', 'lin');
  });

  describe('a task', () => {
    const task = sample('computetask') as unknown as ComputeTask;
    const status = (): Record<string, unknown> => ({
      flowID: flowId(bank.networkId, bank.did, `default/${task.metadata.name}`, flowSpecFromTask(get<ComputeTask>('computetask', task.metadata.name).spec)),
      specDigest: 'ab'.repeat(32),
      proposer: bank.did,
      phase: 'AwaitingApproval',
      waitingFor: ['the data manager of bank-a: kubectl collabnet approve common-customers'],
      approvals: [{ party: 'a', did: bank.did, state: 'Waiting' }],
    });

    before(() => {
      apply(task);
      setStatus('computetask', task.metadata.name, status());
    });

    it('is explained and listed', async () => {
      const text = await ok('task', 'explain', task.metadata.name);
      for (const part of [/waits for the consent of a/, /keys id_number; columns balance/, /goes to a \(bank-a\)/, /waits for\n {2}the data manager/]) assert.match(text, part);
      assert.match(await ok('task', 'list'), /common-customers +AwaitingApproval +own +bank-a,bank-b/);
    });

    it('that cannot get its pod onto a node is explained by the pod and its events, for people and programs', async () => {
      const name = 'ct-explained';
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [{ name: 'engine', image: 'collabnet/engine-spu:dev' }] } };
      apply(pod);
      const unscheduled = { status: { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes are available: 1 Insufficient memory.' }] } };
      assert.ok(server.kubectl(['patch', 'pod', name, '--subresource=status', '--type=merge', '-p', JSON.stringify(unscheduled)]).ok);
      const { metadata } = get<{ metadata: { uid: string } }>('pod', name);
      const now = new Date().toISOString();
      apply({
        apiVersion: 'v1', kind: 'Event', metadata: { name: `${name}.1` }, type: 'Warning', reason: 'FailedScheduling', message: '0/1 nodes are available', count: 3, firstTimestamp: now, lastTimestamp: now,
        involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name, uid: metadata.uid },
      });
      setStatus('computetask', task.metadata.name, { phase: 'Pending', waitingFor: [], traceID: 'ab'.repeat(16), steps: [{ name: 'match', phase: 'Pending', attempt: 1, pod: name, parties: [{ party: 'a' }, { party: 'b', reservedAt: now }] }] });
      assert.match(await ok('task', 'explain', task.metadata.name), /own pod ct-explained: Pending\n {2}no node takes it: 0\/1 nodes are available: 1 Insufficient memory\.\n {2}event FailedScheduling: 0\/1 nodes are available \(3 times\)/);
      const told = JSON.parse(await ok('task', 'explain', task.metadata.name, '-o', 'json')) as { now: string; traceID: string; pod: { blockedBy: string }; ledger: { height: number } };
      assert.match(told.now, /waits for a to have pod, input and engine ready; ready: b/);
      assert.equal(told.traceID, 'ab'.repeat(16));
      assert.match(told.pod.blockedBy, /Insufficient memory/);
      assert.equal(told.ledger.height, 1);
      setStatus('computetask', task.metadata.name, { ...status(), steps: null });
    });

    it('is signed for exactly what is shown', async () => {
      const printed = await ok('approve', task.metadata.name, '--key', 'lin', '--reason', 'Agreed', '--yes', '--dry-run');
      const spec = (parse(printed) as { spec: ApprovalSpec }).spec;
      assert.deepEqual(spec.subject, { kind: 'Flow', id: status()['flowID'], digest: 'ab'.repeat(32) });
      const bytes = transactionBytes(approvalPayload(approvalStatementOf(bank.networkId, spec)));
      assert.ok(sm2Verify(new Uint8Array(bytes), spec.signature, personKey));
      apply(parse(printed) as object);
    });

    it('is signed with a key that a token seals, in the same way', async () => {
      const soft = new SoftToken('mei');
      cli.environment = { SOFTHSM2_CONF: soft.configuration, COLLABNET_PIN: soft.pin };
      try {
        const made = await ok('key', 'create', 'mei', '--pkcs11-module', soft.module, '--token', 'mei', '--manifest', '--subject-code', 'bank-a.mei');
        apply(parse(made) as object);
        const { publicKeyMultibase } = (parse(made) as { spec: { publicKeyMultibase: string } }).spec;
        const { spec } = parse(await ok('approve', task.metadata.name, '--key', 'mei', '--reason', 'Agreed', '--yes', '--dry-run')) as { spec: ApprovalSpec };
        const bytes = transactionBytes(approvalPayload(approvalStatementOf(bank.networkId, spec)));
        assert.ok(sm2Verify(new Uint8Array(bytes), spec.signature, decodeSm2Multikey(publicKeyMultibase)));
        await fails(1, /PIN is wrong/, 'approve', task.metadata.name, '--key', 'mei', '--reason', 'x', '--yes', '--dry-run', '--pin-file', wrongPin(soft));
      } finally {
        cli.environment = {};
        soft.remove();
      }
    });

    it('whose mirror was changed is not signed', async () => {
      setStatus('computetask', task.metadata.name, { flowID: '0'.repeat(64) });
      await fails(6, /the spec shown here is not the one of flow/, 'approve', task.metadata.name, '--key', 'lin', '--reason', 'x', '--yes');
      setStatus('computetask', task.metadata.name, status());
    });

    it('is waited for; failure gives exit code 4', async () => {
      setStatus('computetask', task.metadata.name, { phase: 'Failed', conditions: [condition('Ready', 'False', 'the lease lapsed')] });
      await fails(4, /is Failed: the lease lapsed/, 'task', 'wait', task.metadata.name);
      setStatus('computetask', task.metadata.name, { phase: 'Succeeded', results: [{ step: 'match', output: 'common', rows: 3, bytes: 2048 }] });
      assert.match(await ok('task', 'wait', task.metadata.name), /Succeeded/);
      assert.match(await ok('result', 'list'), /common-customers +match +common +3 +2\.0 KiB/);
      await fails(3, /no such result; there are match\/common/, 'result', 'get', task.metadata.name, '--output', 'other', '-o', '-', '--key', 'lin');
      await fails(4, /is Succeeded: there is nothing to decide/, 'approve', task.metadata.name, '--key', 'lin', '--reason', 'x', '--yes');
    });

    it('is cancelled by deleting it', async () => {
      assert.match(await ok('task', 'cancel', task.metadata.name, '--yes'), /being cancelled/);
      await fails(3, /not found/, 'task', 'explain', task.metadata.name);
    });
  });

  describe('a standing grant', () => {
    const options = (): string[] => ['--to', bank.did, '--purpose', 'Joint credit limits', '--algorithm', 'psi@*', '--key', 'lin', '--yes'];
    const assetContent = {
      assetId: 'bank-a/customers',
      displayName: 'Customers',
      description: '',
      fingerprint: 'ab'.repeat(32),
      columns: [{ name: 'id_number', type: 'String', role: 'Identifier' }],
      classification: { jrtLevel: 3, nationalClass: 'General', personalInformation: true },
      source: { lawfulBasis: 'Contract' },
    };

    before(async () => {
      await bank.send('catalogue', 'publish', assetContent);
      apply(sample('dataasset'));
    });

    it('needs a published asset', async () => {
      await fails(1, /no status\.assetID yet/, 'grant', 'create', 'customers', ...options(), '--count', '3');
      setStatus('dataasset', 'customers', { assetID: 'bank-a/customers', version: 1 });
    });

    it('names wrong options', async () => {
      await fails(2, /how long or how often/, 'grant', 'create', 'customers', ...options());
      await fails(2, /column nope is not in DataAsset customers; it has id_number, balance/, 'grant', 'create', 'customers', ...options(), '--count', '1', '--key-columns', 'nope');
      await fails(2, /--until or --for, not both/, 'grant', 'create', 'customers', ...options(), '--for', '1d', '--until', '2030-01-01');
      await fails(2, /write a DID/, 'grant', 'create', 'customers', '--to', 'bank-b', '--purpose', 'x', '--algorithm', 'psi@*', '--key', 'lin', '--count', '1');
    });

    it('is accepted by the ledger as signed, also from its GitOps form', async () => {
      await ok('grant', 'create', 'customers', ...options(), '--count', '3', '--for', '30d', '--key-columns', 'id_number', '--id', 'grant-live-1', '--no-wait');
      const printed = await ok('grant', 'create', 'customers', ...options(), '--for', '30d', '--id', 'grant-gitops-1', '--dry-run');
      const [fromGit] = parse(printed) as DataAsset['spec']['grants'];
      const live = get<DataAsset>('dataasset', 'customers').spec.grants.find(({ id }) => id === 'grant-live-1');
      for (const grant of [live, fromGit]) {
        assert.ok(grant !== undefined);
        const body = standingGrantContent('bank-a/customers', grant) as JsonObject;
        const { signer, keyID, nonce, expires, signature, reason } = grant.approval;
        const statement = { network: bank.networkId, subject: { kind: 'Grant', id: grant.id, digest: digestOf(body) }, decision: 'Approve', reason: reason ?? '', signer: { did: signer, keyId: keyID }, nonce, expires: Date.parse(expires), body } as const;
        const { result } = await bank.node.submit({ payload: approvalPayload(statement), signature });
        assert.equal((result as { state: string }).state, 'Active');
      }
    });

    it('survives another tool that applies the asset without grants', () => {
      apply(sample('dataasset'));
      assert.equal(get<DataAsset>('dataasset', 'customers').spec.grants.length, 1);
    });

    it('is listed with its use, and an id is used once', async () => {
      setStatus('dataasset', 'customers', { grants: [{ id: 'grant-live-1', state: 'Active', used: 1, count: 3 }] });
      assert.match(await ok('grant', 'list'), /customers +grant-live-1 +bank-a +Active +1\/3 +3 uses, until /);
      await fails(2, /an id is used once/, 'grant', 'create', 'customers', ...options(), '--count', '3', '--id', 'grant-live-1');
    });

    it('is revoked for ever', async () => {
      assert.match(await ok('grant', 'revoke', 'customers', 'grant-live-1', '--yes'), /revoked/);
      assert.equal(get<DataAsset>('dataasset', 'customers').spec.grants[0]?.revoked, true);
      assert.match(await ok('grant', 'revoke', 'customers', 'grant-live-1', '--yes'), /revoked already/);
      await fails(3, /has no grant unknown-1; it has grant-live-1/, 'grant', 'revoke', 'customers', 'unknown-1', '--yes');
    });

    it('that is not in the spec is revoked by a signature', async () => {
      const view = (await bank.send('catalogue', 'publish', assetContent), bank.node.blocks(0, 1000).flatMap(({ transactions }) => transactions));
      const created = view.find(({ payload }) => payload.contract === 'grants' && (payload.public['subject'] as { id: string }).id === 'grant-gitops-1');
      const digest = (created?.payload.public['subject'] as { digest: string }).digest;
      setStatus('dataasset', 'customers', { grants: [{ id: 'grant-gitops-1', state: 'Active', digest }] });
      await fails(2, /give --key NAME/, 'grant', 'revoke', 'customers', 'grant-gitops-1', '--yes');
      const result = await whileRelaying(cli.run('grant', 'revoke', 'customers', 'grant-gitops-1', '--key', 'lin', '--yes'));
      assert.equal(result.code, 0, result.stderr);
      assert.match(result.stdout, /^revoked: recorded at height/);
    });
  });

  describe('a request to join', () => {
    const [identity, tls] = CERTIFICATES;
    const shown = (change: object = {}): object => ({ digest: '', votes: [], needed: 1, contracts: STATED_CONTRACTS, ...change });
    let id: string;
    let request: JoinRequest;

    before(async () => {
      const candidate = makeInstitution(bank.networkId, 'bank-b');
      const invitation = generateSm2KeyPair();
      await bank.send('membership', 'invite', { invitationId: 'invite-b', invitationKey: invitation.publicKey, displayName: 'Bank B', expires: Date.now() + 600_000 });
      const fabric = { mspId: 'bank-b', rootCertificates: [identity.pem], tlsRootCertificates: [tls.pem], peers: [{ host: 'peer.bank-b.example', port: 7051 }] };
      request = { did: candidate.did, ...describeInstitution(candidate), fabric };
      const proof = joinProof(invitation.privateKey, bank.networkId, 'invite-b', request);
      const payload = newPayload({ network: bank.networkId, kind: 'Membership', contract: 'membership', method: 'join', principal: { type: 'institution', scheme: 'DID', id: candidate.did }, keyId: candidate.keyId, public: { invitationId: 'invite-b', request: request, proof } });
      await bank.node.submit(await signTransaction(payload, (message) => sm2Sign(message, candidate.keys.privateKey)));
      id = joinDigest(bank.networkId, 'invite-b', request);
    });
    const show = (change: object = {}): void =>
      setStatus('collabnetwork', 'lending', { pendingJoins: [shown({ id, digest: id, displayName: 'Bank B', did: request.did, invitationID: 'invite-b', request: canonicalJson(request), organisation: { mspID: 'bank-b', identityAuthorities: [identity.fingerprint], tlsAuthorities: [tls.fingerprint], peers: ['peer.bank-b.example:7051'] }, ...change })] });
    const approve = (): string[] => ['approve', `join/${id}`, '--key', 'lin', '--reason', 'Supervised', '--yes'];

    it('is listed with the addresses of its peers', async () => {
      show();
      assert.match(await ok('network', 'joins'), /^ID +NAME +VOTES +NEEDED +PEERS +DID\n\w{64} +Bank B +0 +1 +peer\.bank-b\.example:7051 +did:collab:/);
    });

    it('is not signed when what is shown is not what the digest stands for', async () => {
      const altered = { ...request, fabric: { ...request.fabric, rootCertificates: [tls.pem] } };
      for (const change of [{ request: canonicalJson(altered) }, { request: '{}' }, { request: 'x' }, { invitationID: 'invite-c' }, { digest: 'ab'.repeat(32) }]) {
        show(change);
        await fails(4, /is not what its digest stands for/, ...approve());
      }
      show({ request: null });
      await fails(1, /is not shown in full/, ...approve());
    });

    it('is approved by a person who saw the organisation', async () => {
      show({ organisation: { mspID: 'other', identityAuthorities: [], tlsAuthorities: [], peers: [] } });
      const result = await whileRelaying(cli.run(...approve()));
      assert.equal(result.code, 0, result.stderr);
      const text = result.stderr.replaceAll(/ +/g, ' ');
      for (const line of ['MSP id bank-b', `identity authority SHA-256 ${identity.fingerprint}`, `TLS authority SHA-256 ${tls.fingerprint}`, 'peer peer.bank-b.example:7051', `contracts ${STATED_CONTRACTS}`, 'person manager of bank-b, bank-b.manager: DataManager', 'kubectl collabnet network request']) assert.ok(text.includes(line), `${line}: ${text}`);
      const [vote] = bank.node.blocks(bank.node.head().height, 1)[0]?.transactions ?? [];
      assert.deepEqual(vote?.payload.public['subject'], { kind: 'Membership', id, digest: id });
    });

    it('is read out where it was made, in the same words', async () => {
      await fails(3, /no request to join that waits/, 'network', 'request');
      setStatus('collabnetwork', 'lending', { joinRequest: { id, organisation: { mspID: 'bank-b', identityAuthorities: [identity.fingerprint], tlsAuthorities: [tls.fingerprint], peers: ['peer.bank-b.example:7051'] }, contracts: STATED_CONTRACTS } });
      const text = (await ok('network', 'request')).replaceAll(/ +/g, ' ');
      for (const line of [`request ${id}`, 'MSP id bank-b', `identity authority SHA-256 ${identity.fingerprint}`, `TLS authority SHA-256 ${tls.fingerprint}`, 'peer peer.bank-b.example:7051']) assert.ok(text.includes(line), text);
    });
  });

  describe('a change of a membership', () => {
    const vote = ['--key', 'lin', '--reason', 'Decided by the board', '--yes'];
    const pending = (statement: ChangeStatement, shown = statement): object => ({ id: changeId(statement), did: shown.did, displayName: 'Bank A', change: shown.change, votes: [], needed: 1, expires: new Date(shown.expires).toISOString(), statement: canonicalJson(shown), reason: 'Asked for' });
    const statementOf = (change: ChangeStatement['change']): ChangeStatement => ({ schema: 'collabnet.dev/membership-change-statement/v1', network: bank.networkId, did: bank.did, change, nonce: newNonce(), expires: Date.now() + 3_600_000 });

    it('is about a member that there is, and the founder is not expelled', async () => {
      await fails(3, /no member bank-x in network lending; there are did:/, 'network', 'suspend', 'bank-x', ...vote);
      await fails(2, /--valid-for soon/, 'network', 'suspend', 'bank-a', '--valid-for', 'soon', ...vote);
      await fails(2, /--valid-for 31d: the ledger takes less than 30d/, 'network', 'suspend', 'bank-a', '--valid-for', '31d', ...vote);
      for (const name of ['bank-a', 'Bank A', bank.did]) {
        const result = await whileRelaying(cli.run('network', 'expel', name, ...vote));
        assert.equal(result.code, 4, result.stderr);
        assert.match(result.stderr, /what +Expel\nmember +did:.*:bank-a\nname +Bank A/);
        assert.match(result.stderr, /founded the network and hosts its hub; suspend it/);
      }
    });

    it('is not signed when what is shown is not what its id stands for', async () => {
      const statement = statementOf('Suspend');
      const id = changeId(statement);
      await fails(3, /no change .* none waits/, 'network', 'vote', id, ...vote);
      setStatus('collabnetwork', 'lending', { pendingChanges: [pending(statement, { ...statement, change: 'Expel' })] });
      await fails(4, /somebody has changed the status/, 'network', 'vote', id, ...vote);
    });

    it('is listed, and voted on as it is shown', async () => {
      const statement = statementOf('Suspend');
      const id = changeId(statement);
      setStatus('collabnetwork', 'lending', { pendingChanges: [pending(statement)] });
      assert.match(await ok('network', 'changes'), new RegExp(`^ID .*\\n${id} +Suspend +Bank A +0 +1 .*Asked for`));
      const result = await whileRelaying(cli.run('network', 'vote', id, '--refuse', ...vote));
      assert.equal(result.code, 0, result.stderr);
      const [sent] = bank.node.blocks(bank.node.head().height, 1)[0]?.transactions ?? [];
      assert.deepEqual([sent?.payload.method, sent?.payload.public['decision'], sent?.payload.public['body']], ['voteChange', 'Refuse', { statement }]);
    });
  });

  it('exports an invitation that can be applied elsewhere', async () => {
    assert.ok(server.kubectl(['create', 'secret', 'generic', 'lending-invitation-bank-b', '--from-literal=invitation.json={"a":1}']).ok);
    const exported = await ok('invitation', 'export', 'bank-b');
    assert.ok(server.kubectl(['create', 'namespace', 'bank-b']).ok);
    assert.ok(server.kubectl(['apply', '-n', 'bank-b', '-f', '-'], { input: exported }).ok);
    assert.equal(server.kubectl(['get', 'secret', '-n', 'bank-b', 'lending-invitation-bank-b', '-o', 'jsonpath={.data.invitation\\.json}']).stdout, Buffer.from('{"a":1}').toString('base64'));
    await fails(3, /no invitation bank-c .*it has bank-b/, 'invitation', 'export', 'bank-c');
  });

  it('shows members and the state of the ledger', async () => {
    assert.deepEqual(JSON.parse(await ok('network', 'members', '-o', 'json')), [{ did: bank.did, displayName: 'Bank A', roles: ['Operator'], state: 'Active' }]);
    assert.match(await ok('ledger', 'status'), /membership +Founder/);
    await fails(3, /hosts no ledger of network lending/, 'ledger', 'verify', '--host');
    await fails(3, /no pod of the operator in namespace default/, 'ledger', 'blocks');
  });

  it('shows the nodes of a ledger on Fabric, and what troubles them', async () => {
    const fabric = {
      channel: 'lending-1',
      mspID: 'bank-a',
      peers: [{ name: 'fabric-lending-peer-0', height: 12 }],
      orderers: [0, 1, 2].map((n) => ({ name: `fabric-lending-orderer-${n}`, state: n === 2 ? 'unreachable' : 'active', ...(n !== 2 && { height: 12 }) })),
      leader: 'fabric-lending-orderer-1',
      contracts: { version: '1.0.0-abc', sequence: 2 },
      certificatesExpire: '2027-01-01T00:00:00Z',
    };
    setStatus('collabnetwork', 'lending', { fabric, conditions: [{ ...condition('FabricHealthy', 'False', 'an orderer is away'), reason: 'OrdererAway' }] });
    const text = await ok('ledger', 'status');
    for (const part of [/contracts +1\.0\.0-abc, sequence 2/, /certificatesExpire +2027-01-01/, /peer-0 +peer +- +12/, /orderer-1 +orderer, leader +active +12/, /orderer-2 +orderer +unreachable +-/, /^OrdererAway: an orderer is away$/m, /viewAge +\d+[sm]/]) assert.match(text, part);
    const told = JSON.parse(await ok('ledger', 'status', '-o', 'json')) as { fabric: typeof fabric; problems: string[]; viewAgeSeconds: number };
    assert.deepEqual(told.fabric, fabric);
    assert.equal(told.problems.length, 1);
  });

  it('verifies a chain that the host of a ledger exported', async () => {
    const file = join(cli.home, 'chain.jsonl');
    writeFileSync(file, bank.chain());
    const verified = await ok('ledger', 'verify', file, '--network-id', bank.networkId, '-o', 'json');
    assert.equal((JSON.parse(verified) as { height: number }).height, bank.node.head().height);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"Reviewed"', '"Rejected"'));
    await fails(6, /the chain does not hold: .*2/, 'ledger', 'verify', file);
    writeFileSync(file, bank.chain());
    await fails(6, /does not hold/, 'ledger', 'verify', file, '--network-id', '0'.repeat(64));
  });
});
