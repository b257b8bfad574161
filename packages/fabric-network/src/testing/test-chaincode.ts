import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client } from '@grpc/grpc-js';
import { connect, hash } from '@hyperledger/fabric-gateway';
import { channelCredentials, channelOptions } from '../client/grpc.ts';
import type { ChaincodeDefinition } from '../client/lifecycle.ts';
import { formatEndpoint, type Endpoint } from '../names.ts';
import { eventually } from './eventually.ts';
import { freePort } from './ports.ts';
import type { TestNetwork } from './test-network.ts';

const NAME = 'register';

/** A chaincode that runs as a service beside the peer of each member. */
export class TestChaincode {
  readonly #network: TestNetwork;
  readonly #definition: ChaincodeDefinition;
  readonly #services: Readonly<Record<string, Endpoint>>;
  readonly #processes: ChildProcess[] = [];

  private constructor(network: TestNetwork, definition: ChaincodeDefinition, services: Readonly<Record<string, Endpoint>>) {
    this.#network = network;
    this.#definition = definition;
    this.#services = services;
  }

  /** Installs it for these members (all, when none are named), approves and commits it, and starts the services. */
  static async deploy(network: TestNetwork, sequence = 1, members: readonly string[] = network.members.map(({ institution }) => institution.mspId)): Promise<TestChaincode> {
    const definition: ChaincodeDefinition = { name: NAME, version: `1.${sequence}`, sequence };
    const services: Record<string, Endpoint> = {};
    for (const mspId of members) services[mspId] = { host: '127.0.0.1', port: await freePort() };
    const chaincode = new TestChaincode(network, definition, services);
    const packageIds = await network.deployChaincode(definition, services);
    for (const mspId of members) await chaincode.#serve(packageIds[mspId] ?? '', formatEndpoint(services[mspId] as Endpoint));
    for (const mspId of members) await chaincode.putEventually(mspId, `deployed-${mspId}`, String(sequence));
    return chaincode;
  }

  /** Installs a member's package again on its peer, which has lost it. */
  async reinstall(mspId: string): Promise<void> {
    await this.#network.installChaincode(mspId, this.#definition, this.#services[mspId] as Endpoint);
  }

  /** Starts the service that a package points to. */
  async #serve(packageId: string, address: string): Promise<void> {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'register-chaincode.js'), packageId, address], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#processes.push(child);
    await once(child.stdout, 'data');
  }

  /** Writes once the gateway of a member's peer has learned by gossip which peers can endorse. */
  async putEventually(mspId: string, key: string, value: string): Promise<void> {
    await eventually(`write of ${key} by ${mspId}`, async () => {
      await this.put(mspId, key, value, 5_000);
      return true;
    });
  }

  /** Writes through the gateway of a member's peer, and waits until it is in a block. */
  async put(mspId: string, key: string, value: string, timeoutMs = 20_000): Promise<void> {
    await this.#call(mspId, async (contract) => contract.submit('put', { arguments: [key, value] }), timeoutMs);
  }

  /** Reads on a member's own peer. */
  async get(mspId: string, key: string): Promise<string> {
    return this.#call(mspId, async (contract) => Buffer.from(await contract.evaluate('get', { arguments: [key], endorsingOrganizations: [mspId] })).toString());
  }

  async #call<T>(mspId: string, work: (contract: ReturnType<ReturnType<ReturnType<typeof connect>['getNetwork']>['getContract']>) => Promise<T>, timeoutMs = 20_000): Promise<T> {
    const { institution, peer } = this.#network.member(mspId);
    const client = new Client(formatEndpoint(peer.endpoint), channelCredentials(peer.address), channelOptions(peer.address));
    const deadline = (): { deadline: number } => ({ deadline: Date.now() + timeoutMs });
    const gateway = connect({
      client,
      identity: { mspId, credentials: Buffer.from(institution.client.certificatePem) },
      hash: hash.none,
      signer: (message) => institution.client.sign(message),
      evaluateOptions: deadline,
      endorseOptions: deadline,
      submitOptions: deadline,
      commitStatusOptions: deadline,
    });
    try {
      return await work(gateway.getNetwork(this.#network.channel).getContract(NAME));
    } finally {
      gateway.close();
      client.close();
    }
  }

  close(): void {
    this.#processes.forEach((child) => child.kill('SIGKILL'));
  }
}
