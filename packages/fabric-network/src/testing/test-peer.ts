import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ChaincodeLifecycle } from '../client/lifecycle.ts';
import { PeerAdmin } from '../client/peer.ts';
import { PeerSnapshots } from '../client/snapshots.ts';
import type { IssuedCertificate } from '../identity/authority.ts';
import { peerConfig } from '../node/peer-config.ts';
import { fabricBinary } from './binaries.ts';
import { freePort } from './ports.ts';
import type { TestInstitution } from './test-institution.ts';
import { nodePaths, TestNode, writeNode, type NodeIdentity } from './test-node.ts';

const IDENTITY: NodeIdentity = { commonName: 'peer0', role: 'peer' };

/** A peer of a test, on loopback. */
export class TestPeer extends TestNode {
  private constructor(institution: TestInstitution, ports: { main: number; operations: number }, folder: string, tls: IssuedCertificate) {
    super(institution, ports.main, folder, { command: fabricBinary('peer'), args: ['node', 'start'], ports: [ports.main], operationsPort: ports.operations }, tls, IDENTITY);
  }

  /** Writes its files; it is not started. */
  static async prepare(institution: TestInstitution, folder: string): Promise<TestPeer> {
    const ports = { main: await freePort(), operations: await freePort() };
    const [identity, tls] = [await institution.enrolNode(IDENTITY.commonName, IDENTITY.role), await institution.issueTls()];
    const config = peerConfig({
      mspId: institution.mspId,
      id: `peer0.${institution.mspId}`,
      paths: nodePaths(folder),
      listen: { host: '127.0.0.1', port: ports.main },
      address: { host: 'localhost', port: ports.main },
      operations: { host: '127.0.0.1', port: ports.operations },
      chaincodeBuilder: join(folder, 'builder'),
      gossipInterval: '500ms',
    });
    await writeNode(folder, institution, identity, tls, 'core.yaml', config);
    await linkBuilder(join(folder, 'builder', 'bin'));
    return new TestPeer(institution, ports, folder, tls);
  }

  /** Its administration, as the institution's operator uses it. */
  get admin(): PeerAdmin {
    return new PeerAdmin(this.address, this.institution.admin);
  }

  get snapshots(): PeerSnapshots {
    return new PeerSnapshots(this.address, this.institution.admin);
  }

  /** Where its finished snapshots of a channel lie. */
  snapshotFolder(channel: string): string {
    return join(this.paths.data, 'snapshots', 'completed', channel);
  }

  /** Agreement about chaincode through this peer; to be closed. */
  lifecycle(channel: string): ChaincodeLifecycle {
    return new ChaincodeLifecycle(this.address, channel, this.institution.admin);
  }
}

async function linkBuilder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const step of ['detect', 'build', 'release']) await symlink(fabricBinary('ccaas-builder'), join(folder, step));
}
