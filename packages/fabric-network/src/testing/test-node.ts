import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeAddress } from '../client/grpc.ts';
import type { IssuedCertificate } from '../identity/authority.ts';
import { localMspFiles } from '../msp/local-files.ts';
import type { Endpoint } from '../names.ts';
import type { NodePaths } from '../node/paths.ts';
import { FabricProcess, writeFiles, type ProcessOptions } from './fabric-process.ts';
import type { TestInstitution } from './test-institution.ts';

/** A name, not an address: TLS has no server name for addresses. */
const HOST = 'localhost';

/** Name and role of a node's identity. */
export interface NodeIdentity {
  readonly commonName: string;
  readonly role: 'peer' | 'orderer';
}

/** What a peer and an orderer of a test have in common. */
export abstract class TestNode {
  readonly institution: TestInstitution;
  readonly endpoint: Endpoint;
  readonly process: FabricProcess;
  protected readonly paths: NodePaths;
  readonly #identity: NodeIdentity;
  #tls: IssuedCertificate;

  protected constructor(institution: TestInstitution, port: number, folder: string, options: Omit<ProcessOptions, 'folder'>, tls: IssuedCertificate, identity: NodeIdentity) {
    this.#identity = identity;
    this.institution = institution;
    this.endpoint = { host: HOST, port };
    this.paths = nodePaths(folder);
    this.process = new FabricProcess({ ...options, folder });
    this.#tls = tls;
  }

  /** How to reach it. */
  get address(): NodeAddress {
    return { ...this.endpoint, tlsRootCertificates: this.institution.msp.tlsRootCertificates };
  }

  /** Its TLS certificate in use. */
  get tls(): IssuedCertificate {
    return this.#tls;
  }

  get isRunning(): boolean {
    return this.process.isRunning;
  }

  start(): Promise<void> {
    return this.process.start();
  }

  stop(): Promise<void> {
    return this.process.stop();
  }

  /** Ends it without warning. */
  kill(): Promise<void> {
    return this.process.stop('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Deletes everything that it keeps: its volume is gone. */
  async loseVolume(): Promise<void> {
    if (this.isRunning) throw new Error('stop the node before its volume is taken away');
    await rm(this.paths.data, { recursive: true, force: true });
  }

  /**
   * Gives it a new TLS certificate by the same authority; in use after a restart.
   *
   * @param options.keepKey certifies the key that it has
   * @param options.now as of another time, epoch milliseconds: valid for 7 days from then
   */
  async renewTls({ keepKey, now }: { keepKey: boolean; now?: number }): Promise<IssuedCertificate> {
    const key = keepKey ? { privateKeyPem: this.#tls.privateKeyPem } : {};
    this.#tls = await this.institution.issueTls({ ...key, ...(now === undefined ? {} : { now }) });
    await writeTls(this.paths, this.institution, this.#tls);
    return this.#tls;
  }

  /** Enrols it again, by the authority that enrols now; in use after a restart. */
  async renewIdentity(): Promise<void> {
    const issued = await this.institution.enrolNode(this.#identity.commonName, this.#identity.role);
    await writeFiles(this.paths.msp, localMspFiles(this.institution.msp, issued));
  }
}

export function nodePaths(folder: string): NodePaths {
  return { msp: join(folder, 'msp'), tls: join(folder, 'tls'), data: join(folder, 'data') };
}

/** Writes identity and TLS files of a new node, with its configuration file. */
export async function writeNode(folder: string, institution: TestInstitution, identity: IssuedCertificate, tls: IssuedCertificate, configFile: string, config: object): Promise<void> {
  await writeFiles(folder, { [configFile]: JSON.stringify(config, undefined, 2) });
  await writeFiles(nodePaths(folder).msp, localMspFiles(institution.msp, identity));
  await writeTls(nodePaths(folder), institution, tls);
}

function writeTls(paths: NodePaths, institution: TestInstitution, tls: IssuedCertificate): Promise<void> {
  return writeFiles(paths.tls, { 'tls.crt': tls.certificatePem, 'tls.key': tls.privateKeyPem, 'ca.crt': institution.msp.tlsRootCertificates.join('') });
}
