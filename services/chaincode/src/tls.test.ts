import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect } from 'node:tls';
import { freePort, TestInstitution } from '@collabnet/fabric-network/testing';
import { ChaincodeProcess } from './testing/chaincode-process.ts';

describe('the service with TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'collabnet-chaincode-tls-'));
  let institution: TestInstitution;
  let port: number;
  let chaincode: ChaincodeProcess | undefined;

  before(async () => {
    institution = await TestInstitution.create('Alpha');
    const { certificatePem, privateKeyPem } = await institution.issueTls();
    const files = { 'tls.key': privateKeyPem, 'tls.crt': certificatePem, 'ca.crt': institution.tlsAuthority.certificatePem };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    port = await freePort();
    chaincode = new ChaincodeProcess({
      packageId: 'collabnet_1:ab',
      address: `127.0.0.1:${port}`,
      logFile: join(folder, 'log'),
      environment: { CHAINCODE_TLS_KEY: join(folder, 'tls.key'), CHAINCODE_TLS_CERT: join(folder, 'tls.crt'), CHAINCODE_CLIENT_CA: join(folder, 'ca.crt') },
    });
    await chaincode.start();
  });
  after(async () => {
    await chaincode?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens a connection and waits for what the server makes of it. */
  function greet(client: { cert?: string; key?: string }): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca: institution.tlsAuthority.certificatePem, ALPNProtocols: ['h2'], ...client });
      // The first frame of HTTP/2 comes only when the server has accepted the client.
      socket.once('data', () => resolve(socket.alpnProtocol || ''));
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('closed by the server')));
      socket.setTimeout(10_000, () => socket.destroy(new Error('no answer')));
      socket.once('secureConnect', () => socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0'));
    });
  }

  test('serves the peer that its authority has certified, and nobody else', async () => {
    const { certificatePem: cert, privateKeyPem: key } = await institution.issueTls();
    assert.equal(await greet({ cert, key }), 'h2');
    await assert.rejects(greet({}));
    const stranger = await (await TestInstitution.create('Beta')).issueTls();
    await assert.rejects(greet({ cert: stranger.certificatePem, key: stranger.privateKeyPem }));
  });
});
