import { join } from 'node:path';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { CONTRACTS_VERSION } from '@collabnet/contracts';
import type { ChaincodeDefinition } from '@collabnet/fabric-network';
import { freePort, TestNetwork, type TestMember } from '@collabnet/fabric-network/testing';
import { DEFAULT_CHAINCODE, type FabricIdentity, type FabricLedgerOptions, type FabricState } from '@collabnet/ledger-fabric';
import { ChaincodeProcess } from './chaincode-process.ts';

export interface TestLedgerNetworkOptions {
  /** MSP ids, one organisation each. */
  readonly members: readonly string[];
  /** Default 1. */
  readonly orderers?: number;
  readonly batchTimeoutMs?: number;
  /** Of the chaincode services; `CLOCK_WINDOW_MS: 'off'` lets a suite move the time. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A Fabric network of real nodes, whose organisations each run this chaincode beside their peer. */
export class TestLedgerNetwork {
  readonly fabric: TestNetwork;
  /** How long the start took, s: nodes up and in the channel; contracts agreed on and served. */
  readonly started: { readonly channel: number; readonly contracts: number };
  readonly #chaincodes: Map<string, ChaincodeProcess>;
  readonly #packageIds: Readonly<Record<string, string>>;
  readonly #folder: string;

  private constructor(fabric: TestNetwork, chaincodes: Map<string, ChaincodeProcess>, packageIds: Readonly<Record<string, string>>, folder: string, started: { channel: number; contracts: number }) {
    this.fabric = fabric;
    this.started = started;
    this.#chaincodes = chaincodes;
    this.#packageIds = packageIds;
    this.#folder = folder;
  }

  static async start({ members, orderers = 1, batchTimeoutMs = 20, environment = {} }: TestLedgerNetworkOptions): Promise<TestLedgerNetwork> {
    const folder = await mkdtemp(join(tmpdir(), 'collabnet-chaincode-'));
    const from = performance.now();
    const fabric = await TestNetwork.found({ members, orderers, batchTimeoutMs });
    const founded = performance.now();
    const chaincodes = new Map<string, ChaincodeProcess>();
    try {
      const services = Object.fromEntries(await Promise.all(members.map(async (mspId) => [mspId, { host: '127.0.0.1', port: await freePort() }] as const)));
      const packageIds = await fabric.deployChaincode({ name: DEFAULT_CHAINCODE, version: CONTRACTS_VERSION, sequence: 1 }, services);
      for (const mspId of members) {
        const address = `127.0.0.1:${services[mspId]?.port ?? 0}`;
        const chaincode = new ChaincodeProcess({ packageId: packageIds[mspId] ?? '', address, logFile: join(folder, `${mspId}.log`), environment });
        chaincodes.set(mspId, chaincode);
        await chaincode.start();
      }
      const started = { channel: (founded - from) / 1000, contracts: (performance.now() - founded) / 1000 };
      return new TestLedgerNetwork(fabric, chaincodes, packageIds, folder, started);
    } catch (error) {
      for (const chaincode of chaincodes.values()) await chaincode.kill();
      await fabric.close();
      throw error;
    }
  }

  /** Commits a further definition of the same packages: another name is another, empty state. */
  define(chaincode: string): Promise<void> {
    return this.fabric.agreeOnChaincode({ name: chaincode, version: CONTRACTS_VERSION, sequence: 1 }, this.#packageIds);
  }

  /**
   * Runs a further version beside what a member runs already, and installs its package; who calls it is another decision.
   *
   * @param program of that version
   * @returns package id
   */
  async addVersion(mspId: string, definition: ChaincodeDefinition, program: URL, environment: Readonly<Record<string, string>>): Promise<string> {
    const port = await freePort();
    const [, packageId] = await this.fabric.installChaincode(mspId, definition, { host: '127.0.0.1', port });
    const key = `${mspId} ${definition.version}`;
    const chaincode = new ChaincodeProcess({ packageId, address: `127.0.0.1:${port}`, logFile: join(this.#folder, `${key}.log`), environment });
    this.#chaincodes.set(key, chaincode);
    await chaincode.start(program);
    return packageId;
  }

  /** @param version one that was added; the first when absent */
  chaincode(mspId: string, version?: string): ChaincodeProcess {
    const found = this.#chaincodes.get(version === undefined ? mspId : `${mspId} ${version}`);
    if (found === undefined) throw new Error(`${mspId} ${version ?? ''}: no chaincode of the test network`);
    return found;
  }

  /** Options of the driver as this member would set them. */
  options(mspId: string, network: { networkId: string; chaincode?: string; state: FabricState }): FabricLedgerOptions {
    const member = this.fabric.member(mspId);
    return {
      ...network,
      channel: this.fabric.channel,
      identity: () => identityOf(member),
      endpoints: () => [{ address: `${member.peer.endpoint.host}:${member.peer.endpoint.port}` }],
      confirmWith: () => this.fabric.members.map(({ institution }) => institution.mspId).filter((other) => other !== mspId),
    };
  }

  async close(): Promise<void> {
    for (const chaincode of this.#chaincodes.values()) await chaincode.kill();
    await this.fabric.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function identityOf({ institution }: TestMember): FabricIdentity {
  const { certificatePem, privateKeyPem } = institution.clientIdentity;
  return { mspId: institution.mspId, certificate: certificatePem, privateKey: privateKeyPem, tlsAuthorities: institution.tlsAuthority.certificatePem };
}
