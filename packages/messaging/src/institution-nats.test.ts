import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { connect, type NatsConnection } from './connect.ts';
import { decodeJwt } from './claims.ts';
import { InstitutionNats } from './institution-nats.ts';
import { memberInbox } from './subjects.ts';
import { fetchAccountJwt, pushAccountJwt, reloadServer, SYSTEM_INBOX } from './system-account.ts';
import { A, B, NET, OTHER_NET } from './testing/federation.ts';
import { eventually, freePort, NatsProcess } from './testing/nats-process.ts';
import { createTrust, epochSeconds, issueUser, revokeUser, type NatsTrust } from './trust.ts';
import type { ServerSettings } from './nats-authority.ts';

describe('the server of an institution, level-triggered', () => {
  let process: NatsProcess;
  let settings: ServerSettings;
  let url: string;
  let institution = InstitutionNats.create('a').ensureNetworks([NET]);
  const open: NatsConnection[] = [];

  async function join(
    creds: string | (() => string) | undefined,
    inboxPrefix: string,
    stopWhenRefused = true,
  ): Promise<NatsConnection> {
    const connection = await connect({
      servers: url,
      creds: creds ?? '',
      name: 'test',
      inboxPrefix,
      waitOnFirstConnect: false,
      stopWhenRefused,
    });
    open.push(connection);
    return connection;
  }

  before(async () => {
    process = await NatsProcess.prepare();
    const port = await freePort();
    url = `nats://127.0.0.1:${port}`;
    settings = { serverName: 'a', resolverDir: process.path('jwt'), listen: { host: '127.0.0.1', port } };
    await process.start(institution.serverConfig(settings));
  });
  after(async () => {
    await Promise.allSettled(open.map((connection) => connection.close()));
    await process.dispose();
  });

  it('says the same twice, also after its trust went through JSON', () => {
    const again = new InstitutionNats(JSON.parse(JSON.stringify(institution.trust)) as NatsTrust);
    assert.equal(again.serverConfig(settings), institution.serverConfig(settings));
    assert.equal(institution.ensureNetworks([NET]), institution);
  });

  it('adds an account to the running server and opens a leaf remote by reload', async () => {
    const system = await join(institution.systemUser().creds, SYSTEM_INBOX);
    assert.deepEqual(await institution.reconcile(system), []);
    const revision = institution.serverConfigRevision(settings);
    institution = institution.ensureNetworks([NET, OTHER_NET]);
    assert.equal(institution.serverConfigRevision(settings), revision, 'an account alone needs no restart');
    assert.equal(await fetchAccountJwt(system, institution.accountPublicKey(OTHER_NET, 'data')), undefined);
    assert.equal((await institution.reconcile(system)).length, 2);
    const user = await join(institution.operatorUsers(OTHER_NET, A).data.creds, memberInbox(OTHER_NET, A));
    await user.flush();

    const credentials = await process.write(
      'leaf.creds',
      issueUser(createTrust('hub').system, {
        name: 'x',
        kind: { permissions: {}, allowedConnectionTypes: ['LEAFNODE'] },
      }).creds ?? '',
    );
    const remotes = institution.leafRemotes({
      net: OTHER_NET,
      url: 'nats-leaf://127.0.0.1:1',
      controlCredentialsFile: credentials,
      dataCredentialsFile: credentials,
    });
    settings = { ...settings, leafRemotes: remotes };
    assert.notEqual(institution.serverConfigRevision(settings), revision);
    await process.write('nats-server.conf', institution.serverConfig(settings));
    await reloadServer(system);
    await eventually(
      () =>
        (process.output.match(/Error trying to connect as leafnode to remote server "127\.0\.0\.1:1"/g)?.length ?? 0) >=
        2,
    );
    assert.ok(!user.isClosed());
    await process.write('nats-server.conf', 'port: nonsense');
    await assert.rejects(reloadServer(system), { code: 'RELOAD_REFUSED' });
  });

  it('keeps a revocation over a restart with an older configuration', async () => {
    const address = { net: NET, task: 'task', attempt: 'step-1' };
    const older = institution.serverConfig(settings);
    const courier = institution.courier(address, A, [B], epochSeconds() + 600);
    const system = await join(institution.systemUser().creds, SYSTEM_INBOX);
    await eventually(() => epochSeconds() > decodeJwt(courier.jwt).iat);
    institution = institution.revoke(NET, 'data', courier.publicKey, epochSeconds());
    assert.equal((await institution.reconcile(system)).length, 1);
    await process.stop();
    await process.start(older);
    await assert.rejects(join(courier.creds, 'attempt-inbox.x'), { code: 'CONNECT_FAILED' });
    const again = institution.courier(address, A, [B], epochSeconds() + 600);
    await (await join(again.creds, 'attempt-inbox.x')).flush();
  });

  it('keeps a connection whose credentials are renewed before they expire', async () => {
    let issued = 0;
    const connection = await join(
      () => {
        issued += 1;
        return institution.operatorUsers(NET, A, { expires: epochSeconds() + 2 }).control.creds ?? '';
      },
      memberInbox(NET, A),
      false,
    );
    await eventually(() => issued >= 3, 15_000);
    assert.ok(!connection.isClosed());
    await eventually(async () =>
      connection.flush().then(
        () => true,
        () => false,
      ),
    );
  });

  it('reports the refusal of a claim that is no account', async () => {
    const system = await join(institution.systemUser().creds, SYSTEM_INBOX);
    await assert.rejects(pushAccountJwt(system, institution.systemUser().jwt), { code: 'CLAIMS_REFUSED' });
  });

  it('never lowers a revocation and prunes only old ones', () => {
    const { system } = createTrust('x', 1_000);
    const revoked = revokeUser(revokeUser(system, 'U1', 2_000), 'U1', 1_500);
    assert.deepEqual(revoked.revocations, { U1: 2_000 });
    assert.equal(revoked.issuedAt, 2_000);
    const pruned = institution
      .revoke(NET, 'control', 'U1', 10)
      .revoke(NET, 'control', '*', 20)
      .revoke(NET, 'control', 'U2', 900);
    assert.deepEqual(pruned.pruneRevocations(NET, 'control', 500).trust.accounts[`${NET}-control`]?.revocations, {
      '*': 20,
      U2: 900,
    });
    assert.equal(pruned.pruneRevocations(NET, 'control', 5), pruned);
  });
});
