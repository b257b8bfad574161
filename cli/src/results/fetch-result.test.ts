import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { mtlsServer, readSignedRequest, verifySignedRequest, type MtlsServer } from '@collabnet/capability';
import { createCa, issueServerCertificate } from '@collabnet/capability/authority';
import { generateSm2KeyPair, sm2Sign } from '@collabnet/sm';
import { fetchResult, type FetchOptions } from './fetch-result.ts';

const NAME = 'result-store.bank-a.svc';
const DID = `did:collab:${'0'.repeat(32)}:bank-a.lin`;
const CONTENT = 'id,amount\n'.repeat(50_000);

describe('fetching a result', () => {
  const directory = mkdtempSync(join(tmpdir(), 'collabnet-result-'));
  const person = generateSm2KeyPair();
  let server: MtlsServer;
  let options: FetchOptions;

  before(async () => {
    const ca = await createCa({ commonName: 'bank-a', days: 1 });
    const certificate = await issueServerCertificate({ ca, ttl: 3600, dnsNames: [NAME] });
    const files = { cert: join(directory, 'tls.crt'), key: join(directory, 'tls.key'), ca: join(directory, 'ca.crt') };
    writeFileSync(files.cert, certificate.certificatePem);
    writeFileSync(files.key, certificate.privateKeyPem);
    writeFileSync(files.ca, ca.certificatePem);
    server = await mtlsServer({
      files,
      port: 0,
      host: '127.0.0.1',
      anonymousClients: true,
      reloadMs: 0,
      handler: (request, response) => {
        try {
          const { method = '', url: path = '', headers } = request;
          verifySignedRequest(readSignedRequest({ method, path, headers }, { now: Date.now(), toleranceMs: 60_000 }), person.publicKey);
          if (path.endsWith('/cut')) {
            response.writeHead(200, { 'content-length': String(CONTENT.length) });
            response.write(CONTENT.slice(0, 1000));
            setTimeout(() => response.destroy(), 50);
            return;
          }
          response.end(CONTENT);
        } catch (error) {
          response.writeHead(403, { 'content-type': 'application/problem+json' });
          response.end(JSON.stringify({ title: 'Forbidden', detail: (error as Error).message }));
        }
      },
    });
    const sign = (message: string): Promise<string> => Promise.resolve(sm2Sign(message, person.privateKey));
    options = { port: server.port, ca: ca.certificatePem, serverName: NAME, flow: 'ab', step: 'match', output: 'common', signer: { did: DID, keyId: `${DID}#key-1` }, sign };
  });
  after(async () => {
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('writes the file only when it is whole', async () => {
    const target = join(directory, 'result.csv');
    const fetched = await fetchResult(options, target);
    assert.equal(fetched.bytes, CONTENT.length);
    assert.equal(readFileSync(target, 'utf8'), CONTENT);
    const cut = join(directory, 'cut.csv');
    await assert.rejects(fetchResult({ ...options, output: 'cut' }, cut), { code: 'TRANSFER_FAILED' });
    assert.equal(existsSync(cut), false);
    assert.equal(existsSync(`${cut}.part`), false);
  });

  it('shows why the store refused', async () => {
    const stranger = generateSm2KeyPair();
    const sign = (message: string): Promise<string> => Promise.resolve(sm2Sign(message, stranger.privateKey));
    await assert.rejects(fetchResult({ ...options, sign }, '-'), { code: 'REFUSED', message: /answered 403: .*signature does not fit/ });
  });

  it('speaks only to the store of this institution', async () => {
    const other = await createCa({ commonName: 'bank-b', days: 1 });
    await assert.rejects(fetchResult({ ...options, ca: other.certificatePem }, '-'), { code: 'TRANSFER_FAILED' });
    await assert.rejects(fetchResult({ ...options, serverName: 'result-store.bank-b.svc' }, '-'), { code: 'TRANSFER_FAILED' });
  });
});
