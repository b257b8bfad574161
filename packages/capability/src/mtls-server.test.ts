import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createCa, issueClientCertificate, issueServerCertificate } from './authority.ts';
import { mtlsServer, parseProblem, peerCertificate, sendProblem } from './index.ts';
import type { CertificateAuthority, IssuedCertificate, KeyAndCertificate } from './authority.ts';
import type { MtlsServer } from './index.ts';

let folder: string;
let ca: CertificateAuthority;
let server: MtlsServer;
let client: IssuedCertificate;
const refused: string[] = [];

async function write(issued: IssuedCertificate): Promise<{ cert: string; key: string; ca: string }> {
  const files = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key'), ca: join(folder, 'ca.crt') };
  await writeFile(files.cert, issued.certificatePem);
  await writeFile(files.key, issued.privateKeyPem);
  await writeFile(files.ca, issued.caPem);
  return files;
}

function get(identity: KeyAndCertificate | undefined, options: { ca?: string; maxVersion?: 'TLSv1.2'; path?: string } = {}): Promise<{ status: number; body: string; type?: string; server: string }> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: '127.0.0.1', port: server.port, path: options.path ?? '/', agent: false, ca: options.ca ?? ca.certificatePem,
        ...(identity && { cert: identity.certificatePem, key: identity.privateKeyPem }), ...(options.maxVersion && { maxVersion: options.maxVersion }),
      },
      (response) => {
        const peer = (response.socket as TLSSocket).getPeerX509Certificate();
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body, type: response.headers['content-type'], server: peer?.serialNumber ?? '' }));
      },
    );
    call.on('error', reject).end();
  });
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mtls-'));
  ca = await createCa({ commonName: 'CA', days: 1 });
  client = await issueClientCertificate({ ca, commonName: 'courier-1', ttl: 600 });
  const files = await write(await issueServerCertificate({ ca, dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'], ttl: 600 }));
  server = await mtlsServer({
    files, port: 0, host: '127.0.0.1', reloadMs: 0, onError: (what) => refused.push(what),
    handler: (message, response) => {
      if (message.url === '/problem') sendProblem(response, { status: 409, code: 'X', title: 'x', field: 'f', extra: { line: 3 } });
      else response.end(JSON.stringify(peerCertificate(message)));
    },
  });
});
after(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

test('a client of the CA gets in and is named by its certificate', async () => {
  const answer = await get(client);
  assert.deepEqual(JSON.parse(answer.body), { fingerprint: client.fingerprint, commonName: 'courier-1' });
});

test('no certificate, another CA, a server certificate, an expired one and TLS 1.2 stay outside', async () => {
  const other = await createCa({ commonName: 'CA', days: 1 });
  const expired = await issueClientCertificate({ ca, commonName: 'courier-1', ttl: 60, now: Date.now() - 3_600_000 });
  await assert.rejects(get(undefined));
  await assert.rejects(get(await issueClientCertificate({ ca: other, commonName: 'courier-1', ttl: 600 })));
  await assert.rejects(get(await issueServerCertificate({ ca, dnsNames: ['localhost'], ttl: 600 })));
  await assert.rejects(get(expired));
  await assert.rejects(get(client, { maxVersion: 'TLSv1.2' }));
  assert.ok(refused.length >= 4, `${refused.length} handshakes reported`);
});

test('problems come as problem+json', async () => {
  const answer = await get(client, { path: '/problem' });
  const problem = parseProblem(answer.type, answer.body);
  assert.equal(answer.status, 409);
  assert.equal(problem?.code, 'X');
  assert.equal(problem?.field, 'f');
  assert.equal((problem as unknown as { line: number }).line, 3);
});

test('rotated files are taken up; a new CA shuts out clients of the old one; broken files change nothing', async () => {
  const before = await get(client);
  assert.equal(await server.reload(), false);
  await writeFile(join(folder, 'tls.crt'), 'half');
  await assert.rejects(server.reload());
  assert.equal((await get(client)).server, before.server);
  const next = await createCa({ commonName: 'CA 2', days: 1 });
  await write(await issueServerCertificate({ ca: next, dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'], ttl: 600 }));
  assert.equal(await server.reload(), true);
  await assert.rejects(get(client, { ca: next.certificatePem }));
  const renewed = await get(await issueClientCertificate({ ca: next, commonName: 'courier-1', ttl: 600 }), { ca: next.certificatePem });
  assert.notEqual(renewed.server, before.server);
});
