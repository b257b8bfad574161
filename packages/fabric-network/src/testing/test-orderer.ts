import { OrdererAdmin } from '../client/participation.ts';
import type { Consenter } from '../channel/consensus.ts';
import type { IssuedCertificate } from '../identity/authority.ts';
import { ordererConfig } from '../node/orderer-config.ts';
import { fabricBinary } from './binaries.ts';
import { freePort } from './ports.ts';
import type { TestInstitution } from './test-institution.ts';
import { nodePaths, TestNode, writeNode } from './test-node.ts';

/** An orderer of a test, on loopback. */
export class TestOrderer extends TestNode {
  readonly #adminPort: number;
  #adminTls: IssuedCertificate;

  private constructor(institution: TestInstitution, ports: { main: number; admin: number; operations: number }, folder: string, tls: IssuedCertificate, adminTls: IssuedCertificate, name: string) {
    super(institution, ports.main, folder, { command: fabricBinary('orderer'), args: [], ports: [ports.main, ports.admin], operationsPort: ports.operations }, tls, { commonName: name, role: 'orderer' });
    this.#adminPort = ports.admin;
    this.#adminTls = adminTls;
  }

  /** Writes its files; it is not started. */
  static async prepare(institution: TestInstitution, folder: string, name: string): Promise<TestOrderer> {
    const ports = { main: await freePort(), admin: await freePort(), operations: await freePort() };
    const listen = (port: number): { host: string; port: number } => ({ host: '127.0.0.1', port });
    const [identity, tls] = [await institution.enrolNode(name, 'orderer'), await institution.issueTls()];
    const config = ordererConfig({ mspId: institution.mspId, paths: nodePaths(folder), listen: listen(ports.main), admin: listen(ports.admin), operations: listen(ports.operations) });
    await writeNode(folder, institution, identity, tls, 'orderer.yaml', config);
    return new TestOrderer(institution, ports, folder, tls, await institution.issueTls(), name);
  }

  /** Its administration, as the institution's operator uses it. */
  get admin(): OrdererAdmin {
    return new OrdererAdmin({ host: 'localhost', port: this.#adminPort, tlsRootCertificates: this.institution.msp.tlsRootCertificates, clientTls: this.#adminTls }, 10_000);
  }

  override async renewTls(options: { keepKey: boolean; now?: number }): Promise<IssuedCertificate> {
    this.#adminTls = await this.institution.issueTls();
    return super.renewTls(options);
  }

  /** As it stood there with a certificate for the same key, issued at another time. @param now epoch ms; undefined: the one it has */
  async consenterAsOf(now: number | undefined): Promise<Consenter> {
    if (now === undefined) return this.consenter;
    const { certificatePem } = await this.institution.issueTls({ privateKeyPem: this.tls.privateKeyPem, now });
    return { ...this.endpoint, clientTlsCertificate: certificatePem, serverTlsCertificate: certificatePem };
  }

  /** As it stands in the channel configuration. */
  get consenter(): Consenter {
    return { ...this.endpoint, clientTlsCertificate: this.tls.certificatePem, serverTlsCertificate: this.tls.certificatePem };
  }
}
