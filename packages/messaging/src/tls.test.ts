import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { connect } from './connect.ts';
import { HubNats } from './hub-nats.ts';
import { InstitutionNats } from './institution-nats.ts';
import { requestJson } from './request.ts';
import { ledgerHostSubject, ledgerSubject, memberInbox } from './subjects.ts';
import { A, NET } from './testing/federation.ts';
import { eventually, freePort, NatsProcess } from './testing/nats-process.ts';

/** A throw-away certificate for 127.0.0.1 that is its own CA. */
function selfSigned(process: NatsProcess): { certFile: string; keyFile: string; caFile: string } {
  const [certFile, keyFile] = [process.path('tls.crt'), process.path('tls.key')];
  const subject = ['-subj', '/CN=hub', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost', '-days', '2'];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      ...subject,
      '-keyout',
      keyFile,
      '-out',
      certFile,
    ],
    { stdio: 'ignore' },
  );
  return { certFile, keyFile, caFile: certFile };
}

describe('a hub behind TLS', () => {
  it('serves leaf and client connections that know its CA, and no others', async () => {
    const [hubProcess, process] = [await NatsProcess.prepare(), await NatsProcess.prepare()];
    try {
      const hub = HubNats.create('hub').ensureNetworks([NET]);
      const { caFile, ...tls } = selfSigned(hubProcess);
      const [port, leafPort, localPort] = [await freePort(), await freePort(), await freePort()];
      const host = '127.0.0.1';
      await hubProcess.start(
        hub.serverConfig({
          serverName: 'hub',
          resolverDir: hubProcess.path('jwt'),
          listen: { host, port, tls },
          leafListen: { host, port: leafPort, tls },
        }),
      );
      const institution = InstitutionNats.create('a').ensureNetworks([NET]);
      const leaf = hub.leafUsers(NET, A);
      await process.start(
        institution.serverConfig({
          serverName: 'a',
          resolverDir: process.path('jwt'),
          listen: { host, port: localPort },
          leafRemotes: institution.leafRemotes({
            net: NET,
            url: `tls://${host}:${leafPort}`,
            controlCredentialsFile: await process.write('control.creds', leaf.control.creds ?? ''),
            dataCredentialsFile: await process.write('data.creds', leaf.data.creds ?? ''),
            tls: { caFile },
          }),
        }),
      );
      await eventually(() => (hubProcess.output.match(/Leafnode connection created/g)?.length ?? 0) === 2);
      const ledger = {
        servers: `nats://localhost:${port}`,
        creds: hub.ledgerHost(NET).creds ?? '',
        name: 'ledger',
        inboxPrefix: memberInbox(NET, 'ledger'),
        waitOnFirstConnect: false,
      };
      await assert.rejects(connect(ledger), { code: 'CONNECT_FAILED' }, 'an unknown CA is refused');
      const ledgerHost = await connect({ ...ledger, servers: `tls://localhost:${port}`, tls: { caFile } });
      ledgerHost.subscribe(ledgerHostSubject(NET), {
        callback: (_error, message) => void message.respond('{"ok":true}'),
      });
      await ledgerHost.flush();
      await ledgerHost.flush();
      await assert.rejects(connect({ ...ledger, creds: 'damaged' }), { code: 'INVALID_CREDENTIALS' });
      const local = {
        servers: `nats://localhost:${localPort}`,
        creds: institution.operatorUsers(NET, A).control.creds ?? '',
        name: 'operator',
        inboxPrefix: memberInbox(NET, A),
        waitOnFirstConnect: false,
      };
      await assert.rejects(
        connect({ ...local, tls: { caFile } }),
        { code: 'CONNECT_FAILED' },
        'no falling back to plain text',
      );
      const operator = await connect(local);
      assert.deepEqual(await requestJson(operator, ledgerSubject(NET, A, 'head'), {}, { timeoutMs: 1_000 }), {
        ok: true,
      });
      await Promise.all([operator.close(), ledgerHost.close()]);
    } finally {
      await Promise.all([hubProcess.dispose(), process.dispose()]);
    }
  });
});
