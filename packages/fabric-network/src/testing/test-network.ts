import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { common } from '@hyperledger/fabric-protos';
import { orderingMembersOf, type ChannelConfig } from '../channel/channel-config.ts';
import { addMember, addOrderingMember, allOf, setAnchorPeers, setOrdererEndpoints, type ConfigChange } from '../channel/changes.ts';
import { addConsenter, removeConsenter } from '../channel/consenter-changes.ts';
import { computeUpdate } from '../channel/compute-update.ts';
import { signUpdate, updateEnvelope } from '../channel/update-envelope.ts';
import { anyNode } from '../client/any-node.ts';
import type { NodeAddress } from '../client/grpc.ts';
import { broadcast, fetchConfig } from '../client/orderer.ts';
import type { ChaincodeDefinition } from '../client/lifecycle.ts';
import { FabricNetworkError } from '../errors.ts';
import type { Endpoint } from '../names.ts';
import { agreeOn, installOn } from './chaincode-agreement.ts';
import { eventually } from './eventually.ts';
import { foundingBlock, type TestMember, type TestNetworkOptions } from './founding-block.ts';
import { joinOrderer, knowsLeader } from './join-orderer.ts';
import { TestInstitution } from './test-institution.ts';
import { TestOrderer } from './test-orderer.ts';
import { TestPeer } from './test-peer.ts';

/** A Fabric network of real nodes on loopback: a folder below the temporary one, free ports, TLS everywhere. */
export class TestNetwork {
  readonly channel: string;
  readonly genesis: common.Block;
  readonly orderers: TestOrderer[];
  readonly #members: Map<string, TestMember>;
  readonly #folder: string;

  private constructor(channel: string, genesis: common.Block, orderers: TestOrderer[], members: Map<string, TestMember>, folder: string) {
    this.channel = channel;
    this.genesis = genesis;
    this.orderers = orderers;
    this.#members = members;
    this.#folder = folder;
  }

