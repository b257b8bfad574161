import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createServer, type Server } from 'node:tls';
import { freePort, TestInstitution } from '@collabnet/fabric-network/testing';
import { noneAnswers, tlsProblem } from './answers-tls.ts';
import { memberAddresses } from './member-addresses.ts';
import { LOOPBACK } from './testing-addresses.ts';

describe('a node that answers TLS', () => {
  let bank: TestInstitution;
  let server: Server;
  let port: number;
  before(async () => {
    bank = await TestInstitution.create('bank');
    const { certificatePem, privateKeyPem } = await bank.issueTls();
    server = createServer({ cert: certificatePem, key: privateKeyPem, ALPNProtocols: ['h2'] });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  after(() => server.close());

  it('is known by the authority of its certificate', async () => {
    assert.equal(await tlsProblem({ host: 'localhost', port }, bank.msp.tlsRootCertificates, LOOPBACK), undefined);
    const stranger = await TestInstitution.create('other');
    assert.match((await tlsProblem({ host: 'localhost', port }, stranger.msp.tlsRootCertificates, LOOPBACK)) ?? '', new RegExp(`^localhost:${port}: .*certificate`));
  });

  it('is named when it is not there, and one of several suffices', async () => {
    const closed = await freePort();
    assert.match((await tlsProblem({ host: 'localhost', port: closed }, bank.msp.tlsRootCertificates, LOOPBACK)) ?? '', new RegExp(`^localhost:${closed}: `));
    const nodes = [{ host: 'localhost', port: closed }, { host: 'localhost', port }];
    assert.equal(await noneAnswers(nodes, bank.msp.tlsRootCertificates, LOOPBACK), undefined);
    assert.match((await noneAnswers(nodes.slice(0, 1), bank.msp.tlsRootCertificates, LOOPBACK)) ?? '', /localhost/);
  });

  it('is not connected to where no peer of another institution may be', async () => {
    let reached = 0;
    server.on('connection', () => (reached += 1));
    const rule = memberAddresses({ ports: [port] });
    for (const host of ['localhost', '127.0.0.1', '127.1']) assert.match((await tlsProblem({ host, port }, bank.msp.tlsRootCertificates, rule)) ?? '', /is no address of a peer/, host);
    assert.match((await tlsProblem({ host: 'localhost', port }, bank.msp.tlsRootCertificates, memberAddresses({ ports: [7051] }))) ?? '', /networkPolicy\.fabric\.ports/);
    assert.equal(reached, 0);
  });
});
