import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { RecoveryStatement } from '@collabnet/contracts';
import { type CollabNetwork, type ParticipantDID } from '@collabnet/crds';
import { sample, startApiserver, type TestApiserver } from '@collabnet/crds/testing';
import { decodeSm2Multikey, encodeSm2Multikey, generateSm2KeyPair } from '@collabnet/sm';
import { parse } from 'yaml';
import { TestCli } from './testing/cli.ts';
import { TestInstitution } from './testing/institution.ts';
import { stepsOn } from './testing/steps.ts';

describe('keys, recovery and leaving by command, against an API server and a ledger', { timeout: 600_000 }, () => {
  let server: TestApiserver;
  let cli: TestCli;
  let bank: TestInstitution;

  const { ok, fails, apply, setStatus, get, whileRelaying } = stepsOn(() => ({ server, cli, bank }));

  before(async () => {
    server = await startApiserver();
    cli = new TestCli(server.kubeconfig);
    assert.ok(server.kubectl(['apply', '--server-side', '-f', join(import.meta.dirname, '..', '..', 'crds', 'manifests')]).ok);
    assert.ok(server.kubectl(['wait', '--for=condition=Established', '--timeout=60s', 'crd', '--all']).ok);
    const { publicKeyMultibase } = JSON.parse(await ok('key', 'create', 'lin', '-o', 'json')) as { publicKeyMultibase: string };
    bank = await TestInstitution.found(decodeSm2Multikey(publicKeyMultibase));
    apply(sample('collabnetwork-founder'));
    setStatus('collabnetwork', 'lending', { networkID: bank.networkId, did: bank.did, membership: 'Founder', algorithms: [{ name: 'psi', version: '1.0.0', state: 'Approved', provider: bank.did }] });
    apply(parse(await ok('key', 'show', 'lin', '--manifest', '--subject-code', 'bank-a.lin', '--display-name', 'Lin Wei')) as object);
  });
  after(async () => {
    cli.remove();
    await bank.node.close();
    await server.stop();
  });

  it('recovers lost keys: statement, signatures offline, and the ledger locks the request', async () => {
    apply(sample('participantdid', 0));
    const fresh = [generateSm2KeyPair(), generateSm2KeyPair()].map(({ publicKey }) => encodeSm2Multikey(publicKey)) as [string, string];
    const registered = (publicKeyMultibase: string): object => ({ networkID: bank.networkId, did: bank.did, publicKeyMultibase });
    setStatus('participantdid', 'bank-a', { publicKeyMultibase: fresh[0], agreeKeyMultibase: fresh[1], registered: [registered(fresh[0])] });
    await fails(4, /nothing is lost.*keyRotation/, 'recovery', 'request', 'bank-a');
    await fails(4, /is a person/, 'recovery', 'request', 'bank-a-lin');
    setStatus('participantdid', 'bank-a', { registered: [registered(encodeSm2Multikey(generateSm2KeyPair().publicKey))] });

    const shares: string[] = [];
    for (const name of ['share-1', 'share-2', 'share-3']) {
      const { publicKeyMultibase } = JSON.parse(await ok('key', 'create', name, '-o', 'json')) as { publicKeyMultibase: string };
      shares.push(decodeSm2Multikey(publicKeyMultibase));
    }
    await bank.send('identity', 'registerRecovery', { threshold: 2, keys: shares });
    const file = join(cli.home, 'recovery.json');
    const statement = await ok('recovery', 'request', 'bank-a');
    writeFileSync(file, statement);
    assert.deepEqual([(JSON.parse(statement) as RecoveryStatement).did, encodeSm2Multikey((JSON.parse(statement) as RecoveryStatement).newSignKey)], [bank.did, fresh[0]]);
    const offline = new TestCli();
    try {
      const signatures: string[] = [];
      for (const name of ['share-1', 'share-3']) {
        const signed = await offline.run('recovery', 'sign', file, '--key', name, '--keys', join(cli.home, '.collabnet', 'keys'), '--yes');
        assert.equal(signed.code, 0, signed.stderr);
        assert.match(signed.stderr, new RegExp(`new signing key +${fresh[0]}`));
        signatures.push(join(cli.home, `${name}.json`));
        writeFileSync(signatures.at(-1) ?? '', signed.stdout);
      }
      const [first = '', second = ''] = signatures;
      const submit = (...files: string[]): ReturnType<TestCli['run']> => whileRelaying(cli.run('recovery', 'submit', file, ...files, '--key', 'lin', '--reason', 'key Secret lost', '--yes'));
      const tooFew = await submit(first);
      assert.equal(tooFew.code, 4);
      assert.match(tooFew.stderr, /1 of the recovery keys have signed this; 2 of 3 must/);
      const done = await submit(first, second);
      assert.equal(done.code, 0, done.stderr);
      const { transactions } = bank.node.blocks(bank.node.head().height, 1)[0] ?? {};
      assert.equal(transactions?.[0]?.payload.method, 'recover');
      await fails(1, /recovery\.json.*give what 'kubectl collabnet recovery sign' prints/, 'recovery', 'submit', file, file, '--key', 'lin', '--reason', 'x', '--yes');
      await fails(3, /no recovery abc of this institution waits/, 'recovery', 'veto', 'abc', '--key', 'lin', '--reason', 'x', '--yes');
    } finally {
      offline.remove();
    }
  });

  it("replaces a person's key on the ledger and in the object, and goes on where it was interrupted", async () => {
    const person = (): ParticipantDID => get<ParticipantDID>('participantdid', 'bank-a-lin');
    const registered = (keyID: string, publicKeyMultibase: string | undefined): void =>
      setStatus('participantdid', 'bank-a-lin', { registered: [{ networkID: bank.networkId, did: `${bank.did}.lin`, keyID: `${bank.did}.lin#${keyID}`, publicKeyMultibase }] });
    registered('key-1', person().spec.publicKeyMultibase);
    await fails(4, /repeat with --yes/, 'key', 'rotate', 'lin');
    const rotated = await whileRelaying(cli.run('key', 'rotate', 'lin', '--yes'));
    assert.equal(rotated.code, 0, rotated.stderr);
    assert.match(rotated.stdout, /key lin-2 has replaced lin/);
    const { publicKeyMultibase } = JSON.parse(await ok('key', 'show', 'lin-2', '-o', 'json')) as { publicKeyMultibase: string };
    assert.equal(person().spec.publicKeyMultibase, publicKeyMultibase);
    const { transactions } = bank.node.blocks(bank.node.head().height, 1)[0] ?? {};
    assert.equal(transactions?.[0]?.payload.method, 'rotateKey');
    assert.equal(transactions?.[0]?.payload.keyId, `${bank.did}.lin#key-1`);
    // Again, as after an interruption: the ledger has it, so nothing is sent.
    registered('key-2', publicKeyMultibase);
    const height = bank.node.head().height;
    await ok('key', 'rotate', 'lin', '--yes');
    assert.equal(bank.node.head().height, height);
    const next = await whileRelaying(cli.run('key', 'rotate', 'lin-2', '--yes'));
    assert.equal(next.code, 0, next.stderr);
    assert.match(next.stdout, /key lin-3 has replaced lin-2/);
  });

  it('writes into the CollabNetwork that an algorithm ends, and that the network is left', async () => {
    await fails(2, /required option '--reason/, 'algorithm', 'revoke', 'psi@1.0.0');
    await fails(3, /psi@9\.9\.9 is not registered/, 'algorithm', 'revoke', 'psi@9.9.9', '--reason', 'x', '--yes');
    await ok('algorithm', 'revoke', 'psi@1.0.0', '--reason', 'flaw', '--yes');
    await ok('algorithm', 'retire', 'psi@1.0.0', '--yes');
    assert.match(await ok('algorithm', 'revoke', 'psi@1.0.0', '--reason', 'flaw', '--yes'), /already/);
    const { spec } = get<CollabNetwork>('collabnetwork', 'lending');
    assert.deepEqual(spec.revokedAlgorithms, [{ name: 'psi', version: '1.0.0', reason: 'flaw' }]);
    assert.deepEqual(spec.retiredAlgorithms, [{ name: 'psi', version: '1.0.0' }]);
    await fails(4, /founded lending .*cannot leave/, 'network', 'leave', 'lending', '--yes');
    const member = sample('collabnetwork-member');
    member.metadata.name = 'borrowing';
    apply(member);
    await fails(4, /repeat with --yes/, 'network', 'leave', member.metadata.name);
    await ok('network', 'leave', member.metadata.name, '--yes');
    assert.equal(get<CollabNetwork>('collabnetwork', member.metadata.name).spec.leave, true);
  });
});