  /** Founds a network and waits until every peer is in the channel and blocks are ordered. */
  static async found(options: TestNetworkOptions): Promise<TestNetwork> {
    const folder = await mkdtemp(join(tmpdir(), 'collabnet-fabric-'));
    const nodes: { stop(): Promise<void> }[] = [];
    try {
      const members = new Map<string, TestMember>();
      for (const mspId of options.members) {
        const institution = await TestInstitution.create(mspId);
        members.set(mspId, { institution, peer: await TestPeer.prepare(institution, join(folder, `peer-${mspId}`)) });
      }
      const orderers: TestOrderer[] = [];
      for (let index = 0; index < (options.orderers ?? 1); index += 1) {
        const { institution } = [...members.values()][index % members.size] as TestMember;
        orderers.push(await TestOrderer.prepare(institution, join(folder, `orderer-${index}`), `orderer${index}`));
      }
      const network = new TestNetwork(options.channel ?? 'collab', await foundingBlock(options, [...members.values()], orderers), orderers, members, folder);
      nodes.push(...orderers, ...network.members.map(({ peer }) => peer));
      await Promise.all([...orderers, ...network.members.map(({ peer }) => peer)].map((node) => node.start()));
      await Promise.all(orderers.map((orderer) => orderer.admin.join(network.genesis)));
      await Promise.all(network.members.map(({ peer }) => peer.admin.join(network.genesis)));
      await network.ready();
      return network;
    } catch (error) {
      await Promise.all(nodes.map((node) => node.stop()));
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get members(): TestMember[] {
    return [...this.#members.values()];
  }

  /** @throws Error when there is none of this id */
  member(mspId: string): TestMember {
    const member = this.#members.get(mspId);
    if (member === undefined) throw new Error(`${mspId}: no member of the test network`);
    return member;
  }

  /** The newest configuration that a running orderer has: one that was just put out, or re-keyed, is not told of it. */
  config(): Promise<ChannelConfig> {
    return eventually('configuration of an orderer', async () => {
      const running = this.orderers.filter(({ isRunning }) => isRunning);
      const answers = await Promise.allSettled(running.map(({ address }) => fetchConfig(address, this.channel, this.#first.institution.admin)));
      const configs = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
      return configs.sort((one, other) => other.sequence - one.sequence)[0];
    });
  }

  /**
   * Changes the channel by the administrators of these members (all, when none are named) and waits until an orderer has it.
   *
   * @throws FabricNetworkError REFUSED when the signatures do not suffice
   */
  async update(change: ConfigChange, signers: readonly string[] = [...this.#members.keys()]): Promise<ChannelConfig> {
    const before = await this.config();
    const update = computeUpdate(before, change);
    const admins = signers.map((mspId) => this.member(mspId).institution.admin);
    const signatures = await Promise.all(admins.map((admin) => signUpdate(update, admin)));
    const envelope = await updateEnvelope(this.channel, update, signatures, admins[0] ?? this.#first.institution.admin);
    await this.broadcast(envelope);
    const applied = (timeoutMs: number): Promise<ChannelConfig> =>
      eventually('configuration update', async () => {
        const now = await this.config();
        return now.sequence > before.sequence && now;
      }, timeoutMs);
    // A leader that changes with the update may lose what it has accepted; sent again, it counts once.
    return applied(10_000).catch(async () => {
      await this.broadcast(envelope);
      return applied(20_000);
    });
  }

  /** Hands an envelope to the orderers until one takes it; a refusal ends the attempt, except one that passes by itself. */
  broadcast(envelope: common.Envelope): Promise<void> {
    return this.#fromOrderers((node) => broadcast(node, envelope, 5_000));
  }

  /** Lets an institution in: its peer is started, the members sign, the peer joins and catches up. */
  async addMember(mspId: string, signers?: readonly string[]): Promise<TestMember> {
    const institution = await TestInstitution.create(mspId);
    const peer = await TestPeer.prepare(institution, join(this.#folder, `peer-${mspId}`));
    await this.update(addMember({ msp: institution.msp, anchorPeers: [peer.endpoint] }), signers);
    const member = { institution, peer };
    this.#members.set(mspId, member);
    await peer.start();
    await peer.admin.join(this.genesis);
    await this.caughtUp();
    return member;
  }

  /** Adds an orderer of a member to consensus: update first, then the orderer joins with the newest configuration. */
  async addOrderer(mspId: string): Promise<TestOrderer> {
    const { institution } = this.member(mspId);
    const name = `orderer${this.orderers.length}`;
    const orderer = await TestOrderer.prepare(institution, join(this.#folder, `orderer-${this.orderers.length}`), name);
    const known = orderingMembersOf(await this.config()).find((member) => member.mspId === mspId);
    const endpoints = [...(known?.endpoints ?? []), orderer.endpoint];
    const place = known === undefined ? addOrderingMember({ msp: institution.msp, endpoints }) : setOrdererEndpoints(mspId, endpoints);
    await this.update(allOf(place, addConsenter(orderer.consenter)));
    await orderer.start();
    await joinOrderer(this, orderer);
    this.orderers.push(orderer);
    return orderer;
  }

  /**
   * Brings an orderer back that has lost its volume: out of consensus, and in again as a new one. With its old place it
   * could vote a second time in an election that it has forgotten, and Raft would lose what was written.
   */
  async rebuildOrderer(orderer: TestOrderer): Promise<void> {
    await this.update(removeConsenter(orderer.endpoint));
    await this.update(addConsenter(orderer.consenter));
    await orderer.start();
    await joinOrderer(this, orderer);
  }

  /**
   * Installs chaincode that runs as a service beside each peer, approves it for all and commits it.
   *
   * @param services where the service of each member listens, by MSP id
   * @returns package id by MSP id: each service is started with its own
   */
  async deployChaincode(definition: ChaincodeDefinition, services: Readonly<Record<string, Endpoint>>): Promise<Record<string, string>> {
    const installed = await Promise.all(Object.entries(services).map(([mspId, service]) => this.installChaincode(mspId, definition, service)));
    await this.agreeOnChaincode(definition, Object.fromEntries(installed));
    return Object.fromEntries(installed);
  }

  /** Installs it on one member's peer. @returns MSP id and package id */
  installChaincode(mspId: string, definition: ChaincodeDefinition, service: Endpoint): Promise<[string, string]> {
    return installOn(this.member(mspId), definition, service);
  }

  /** Approves a definition for these members and commits it through the first. */
  agreeOnChaincode(definition: ChaincodeDefinition, packageIds: Readonly<Record<string, string>>): Promise<void> {
    const members = Object.keys(packageIds).map((mspId) => this.member(mspId));
    return agreeOn(this.channel, members, definition, packageIds);
  }

  /** Makes one block that needs nobody but this member: an anchor peer more. @returns a height below the new block */
  async touch(mspId: string): Promise<number> {
    const { sequence } = await this.config();
    const height = await this.caughtUp();
    const { peer } = this.member(mspId);
    const extra: Endpoint = { host: `touched-${sequence}.example`, port: 7051 };
    await this.update(setAnchorPeers(mspId, [peer.endpoint, extra]), [mspId]);
    return height;
  }

  /** Waits until every running peer has as many blocks as the orderers. */
  async caughtUp(timeoutMs = 30_000): Promise<number> {
    return eventually('peers at the height of the orderers', async () => {
      const running = this.orderers.filter(({ isRunning }) => isRunning);
      const target = Math.max(...(await Promise.all(running.map(async ({ admin }) => (await admin.channel(this.channel))?.height ?? 0))));
      const heights = await Promise.all(this.members.filter(({ peer }) => peer.isRunning).map(({ peer }) => peer.admin.height(this.channel)));
      return heights.every((height) => height >= target) && target;
    }, timeoutMs);
  }

  /** Waits until the orderers have a leader and every peer sees the channel. */
  async ready(): Promise<void> {
    await this.caughtUp();
    await eventually('leader of the orderers', async () => (await Promise.all(this.orderers.map((orderer) => knowsLeader(orderer)))).every(Boolean), 60_000);
  }

  /** Ends every node and removes the folder. */
  async close(): Promise<void> {
    await Promise.all([...this.orderers, ...this.members.map(({ peer }) => peer)].map((node) => node.stop()));
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Asks the running orderers until one has a leader and answers. */
  async #fromOrderers<T>(work: (node: NodeAddress) => Promise<T>): Promise<T> {
    const result = await eventually('an orderer that answers', async () => {
      try {
        return { value: await anyNode(this.orderers.filter(({ isRunning }) => isRunning).map(({ address }) => address), work) };
      } catch (error) {
        if (error instanceof FabricNetworkError && (error.code === 'UNAVAILABLE' || countsTooFewAlive(error))) return undefined;
        return { error: error as Error };
      }
    });
    if (result.error !== undefined) throw result.error;
    return result.value;
  }

  get #first(): TestMember {
    return this.members[0] as TestMember;
  }
}

/** An orderer that has joined a moment ago does not yet count as alive at the leader, which refuses to change the consenters until then. */
function countsTooFewAlive(error: FabricNetworkError): boolean {
  return /nodes are alive.*quorum loss/.test(error.message);
}
